import { isJsonObject, setOwn, type JsonObject, type JsonValue } from '../../machinery/json.ts';
import { jsonKind } from '../../machinery/go-format.ts';
import type { FieldFacts, MapRef, StructRef, TypeFacts, TypeRef } from '../facts/type-facts.ts';
import { DecodeError } from './decode-error.ts';
import { decodeScalar, WrongJsonType, zeroScalar } from './decode-scalar.ts';
import { goFieldTypeName, goTypeName } from './go-type-name.ts';

export interface DecodeOptions {
  /** Where the value stands in the body, for the paths of strict errors: `['metadata']`. Default: it is the body. */
  readonly at?: readonly string[];
}

export interface DecodedObject {
  readonly object: JsonObject;
  /** `unknown field "spec.foo"`, each once, in the body's order, at most a hundred. */
  readonly strictErrors: string[];
}

/** Go's decoder stops listing there. */
const MAX_STRICT_ERRORS = 100;
/** Types that refer to themselves (JSON schemas) nest no deeper; Go's own limit is encoding/json's 10,000. */
const MAX_DEPTH = 1000;

/**
 * The object that kube-apiserver would hold after decoding a body, and would send back: unknown fields and nulls dropped,
 * quantities, times and base64 in their canonical form, zero values there or not as Go's struct tags say. Field names are
 * case-sensitive. `value` is used up: it is changed in place, and shared with the result. Throws DecodeError.
 *
 * An optional list or map without omitempty in Go (`rules` of a ClusterRole) is null in the result when it was not given,
 * as it is in kube-apiserver's answers.
 */
export function decodeTyped(value: JsonValue, type: TypeFacts, options: DecodeOptions = {}): DecodedObject {
  const decoder = new Decoder(options.at ?? []);
  if (!isJsonObject(value)) {
    throw new DecodeError(`json: cannot unmarshal ${jsonKind(value)} into Go value of type ${type.goQualifiedName}`);
  }
  return { object: decoder.struct(value, type), strictErrors: decoder.strictErrors };
}

/** An empty struct of the type: what is always there, and nothing else. */
export function emptyObject(type: TypeFacts): JsonObject {
  const object: JsonObject = {};
  for (const field of type.unconditional) object[field.name] = unconditionalValue(field);
  return object;
}

/** Drops the zero values that are not shown, and adds what is always there: for objects that were read field by field. */
export function finishObject(object: JsonObject, type: TypeFacts): JsonObject {
  let dropped = false;
  for (const name of Object.keys(object)) {
    const field = type.fields.get(name);
    const value = object[name];
    if (field === undefined || value === undefined || !isDropped(value, field)) continue;
    object[name] = undefined;
    dropped = true;
  }
  const finished = dropped ? withoutUndefined(object) : object;
  addUnconditional(finished, type);
  return finished;
}

function addUnconditional(object: JsonObject, type: TypeFacts): void {
  for (const field of type.unconditional) {
    if (object[field.name] === undefined || !Object.hasOwn(object, field.name)) object[field.name] = unconditionalValue(field);
  }
}

function unconditionalValue(field: FieldFacts): JsonValue {
  return field.presence === 'nullable' ? null : zeroValue(field.type);
}

/** What null decodes to inside lists and maps, and what an absent value field shows. */
function zeroValue(type: TypeRef): JsonValue {
  if (type.kind === 'struct') return emptyObject(type.type);
  return type.kind === 'scalar' ? zeroScalar(type.scalar) : null;
}

function isDropped(value: JsonValue, field: FieldFacts): boolean {
  if (value === null) return field.presence !== 'nullable';
  if (field.presence !== 'nonzero') return false;
  if (value === '' || value === 0 || value === false) return true;
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.length === 0;
  for (const _ in value) return false;
  return true;
}

/** One body's decoding. The path is kept as a stack of names, and written out only for findings. */
class Decoder {
  readonly strictErrors: string[] = [];
  /** Field names as strings, list indexes as numbers, map keys boxed. */
  readonly #path: (string | number | { readonly key: string })[];
  readonly #base: number;
  #owner: TypeFacts | undefined;
  #field: FieldFacts | undefined;
  #depth = 0;
  /** Above zero inside what Go decodes by a method of its own, which forgets strictness. */
  #lenient = 0;

  constructor(at: readonly string[]) {
    this.#path = [...at];
    this.#base = at.length;
  }

  struct(value: JsonObject, type: TypeFacts): JsonObject {
    if (++this.#depth > MAX_DEPTH) throw new DecodeError('exceeded max depth');
    let dropped = false;
    for (const name of Object.keys(value)) {
      const given = value[name];
      const field = type.fields.get(name);
      if (field === undefined) {
        this.#unknown(name);
        // Marked now, left out below.
        value[name] = undefined;
        dropped = true;
        continue;
      }
      const decoded = given === null || given === undefined ? null : this.#member(given, type, field);
      if (isDropped(decoded, field)) {
        value[name] = undefined;
        dropped = true;
      } else if (decoded !== given) {
        value[name] = decoded;
      }
    }
    const object = dropped ? withoutUndefined(value) : value;
    addUnconditional(object, type);
    this.#depth--;
    return object;
  }

  #member(given: JsonValue, owner: TypeFacts, field: FieldFacts): JsonValue {
    const outerOwner = this.#owner;
    const outerField = this.#field;
    this.#owner = owner;
    this.#field = field;
    this.#path.push(field.name);
    const decoded = this.#value(given, field.type);
    this.#path.pop();
    this.#owner = outerOwner;
    this.#field = outerField;
    return decoded;
  }

  #value(given: JsonValue, type: TypeRef): JsonValue {
    if (type.kind === 'struct') return this.#structMember(given, type);
    if (type.kind === 'list') return this.#list(given, type.element, type);
    if (type.kind === 'map') return this.#map(given, type);
    if (type.scalar.startsWith('schema-or-')) return this.#schemaUnion(given, type.scalar);
    const decoded = decodeScalar(given, type.scalar);
    return decoded instanceof WrongJsonType ? this.#mismatch(decoded) : decoded;
  }

  #structMember(given: JsonValue, type: StructRef): JsonValue {
    if (!isJsonObject(given)) this.#mismatch(new WrongJsonType(jsonKind(given), type.type.goQualifiedName));
    return this.struct(given, type.type);
  }

  #list(given: JsonValue, element: TypeRef, type: TypeRef): JsonValue {
    if (!Array.isArray(given)) this.#mismatch(new WrongJsonType(jsonKind(given), this.#containerName(type)));
    for (let i = 0; i < given.length; i++) {
      const item = given[i] ?? null;
      if (item === null) {
        given[i] = zeroValue(element);
        continue;
      }
      this.#path.push(i);
      const decoded = this.#value(item, element);
      if (decoded !== item) given[i] = decoded;
      this.#path.pop();
    }
    return given;
  }

  #map(given: JsonValue, type: MapRef): JsonValue {
    if (!isJsonObject(given)) this.#mismatch(new WrongJsonType(jsonKind(given), this.#containerName(type)));
    const { element } = type;
    const plainStrings = element.kind === 'scalar' && element.scalar === 'string';
    for (const key of Object.keys(given)) {
      const item = given[key] ?? null;
      if (plainStrings && typeof item === 'string') continue;
      if (item === null) {
        setOwn(given, key, zeroValue(element));
        continue;
      }
      this.#path.push({ key });
      const decoded = this.#value(item, element);
      if (decoded !== item) setOwn(given, key, decoded);
      this.#path.pop();
    }
    return given;
  }

  /** apiextensions' three types that hold a schema or something simpler; only JSONSchemaProps has fields of them. */
  #schemaUnion(given: JsonValue, scalar: string): JsonValue {
    const schemaType = this.#owner;
    if (schemaType === undefined) return given;
    this.#lenient++;
    let decoded: JsonValue = given;
    if (isJsonObject(given)) decoded = this.struct(given, schemaType);
    else if (Array.isArray(given) && scalar === 'schema-or-array') {
      decoded = this.#list(given, { kind: 'struct', name: schemaType.name, type: schemaType }, { kind: 'list', element: { kind: 'struct', name: schemaType.name, type: schemaType } });
    } else if (Array.isArray(given) && scalar === 'schema-or-strings') {
      decoded = this.#list(given, { kind: 'scalar', scalar: 'string' }, { kind: 'list', element: { kind: 'scalar', scalar: 'string' } });
    } else if (scalar === 'schema-or-bool') {
      decoded = decodeScalar(given, 'schema-or-bool') as JsonValue;
    } else {
      decoded = null;
    }
    this.#lenient--;
    return decoded;
  }

  #containerName(type: TypeRef): string {
    return this.#field !== undefined && this.#field.type === type ? goFieldTypeName(this.#field) : goTypeName(type);
  }

  #unknown(name: string): void {
    if (this.#lenient > 0 || this.strictErrors.length >= MAX_STRICT_ERRORS) return;
    const text = `unknown field "${this.#strictPath(name)}"`;
    if (!this.strictErrors.includes(text)) this.strictErrors.push(text);
  }

  #strictPath(name: string): string {
    let text = '';
    for (const part of [...this.#path, name]) {
      if (typeof part === 'number') text += `[${part}]`;
      else text += `${text === '' ? '' : '.'}${typeof part === 'string' ? part : part.key}`;
    }
    return text;
  }

  /** Go names the innermost struct and the fields on the way to it, but neither indexes nor keys. */
  #mismatch({ found, goType }: WrongJsonType): never {
    const fields = this.#path.slice(this.#base).filter((part) => typeof part === 'string');
    const place = this.#owner === undefined ? '' : `struct field ${this.#owner.goName}.${fields.join('.')}`;
    const shownType = goType === 'string' ? (this.#field?.goName ?? goType) : goType;
    throw new DecodeError(`json: cannot unmarshal ${found} into Go ${place} of type ${shownType}`);
  }
}

/** A copy without the members that were marked; deleting them would leave a slow object behind. */
function withoutUndefined(value: JsonObject): JsonObject {
  const kept: JsonObject = {};
  for (const name of Object.keys(value)) {
    const member = value[name];
    if (member !== undefined) setOwn(kept, name, member);
  }
  return kept;
}
