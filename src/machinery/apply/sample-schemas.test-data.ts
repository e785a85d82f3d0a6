/** Small types in the shapes that Kubernetes' own have, for the tests of this folder. */
import type { JsonObject } from '../json.ts';
import { ANY_SCHEMA, type FieldSchema, type ListSchema, type MapSchema, type MergeSchema, type ScalarSchema, type StructSchema } from '../merge-schema.ts';
import type { KubeObject, ManagedFieldsEntry } from '../object-meta.ts';

export const STRING: ScalarSchema = { kind: 'scalar', scalar: 'string' };
export const NUMBER: ScalarSchema = { kind: 'scalar', scalar: 'number' };
export const BOOLEAN: ScalarSchema = { kind: 'scalar', scalar: 'boolean' };
export const INT_OR_STRING: ScalarSchema = { kind: 'scalar', scalar: 'any' };

export function struct(fields: Record<string, MergeSchema | FieldSchema>, options: { atomic?: boolean; preserveUnknown?: boolean } = {}): StructSchema {
  const declared = new Map(Object.entries(fields).map(([name, field]) => [name, 'schema' in field ? field : { schema: field }]));
  return {
    kind: 'struct',
    atomic: options.atomic ?? false,
    preserveUnknown: options.preserveUnknown ?? false,
    field: (name) => declared.get(name),
    fieldNames: () => [...declared.keys()],
  };
}

export const map = (element: MergeSchema, atomic = false): MapSchema => ({ kind: 'map', atomic, element });
export const atomicList = (element: MergeSchema): ListSchema => ({ kind: 'list', listType: 'atomic', keys: [], element });
export const set = (element: MergeSchema): ListSchema => ({ kind: 'list', listType: 'set', keys: [], element });
export const listMap = (keys: string[], element: MergeSchema): ListSchema => ({ kind: 'list', listType: 'map', keys, element });

const owner = struct({ apiVersion: STRING, kind: STRING, name: STRING, uid: { schema: STRING, zero: '' } }, { atomic: true });
const metadata = struct({
  name: STRING,
  generateName: STRING,
  namespace: STRING,
  uid: STRING,
  resourceVersion: STRING,
  generation: NUMBER,
  creationTimestamp: INT_OR_STRING,
  labels: map(STRING),
  annotations: map(STRING),
  finalizers: set(STRING),
  ownerReferences: listMap(['uid'], owner),
});

const port = struct({ containerPort: { schema: NUMBER, zero: 0 }, protocol: { schema: STRING, default: 'TCP' }, name: STRING });
const container = struct({
  name: { schema: STRING, zero: '' },
  image: STRING,
  args: atomicList(STRING),
  env: listMap(['name'], struct({ name: { schema: STRING, zero: '' }, value: STRING })),
  ports: listMap(['containerPort', 'protocol'], port),
  resources: { schema: struct({ limits: map(INT_OR_STRING) }), zero: {} },
  tty: BOOLEAN,
});
const podSpec = struct({ containers: { schema: listMap(['name'], container), zero: null }, nodeSelector: map(STRING, true), restartPolicy: STRING });
const template = struct({ metadata: { schema: metadata, zero: {} }, spec: { schema: podSpec, zero: {} } });
const condition = struct({ type: { schema: STRING, zero: '' }, status: { schema: STRING, zero: '' } });

/** A Deployment in small; `spec`, `status`, `template` and the like are always written, as embedded structs are. */
export const DEPLOYMENT = struct({
  apiVersion: STRING,
  kind: STRING,
  metadata: { schema: metadata, zero: {} },
  spec: {
    schema: struct({
      replicas: NUMBER,
      selector: struct({ matchLabels: map(STRING) }, { atomic: true }),
      template: { schema: template, zero: {} },
      strategy: { schema: struct({ type: STRING, rollingUpdate: struct({ maxSurge: INT_OR_STRING }) }), zero: {} },
    }),
    zero: {},
  },
  status: { schema: struct({ replicas: NUMBER, conditions: listMap(['type'], condition) }), zero: {} },
});

export const CONFIG_MAP = struct({ apiVersion: STRING, kind: STRING, metadata: { schema: metadata, zero: {} }, data: map(STRING), immutable: BOOLEAN });

/** A custom resource: nothing is written that was not given. */
export const WIDGET = struct({
  apiVersion: STRING,
  kind: STRING,
  metadata,
  spec: struct({
    ports: listMap(['name'], struct({ name: STRING, port: NUMBER })),
    tags: set(STRING),
    args: atomicList(STRING),
    atom: map(STRING, true),
    gran: map(STRING),
    any: ANY_SCHEMA,
    s: STRING,
    n: NUMBER,
    b: BOOLEAN,
    times: map(INT_OR_STRING),
  }),
  status: ANY_SCHEMA,
});

export function configMap(data?: Record<string, string>, managedFields?: ManagedFieldsEntry[]): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', namespace: 'x', uid: 'u', ...(managedFields === undefined ? {} : { managedFields }) },
    ...(data === undefined ? {} : { data }),
  };
}

export function widget(spec?: JsonObject, managedFields?: ManagedFieldsEntry[]): KubeObject {
  return {
    apiVersion: 'example.com/v1',
    kind: 'Widget',
    metadata: { name: 'a', uid: 'u', ...(managedFields === undefined ? {} : { managedFields }) },
    ...(spec === undefined ? {} : { spec }),
  };
}

/** Entries in short: `me Apply` to its fields; `:status` behind the operation for a subresource, `-` for no time. */
export function shortEntries(entries: readonly ManagedFieldsEntry[] | undefined): [string, unknown][] {
  return (entries ?? []).map((entry) => {
    const subresource = entry.subresource === undefined ? '' : `:${entry.subresource}`;
    return [`${entry.manager} ${entry.operation}${subresource}${entry.time === undefined ? ' -' : ''}`, entry.fieldsV1];
  });
}
