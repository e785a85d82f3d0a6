/**
 * What the whole engine speaks of: types, values, and how JSON becomes values. The types' constants stand in types.ts.
 */
export type TypeKind =
  | 'dyn' | 'any' | 'error' | 'null' | 'bool' | 'int' | 'uint' | 'double' | 'string' | 'bytes' | 'timestamp' | 'duration'
  | 'list' | 'map' | 'type' | 'param' | 'opaque' | 'object' | 'wrapper';

/** A static type. Compare with `equalTypes`, show with `formatType` (in problems) or `typeName` (elsewhere). */
export interface CelType {
  readonly kind: TypeKind;
  /** The name that `type(x)` has; for parameters, the parameter's. */
  readonly name: string;
  readonly parameters: readonly CelType[];
  /** Of kind `object`: its fields. */
  readonly object?: ObjectDeclaration;
}

/**
 * How JSON of one place is seen by expressions: its type, and how it becomes a value. Nothing is converted before an
 * expression asks for it; lists, maps and objects stay the JSON they are, with the schema of their items beside them.
 */
export interface ValueSchema {
  readonly type: CelType;
  /** True when the JSON value is the CEL value already, so that reading costs nothing. */
  readonly identity: boolean;
  /** @throws EvaluationError for JSON that the schema does not allow. */
  read(json: unknown): CelValue;
  /** Of lists and maps. */
  readonly element?: ValueSchema;
  /** Of objects. */
  readonly object?: ObjectDeclaration;
  /** Lists whose order does not count (`set`), or whose items have keys (`map`). */
  readonly listType?: 'set' | 'map';
  readonly listMapKeys?: readonly string[];
  /** The greatest size a valid value can have; undefined for values that have no size. */
  readonly maxElements?: number;
}

export interface FieldDeclaration {
  /** The key in JSON, unescaped. */
  readonly key: string;
  readonly type: CelType;
  /** How the field's JSON is read. */
  readonly schema: ValueSchema;
}

/** An object type: what `Name{…}` makes and what `x.field` finds. */
export interface ObjectDeclaration {
  readonly name: string;
  /** The field of this name as an expression writes it; undefined where there is none. */
  field(name: string): FieldDeclaration | undefined;
  /** The field with this key in JSON. */
  fieldByKey?(key: string): FieldDeclaration | undefined;
  /** What `Name{…}` makes, where that is not a plain object with these fields. */
  make?(fields: Readonly<Record<string, CelValue>>): CelValue;
  /** Its objects hold values, not JSON: expressions make them. */
  readonly holdsValues?: boolean;
  /** What `has(x.field)` answers, where that is not whether the field is set. */
  has?(object: CelObject, field: string): boolean;
}

/**
 * Values at run time. An `int` is a JavaScript number while it is a safe integer and a bigint beyond, never both ways
 * for one value; so most of what Kubernetes objects hold needs no wrapping, and a `double` is the boxed one.
 */
export type CelValue =
  | null | boolean | number | bigint | string | Uint8Array | CelDouble | CelUint | CelTimestamp | CelDuration | CelList | CelMap | CelObject
  | CelOptional | CelTypeValue | OpaqueValue;

export class CelDouble {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** The number follows the rule of `int`: safe integers are numbers, greater ones bigints. */
export class CelUint {
  readonly value: number | bigint;
  constructor(value: number | bigint) {
    this.value = value;
  }
}

/** Nanoseconds since 1970, from year 1 to 9999. */
export class CelTimestamp {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** Nanoseconds, in 64 bits. */
export class CelDuration {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** A list: its items are values already, or JSON that `schema` reads when asked. */
export class CelList {
  readonly items: readonly unknown[];
  /** Of the items, unless they are values already. */
  readonly element: ValueSchema | undefined;
  /** Of the list itself, where JSON is seen by a schema that gives it more than order. */
  readonly schema: ValueSchema | undefined;
  constructor(items: readonly unknown[], schema?: ValueSchema) {
    this.items = items;
    this.schema = schema;
    const element = schema?.element;
    this.element = element === undefined || element.identity ? undefined : element;
  }
  get size(): number {
    return this.items.length;
  }
  get(index: number): CelValue {
    const item = this.items[index];
    return this.element === undefined ? (item as CelValue) : this.element.read(item);
  }
}

/** What a map knows its entries by: numbers of all types that are equal are one key. */
export type MapKey = string | number | bigint | boolean;

export interface CelMap {
  readonly isMap: true;
  readonly size: number;
  /** undefined where there is no such key. */
  get(key: MapKey): CelValue | undefined;
  has(key: MapKey): boolean;
  /** In the order of insertion. */
  keys(): CelValue[];
}

/** The value of one of a map's own keys. */
export function valueOfKey(map: CelMap, key: CelValue): CelValue {
  return map.get(key instanceof CelUint ? key.value : (key as MapKey)) ?? null;
}

/** A map that an expression made. */
export class LiteralMap implements CelMap {
  readonly isMap = true;
  private readonly entries: ReadonlyMap<MapKey, readonly [CelValue, CelValue]>;
  constructor(entries: ReadonlyMap<MapKey, readonly [CelValue, CelValue]>) {
    this.entries = entries;
  }
  get size(): number {
    return this.entries.size;
  }
  get(key: MapKey): CelValue | undefined {
    return this.entries.get(key)?.[1];
  }
  has(key: MapKey): boolean {
    return this.entries.has(key);
  }
  keys(): CelValue[] {
    return Array.from(this.entries.values(), (entry) => entry[0]);
  }
}

/** A JSON object seen as a map of strings. */
export class JsonMap implements CelMap {
  readonly isMap = true;
  readonly json: Readonly<Record<string, unknown>>;
  readonly element: ValueSchema;
  private count = -1;
  constructor(json: Readonly<Record<string, unknown>>, element: ValueSchema) {
    this.json = json;
    this.element = element;
  }
  get size(): number {
    if (this.count < 0) this.count = this.keys().length;
    return this.count;
  }
  get(key: MapKey): CelValue | undefined {
    if (typeof key !== 'string' || !Object.hasOwn(this.json, key)) return undefined;
    const value = this.json[key];
    return value === undefined ? undefined : this.element.read(value);
  }
  has(key: MapKey): boolean {
    return typeof key === 'string' && Object.hasOwn(this.json, key) && this.json[key] !== undefined;
  }
  keys(): string[] {
    const keys = Object.keys(this.json);
    return keys.some((key) => this.json[key] === undefined) ? keys.filter((key) => this.json[key] !== undefined) : keys;
  }
}

/** A JSON object whose fields have declared types. */
export class CelObject {
  readonly json: Readonly<Record<string, unknown>>;
  readonly declaration: ObjectDeclaration;
  constructor(json: Readonly<Record<string, unknown>>, declaration: ObjectDeclaration) {
    this.json = json;
    this.declaration = declaration;
  }
  /** As expressions see it where they need a map: the fields that are declared and set. */
  asMap(): CelMap {
    const entries = new Map<MapKey, readonly [CelValue, CelValue]>();
    for (const key of Object.keys(this.json)) {
      const declared = this.declaration.fieldByKey?.(key);
      const json = this.json[key];
      if (declared !== undefined && json !== undefined) entries.set(key, [key, declared.schema.read(json)]);
    }
    return new LiteralMap(entries);
  }
  /** By the name expressions use; undefined where it is not set. */
  get(field: string): CelValue | undefined {
    const declared = this.declaration.field(field);
    if (declared === undefined || !Object.hasOwn(this.json, declared.key)) return undefined;
    const value = this.json[declared.key];
    return value === undefined ? undefined : declared.schema.read(value);
  }
}

export class CelOptional {
  static readonly none: CelOptional = new CelOptional(undefined);
  readonly value: CelValue | undefined;
  constructor(value: CelValue | undefined) {
    this.value = value;
  }
}

export class CelTypeValue {
  readonly type: CelType;
  constructor(type: CelType) {
    this.type = type;
  }
  get name(): string {
    return this.type.name;
  }
}

/** A library's own value (a quantity, an address). */
export interface OpaqueValue {
  readonly celType: CelType;
  /** Whether it equals another value of the same type. */
  equals(other: OpaqueValue): boolean;
}

export const isInt = (value: CelValue): value is number | bigint => typeof value === 'number' || typeof value === 'bigint';
export const isMap = (value: CelValue): value is CelMap => typeof value === 'object' && value !== null && 'isMap' in value;
export const isOpaque = (value: CelValue): value is OpaqueValue => typeof value === 'object' && value !== null && 'celType' in value;

/** Characters, not UTF-16 units. */
export function stringSize(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit < 0xdc00 && i + 1 < text.length && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      count--;
      i++;
    }
  }
  return count;
}
