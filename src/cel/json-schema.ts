import { fail } from './evaluation-error.ts';
import type { FieldDeclaration, ObjectDeclaration } from './values.ts';
import { escapeProperty } from './property-names.ts';
import { parseDuration, parseTimestamp } from './time.ts';
import { BOOL, BYTES, DOUBLE, DURATION, DYN, INT, STRING, TIMESTAMP, listOf, mapOf, objectType } from './types.ts';
import type { CelType } from './types.ts';
import type { ValueSchema } from './values.ts';
import { CelDouble, CelList, CelObject, JsonMap } from './values.ts';
import type { CelValue } from './values.ts';

/** The part of an OpenAPI structural schema that expressions see. */
export interface SchemaLike {
  readonly type?: string | undefined;
  readonly format?: string | undefined;
  readonly properties?: Readonly<Record<string, SchemaLike | undefined>> | undefined;
  readonly additionalProperties?: SchemaLike | boolean | undefined;
  /** A list of schemas has no structural meaning, and counts as none. */
  readonly items?: SchemaLike | readonly SchemaLike[] | undefined;
  readonly required?: readonly string[] | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly default?: unknown;
  readonly nullable?: boolean | undefined;
  readonly maxLength?: number | undefined;
  readonly maxItems?: number | undefined;
  readonly maxProperties?: number | undefined;
  readonly 'x-kubernetes-int-or-string'?: boolean | undefined;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean | undefined;
  readonly 'x-kubernetes-embedded-resource'?: boolean | undefined;
  readonly 'x-kubernetes-list-type'?: string | undefined;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[] | undefined;
  readonly 'x-kubernetes-map-type'?: string | undefined;
}

/** A schema with what the cost rules want to know of it. */
export interface SizedSchema extends ValueSchema {
  /** Bytes that the shortest valid value takes in JSON. */
  readonly minSerializedSize: number;
}

/** What one request may hold: nothing in it can be longer. */
export const MAX_REQUEST_BYTES = 3 * 1024 * 1024;

const MIN_SIZE = { string: 2, boolean: 4, number: 1, container: 2, duration: 4, date: 12, dateTime: 22 } as const;
const MAX_SIZE = { duration: 32, date: 12, dateTime: 30 } as const;

export interface DeclareOptions {
  /** The schema of a whole object: it shows `apiVersion`, `kind` and `metadata`'s names too. */
  readonly root?: boolean;
  /** Expressions write names as they are; otherwise as `property-names.ts` escapes them. */
  readonly plainNames?: boolean;
}

/**
 * The declared type of a schema; undefined where the schema says too little to read anything (an object that only keeps
 * unknown fields is an object without fields). `name` is the type's.
 */
export function declareSchema(schema: SchemaLike, name: string, options: DeclareOptions = {}): SizedSchema | undefined {
  if (schema['x-kubernetes-int-or-string'] === true) return intOrString;
  switch (schema.type ?? '') {
    case 'array':
      return declareList(schema, name, options);
    case 'object':
      return typeof schema.additionalProperties === 'object' ? declareMap(schema, schema.additionalProperties, { name, options }) : declareObject(schema, name, options);
    case 'string':
      return declareString(schema);
    case 'boolean':
      return scalar(BOOL, MIN_SIZE.boolean);
    case 'integer':
      return scalar(INT, MIN_SIZE.number);
    case 'number':
      return { type: DOUBLE, identity: false, read: readDouble, maxElements: 0, minSerializedSize: MIN_SIZE.number };
    default:
      return undefined;
  }
}

/** The one schema of a list's items. */
export function itemSchema<T extends SchemaLike>(schema: { readonly items?: T | readonly T[] | undefined }): T | undefined {
  return schema.items === undefined || Array.isArray(schema.items) ? undefined : (schema.items as T);
}

const below = (schema: SchemaLike, options: DeclareOptions): DeclareOptions => ({ ...options, root: schema['x-kubernetes-embedded-resource'] === true });
const asIs = (json: unknown): CelValue => json as CelValue;
const scalar = (type: CelType, minSerializedSize: number): SizedSchema => ({ type, identity: true, read: asIs, maxElements: 0, minSerializedSize });
const atLeastZero = (n: number): number => Math.max(0, n);

const intOrString: SizedSchema = { type: DYN, identity: true, read: asIs, maxElements: MAX_REQUEST_BYTES - 2, minSerializedSize: 1 };

function readDouble(json: unknown): CelValue {
  return json === null ? null : new CelDouble(Number(json));
}

function declareList(schema: SchemaLike, name: string, options: DeclareOptions): SizedSchema | undefined {
  const items = itemSchema(schema);
  if (items === undefined) return undefined;
  const element = declareSchema(items, `${name}.@idx`, below(items, options));
  if (element === undefined) return undefined;
  const listType = schema['x-kubernetes-list-type'];
  const declared: SizedSchema = {
    type: listOf(element.type),
    identity: false,
    read: (json) => (Array.isArray(json) ? new CelList(json, declared) : unexpected(json, 'list')),
    element,
    ...(listType === 'set' || listType === 'map' ? { listType } : {}),
    ...(schema['x-kubernetes-list-map-keys'] === undefined ? {} : { listMapKeys: schema['x-kubernetes-list-map-keys'] }),
    get maxElements() {
      return schema.maxItems === undefined ? Math.floor((MAX_REQUEST_BYTES - 2) / (element.minSerializedSize + 1)) : atLeastZero(schema.maxItems);
    },
    minSerializedSize: MIN_SIZE.container,
  };
  return declared;
}

function declareMap(schema: SchemaLike, values: SchemaLike, { name, options }: { name: string; options: DeclareOptions }): SizedSchema | undefined {
  const element = declareSchema(values, `${name}.@elem`, below(values, options));
  if (element === undefined) return undefined;
  return {
    type: mapOf(STRING, element.type),
    identity: false,
    read: (json) => (isJson(json) ? new JsonMap(json, element) : unexpected(json, 'map')),
    element,
    get maxElements() {
      return schema.maxProperties === undefined ? Math.floor((MAX_REQUEST_BYTES - 2) / (element.minSerializedSize + 6)) : atLeastZero(schema.maxProperties);
    },
    minSerializedSize: MIN_SIZE.container,
  };
}

const NAME: SchemaLike = { type: 'string' };
const ROOT_PROPERTIES: Readonly<Record<string, SchemaLike>> = {
  apiVersion: NAME,
  kind: NAME,
  metadata: { type: 'object', properties: { name: NAME, generateName: NAME } },
};

/** Root objects show these; their own schema counts only if it declares all of them. */
function rootProperties(properties: SchemaLike['properties']): SchemaLike['properties'] {
  const own = (name: string): SchemaLike | undefined => (properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined);
  const metadata = own('metadata')?.properties;
  const texts = [own('apiVersion'), own('kind'), metadata?.['name'], metadata?.['generateName']];
  return texts.every((text) => text?.type === 'string') ? properties : { ...properties, ...ROOT_PROPERTIES };
}

/** Fields are declared when they are first asked for: expressions use few of what a schema has. */
function declareObject(schema: SchemaLike, name: string, options: DeclareOptions): SizedSchema {
  const properties = (options.root === true ? rootProperties(schema.properties) : schema.properties) ?? {};
  const declared = new Map<string, (FieldDeclaration & { readonly schema: SizedSchema }) | undefined>();
  const fieldByKey = (key: string): (FieldDeclaration & { readonly schema: SizedSchema }) | undefined => {
    if (declared.has(key)) return declared.get(key);
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    const fieldSchema = property === undefined ? undefined : declareSchema(property, `${name}.${key}`, below(property, options));
    const field = fieldSchema === undefined ? undefined : { key, type: fieldSchema.type, schema: fieldSchema };
    declared.set(key, field);
    return field;
  };
  let keys: ReadonlyMap<string, string> | undefined;
  const object: ObjectDeclaration = {
    name,
    field(field) {
      keys ??= keysByName(properties, options.plainNames === true);
      const key = keys.get(field);
      return key === undefined ? undefined : fieldByKey(key);
    },
    fieldByKey,
  };
  return {
    type: objectType(object),
    identity: false,
    read: (json) => (isJson(json) ? new CelObject(json, object) : unexpected(json, 'object')),
    object,
    maxElements: 0,
    get minSerializedSize() {
      let size: number = MIN_SIZE.container;
      for (const key of schema.required ?? []) {
        const field = fieldByKey(key);
        if (field !== undefined && properties[key]?.default === undefined) size += key.length + field.schema.minSerializedSize + 4;
      }
      return size;
    },
  };
}

/** Properties by the names that expressions write; those that have none are left out. */
function keysByName(properties: Readonly<Record<string, SchemaLike | undefined>>, plain: boolean): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  for (const key of Object.keys(properties)) {
    const name = plain ? key : escapeProperty(key);
    if (name !== undefined) keys.set(name, key);
  }
  return keys;
}

function declareString(schema: SchemaLike): SizedSchema {
  switch (schema.format ?? '') {
    case 'byte':
      return { type: BYTES, identity: false, read: readBytes, maxElements: schema.maxLength === undefined ? MAX_REQUEST_BYTES - 2 : atLeastZero(schema.maxLength), minSerializedSize: MIN_SIZE.string };
    case 'duration':
      return { type: DURATION, identity: false, read: readDuration, maxElements: MAX_SIZE.duration, minSerializedSize: MIN_SIZE.duration };
    case 'date':
      return { type: TIMESTAMP, identity: false, read: readDate, maxElements: MAX_SIZE.date, minSerializedSize: MIN_SIZE.date };
    case 'date-time':
      return { type: TIMESTAMP, identity: false, read: readTime, maxElements: MAX_SIZE.dateTime, minSerializedSize: MIN_SIZE.dateTime };
    default:
      return { ...scalar(STRING, MIN_SIZE.string), maxElements: maxStringSize(schema) };
  }
}

/** maxLength counts characters; costs are counted for bytes, of which a character may take four. */
function maxStringSize(schema: SchemaLike): number {
  if (schema.maxLength !== undefined) return atLeastZero(schema.maxLength) * 4;
  const choices = schema.enum ?? [];
  if (choices.length === 0) return MAX_REQUEST_BYTES - 2;
  return Math.max(...choices.map((choice) => (typeof choice === 'string' ? new TextEncoder().encode(choice).length : 0)));
}

const isJson = (json: unknown): json is Readonly<Record<string, unknown>> => typeof json === 'object' && json !== null && !Array.isArray(json);

function unexpected(json: unknown, wanted: string): CelValue {
  if (json === null) return null;
  return fail(`invalid data, expected ${wanted}, got ${Array.isArray(json) ? 'list' : typeof json}`);
}

const onText = (json: unknown, read: (text: string) => CelValue | undefined, wanted: string): CelValue => {
  if (json === null) return null;
  if (typeof json !== 'string') return unexpected(json, 'string');
  return read(json) ?? fail(`Invalid ${wanted} ${JSON.stringify(json)}`);
};

const readTime = (json: unknown): CelValue => onText(json, (text) => parseTimestamp(text.replace(/t/, 'T').replace(/z$/, 'Z').replace(' ', 'T')), 'date-time formatted string');
const readDate = (json: unknown): CelValue => onText(json, (text) => parseTimestamp(`${text}T00:00:00Z`), 'date formatted string');
const readDuration = (json: unknown): CelValue => onText(json, (text) => parseDuration(text) ?? parseDurationWords(text), 'duration formatted string');
const readBytes = (json: unknown): CelValue => onText(json, decodeBase64, 'byte formatted string');

function decodeBase64(text: string): Uint8Array | undefined {
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0 ? Uint8Array.from(Buffer.from(text, 'base64')) : undefined;
}

const WORDS: readonly (readonly [RegExp, string, number])[] = [
  [/^(?:w|wk|week|weeks)$/, 'h', 168],
  [/^(?:d|day|days)$/, 'h', 24],
  [/^(?:h|hr|hour|hours)$/, 'h', 1],
  [/^(?:m|min|minute|minutes)$/, 'm', 1],
  [/^(?:s|sec|second|seconds)$/, 's', 1],
  [/^(?:ms|milli|millis|millisecond|milliseconds)$/, 'ms', 1],
  [/^(?:us|µs|micro|micros|microsecond|microseconds)$/, 'us', 1],
  [/^(?:ns|nano|nanos|nanosecond|nanoseconds)$/, 'ns', 1],
];

/** Durations as OpenAPI formats know them beyond Go's: `3 days`, `2w`. */
function parseDurationWords(text: string): CelValue | undefined {
  const match = /^(\d{1,12})\s*([A-Za-zµ]+)$/.exec(text.trim());
  const word = WORDS.find(([pattern]) => pattern.test((match?.[2] ?? '').toLowerCase()));
  return match === null || word === undefined ? undefined : parseDuration(`${Number(match[1]) * word[2]}${word[1]}`);
}
