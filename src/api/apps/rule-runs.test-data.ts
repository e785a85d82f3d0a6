import { formatFieldError } from '../../machinery/field-error.ts';
import { cloneJson, type JsonObject } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { KindRules, RuleContext, UpdateRules } from '../kind-rules.ts';

/** Noon of a day in 2024. */
export const NOW_MS = Date.UTC(2024, 0, 2, 12);

export const context: RuleContext = {
  nowMs: NOW_MS,
  requestApiVersion: '',
  userName: 'tester',
  userGroups: [],
  userUid: '',
  userExtra: {},
  random: () => 0.5,
};

export const POD_TEMPLATE: JsonObject = { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'registry.example/app:1', resources: {} }] } };

/** An object as it reaches the rules. `fields` beside metadata. */
export function objectOf(apiVersion: string, kind: string, fields: JsonObject): KubeObject {
  return cloneJson({ apiVersion, kind, metadata: { name: 'x', namespace: 'n', uid: 'u-1', creationTimestamp: '2024-01-02T10:00:00Z' }, ...fields }) as unknown as KubeObject;
}

/** A new object as it is after defaults and preparation, judged: findings as answers show them. */
export function create(rules: KindRules, object: KubeObject, version = 'v1'): { readonly object: KubeObject; readonly findings: string[]; readonly warnings: string[] } {
  rules.defaults?.(object, version);
  rules.prepareForCreate?.(object, context);
  rules.canonicalize?.(object);
  const findings = (rules.validate?.(object, context) ?? []).map(formatFieldError);
  return { object, findings, warnings: rules.warningsOnCreate?.(object, context) ?? [] };
}

/** An update by one endpoint: `change` is made on a copy of the old object. */
export function update(rules: KindRules, old: KubeObject, change: (object: KubeObject) => void, endpoint: UpdateRules = rules): { readonly object: KubeObject; readonly findings: string[]; readonly warnings: string[] } {
  const object = cloneJson(old);
  change(object);
  rules.defaults?.(object, 'v1');
  endpoint.prepareForUpdate?.(object, old, context);
  const findings = (endpoint.validateUpdate?.(object, old, context) ?? []).map(formatFieldError);
  return { object, findings, warnings: endpoint.warningsOnUpdate?.(object, old, context) ?? [] };
}

