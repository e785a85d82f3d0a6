import type { ApiObject } from '../client/resource-definition.ts';
import { equalJson, isJsonObject, type DeepReadonly, type JsonObject, type JsonValue } from '../machinery/json.ts';

/** Why a key was queued. Objects are those of the informer's store, shared; nothing is computed until it is asked for. */
export type Cause =
  | {
      readonly type: 'object';
      readonly event: 'add' | 'update' | 'delete';
      /** The resource of the object that changed: `pods`. */
      readonly resource: string;
      readonly object: DeepReadonly<ApiObject>;
      /** Before an update. */
      readonly old?: DeepReadonly<ApiObject>;
    }
  /** Queued again by the reconciler's own wish. */
  | { readonly type: 'requeue'; readonly afterMs: number }
  | { readonly type: 'retry'; readonly error: Error }
  | { readonly type: 'manual'; readonly reason: string };

/** What a change was, for people: which fields, and which managers wrote it. */
export interface ChangeDescription {
  /** `spec.replicas`, `metadata.labels.app`; lists as a whole. At most 32. */
  readonly fields: readonly string[];
  /**
   * Who wrote it, as `metadata.managedFields` tells: managers whose claims changed; or, when a manager only gave its own
   * fields other values, those that claim the changed fields.
   */
  readonly managers: readonly string[];
}

const MAX_FIELDS = 32;
const MAX_DEPTH = 4;
/** What changes with every write says nothing. */
const BOOKKEEPING = new Set(['metadata.resourceVersion', 'metadata.managedFields', 'metadata.generation']);

export function describeChange(cause: Extract<Cause, { type: 'object' }>): ChangeDescription {
  const { object, old } = cause;
  if (old === undefined) return { fields: [], managers: [] };
  const fields: string[] = [];
  collect(old as unknown as JsonObject, object as unknown as JsonObject, [], fields);
  const changed = changedManagers(old, object);
  return { fields, managers: changed.length > 0 ? changed : claimants(object, fields) };
}

/** One line: `update of pods default/web-0 at 1234 (status.phase by kubelet)`. */
export function describeCause(cause: Cause): string {
  switch (cause.type) {
    case 'object': {
      const { namespace, name, resourceVersion } = cause.object.metadata;
      const { fields, managers } = describeChange(cause);
      const by = managers.length === 0 ? '' : ` by ${managers.join(', ')}`;
      const what = fields.length === 0 ? '' : ` (${fields.join(', ')}${by})`;
      return `${cause.event} of ${cause.resource} ${namespace === undefined ? '' : `${namespace}/`}${name} at ${resourceVersion}${what}`;
    }
    case 'requeue':
      return `again after ${Math.round(cause.afterMs)} ms`;
    case 'retry':
      return `again after a failure: ${cause.error.message}`;
    case 'manual':
      break;
  }
  return cause.reason;
}

function collect(old: JsonObject, object: JsonObject, path: readonly string[], fields: string[]): void {
  for (const key of new Set([...Object.keys(old), ...Object.keys(object)])) {
    if (fields.length >= MAX_FIELDS) return;
    const before = own(old, key);
    const now = own(object, key);
    if (before === now) continue;
    const here = [...path, key];
    const text = here.join('.');
    if (BOOKKEEPING.has(text)) continue;
    if (isJsonObject(before) && isJsonObject(now) && here.length < MAX_DEPTH) collect(before, now, here, fields);
    else if (!equalJson(before, now)) fields.push(text);
  }
}

function own(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function changedManagers(old: DeepReadonly<ApiObject>, object: DeepReadonly<ApiObject>): string[] {
  const before = old.metadata.managedFields ?? [];
  const managers = new Set<string>();
  for (const entry of object.metadata.managedFields ?? []) {
    if (!before.some((known) => equalJson(known, entry))) managers.add(entry.manager ?? '');
  }
  return [...managers];
}

function claimants(object: DeepReadonly<ApiObject>, fields: readonly string[]): string[] {
  const managers = new Set<string>();
  for (const { manager = '', fieldsV1 } of object.metadata.managedFields ?? []) {
    if (fieldsV1 && fields.some((field) => claims(fieldsV1 as JsonObject, field.split('.')))) managers.add(manager);
  }
  return [...managers];
}

/** Fields' names may hold dots, which paths do not tell apart: a claim on a part of the name counts as one. */
function claims(fieldsV1: JsonObject, path: readonly string[]): boolean {
  let at = fieldsV1;
  for (const name of path) {
    const below = own(at, `f:${name}`);
    if (!isJsonObject(below)) return at !== fieldsV1 && Object.keys(at).some((key) => key.startsWith(`f:${name}.`));
    at = below;
  }
  return true;
}
