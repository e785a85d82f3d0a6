import { FREE_JSON } from './free-json.ts';
import { declareSchema } from './json-schema.ts';
import type { SchemaLike } from './json-schema.ts';
import type { FieldDeclaration, ObjectDeclaration } from './values.ts';
import { objectType } from './types.ts';
import type { ValueSchema } from './values.ts';
import { CelObject } from './values.ts';

const TEXT: SchemaLike = { type: 'string' };
const TEXTS: SchemaLike = { type: 'array', items: TEXT };
const texts = (...names: string[]): SchemaLike => ({ type: 'object', properties: Object.fromEntries(names.map((name) => [name, TEXT])) });

const REQUEST: SchemaLike = {
  type: 'object',
  properties: {
    kind: texts('group', 'version', 'kind'),
    resource: texts('group', 'version', 'resource'),
    subResource: TEXT,
    requestKind: texts('group', 'version', 'kind'),
    requestResource: texts('group', 'version', 'resource'),
    requestSubResource: TEXT,
    name: TEXT,
    namespace: TEXT,
    operation: TEXT,
    userInfo: {
      type: 'object',
      properties: { username: TEXT, uid: TEXT, groups: TEXTS, extra: { type: 'object', additionalProperties: TEXTS } },
    },
    dryRun: { type: 'boolean' },
  },
};

const TIME: SchemaLike = { type: 'string', format: 'date-time' };
const NAMESPACE: SchemaLike = {
  type: 'object',
  properties: {
    metadata: {
      type: 'object',
      properties: {
        ...texts('name', 'generateName', 'namespace', 'UID', 'resourceVersion').properties,
        labels: { type: 'object', additionalProperties: TEXT },
        annotations: { type: 'object', additionalProperties: TEXT },
        creationTimestamp: TIME,
        deletionTimestamp: TIME,
        deletionGracePeriodSeconds: { type: 'integer' },
        generation: { type: 'integer' },
        finalizers: TEXTS,
      },
    },
    spec: { type: 'object', properties: { finalizers: TEXTS } },
    status: { type: 'object', properties: { phase: TEXT } },
  },
};

function declared(schema: SchemaLike, name: string): ValueSchema {
  const found = declareSchema(schema, name, { plainNames: true });
  if (found === undefined) throw new TypeError(`the schema of ${name} declares nothing`);
  return found;
}

/** A schema's object with a field of free-form JSON besides. */
function withFreeField(schema: ValueSchema, field: string): ValueSchema {
  const base = schema.object;
  if (base === undefined) return schema;
  const free: FieldDeclaration = { key: field, type: FREE_JSON.type, schema: FREE_JSON };
  const object: ObjectDeclaration = {
    name: base.name,
    field: (name) => (name === field ? free : base.field(name)),
    fieldByKey: (key) => (key === field ? free : base.fieldByKey?.(key)),
  };
  return { ...schema, type: objectType(object), object, read: (json) => (json === null ? null : new CelObject(json as Readonly<Record<string, unknown>>, object)) };
}

/** The variable `request`: an AdmissionReview's request without its objects. */
export const ADMISSION_REQUEST: ValueSchema = withFreeField(declared(REQUEST, 'kubernetes.AdmissionRequest'), 'options');

/** The variable `namespaceObject`. */
export const NAMESPACE_OBJECT: ValueSchema = declared(NAMESPACE, 'kubernetes.Namespace');

/** What an object of the namespaces resource shows of itself as `namespaceObject`: its uid goes by the name `UID`. */
export function namespaceJson(namespace: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const metadata = namespace['metadata'];
  if (typeof metadata !== 'object' || metadata === null) return namespace;
  const uid = (metadata as Readonly<Record<string, unknown>>)['uid'];
  return { ...namespace, metadata: { ...metadata, ...(uid === undefined ? {} : { UID: uid }) } };
}

