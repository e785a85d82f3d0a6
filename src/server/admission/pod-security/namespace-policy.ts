import { fieldInvalid, FieldPath, type FieldError } from '../../../machinery/field-error.ts';
import { getOwn } from '../../../machinery/json.ts';
import { compareLevels, parseLevel, parseVersion, PRIVILEGED, type Level, type LevelVersion, type PolicyVersion } from './level-version.ts';

/** What a namespace refuses, what it notes for auditors, and what it warns clients of. */
export interface NamespacePolicy {
  readonly enforce: LevelVersion;
  readonly audit: LevelVersion;
  readonly warn: LevelVersion;
}

export const PRIVILEGED_POLICY: NamespacePolicy = { enforce: PRIVILEGED, audit: PRIVILEGED, warn: PRIVILEGED };

const LABEL_PREFIX = 'pod-security.kubernetes.io/';

type Labels = Readonly<Record<string, string>> | undefined;

/**
 * Reads a namespace's labels. A level that cannot be read enforces the strictest, and warns of and notes nothing; a
 * version that cannot be read is the newest.
 */
export function policyOfLabels(labels: Labels, defaults: NamespacePolicy): { readonly policy: NamespacePolicy; readonly errors: FieldError[] } {
  const errors: FieldError[] = [];
  const read = (mode: 'enforce' | 'audit' | 'warn'): { level: Level | undefined; version: PolicyVersion | undefined } => ({
    level: readLabel(labels, mode, parseLevel, { fallback: mode === 'enforce' ? 'restricted' : 'privileged', rule: 'must be one of privileged, baseline, restricted', errors }),
    version: readLabel(labels, `${mode}-version`, parseVersion, { fallback: 'latest', rule: 'must be "latest" or "v1.x"', errors }),
  });
  const [enforced, audited, warned] = [read('enforce'), read('audit'), read('warn')];
  const enforce = over(defaults.enforce, enforced);
  let warn = over(defaults.warn, warned);
  // Who asks for enforcement learns of workloads whose pods would be refused, without asking for it.
  if (warned.level === undefined && enforced.level !== undefined && compareLevels(enforce.level, warn.level) > 0) {
    warn = { level: enforce.level, version: warned.version ?? enforce.version };
  }
  return { policy: { enforce, audit: over(defaults.audit, audited), warn }, errors };
}

function over(base: LevelVersion, { level, version }: { readonly level: Level | undefined; readonly version: PolicyVersion | undefined }): LevelVersion {
  return { level: level ?? base.level, version: version ?? base.version };
}

interface Reading<T> {
  readonly fallback: T;
  readonly rule: string;
  readonly errors: FieldError[];
}

function readLabel<T>(labels: Labels, name: string, parse: (text: string) => T | undefined, { fallback, rule, errors }: Reading<T>): T | undefined {
  const key = LABEL_PREFIX + name;
  const text = labels && getOwn(labels, key);
  if (text === undefined) return undefined;
  const value = parse(text);
  if (value !== undefined) return value;
  errors.push(fieldInvalid(FieldPath.root('metadata').child('labels').key(key), text, rule));
  return fallback;
}
