import type { DeepReadonly, JsonObject } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { parseJson, stringifyJson } from '../../machinery/parse-json.ts';

/**
 * The bytes of an object as the store keeps them: JSON that begins with its metadata and holds neither `kind` and
 * `apiVersion` nor `metadata.resourceVersion`. An answer puts those in front, so that reading copies and never
 * encodes. Custom resources change their storage version during their life, so theirs carry the version before the
 * JSON, behind an `@`: `@v1beta1\n{"metadata":…`.
 */
const METADATA_HEAD = '{"metadata":{';
const AT_SIGN = 0x40;
const NEWLINE = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const ZERO = 0x30;

/** Integers that a double cannot hold have at least 16 digits; only such texts need the exact parser. */
const LONG_INTEGER = /\d{16}/;

export interface TypeTag {
  readonly apiVersion: string;
  readonly kind: string;
}

/** `version` is written only when given: for resources whose storage version can change. */
export function encodeStored(object: KubeObject, version?: string): Buffer {
  const { apiVersion: _apiVersion, kind: _kind, metadata, ...rest } = object;
  const { resourceVersion: _resourceVersion, ...meta } = metadata;
  const json = stringifyJson({ metadata: meta, ...rest } as unknown as JsonObject);
  const text = version === undefined ? json : `@${version}\n${json}`;
  // Memory of its own: in Node's pool a value that is kept would keep 64 KB of passing ones with it.
  const value = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  value.write(text);
  return value;
}

/** Where the JSON begins, and in which version it is when the bytes say so. */
export function storedHeader(value: Uint8Array): { offset: number; version: string | undefined } {
  if (value[0] !== AT_SIGN) return { offset: 0, version: undefined };
  const end = value.indexOf(NEWLINE);
  return { offset: end + 1, version: Buffer.from(value.buffer, value.byteOffset + 1, end - 1).toString('latin1') };
}

/** The object as a client sees it, in the version it is stored in. */
export function decodeStored(value: Uint8Array, revision: number, type: TypeTag): KubeObject {
  const { offset } = storedHeader(value);
  const text = Buffer.from(value.buffer, value.byteOffset + offset, value.byteLength - offset).toString('utf8');
  const parsed = (LONG_INTEGER.test(text) ? parseJson(text).value : JSON.parse(text)) as JsonObject;
  const metadata = parsed['metadata'] as JsonObject;
  metadata['resourceVersion'] = String(revision);
  return Object.assign({ apiVersion: type.apiVersion, kind: type.kind }, parsed) as unknown as KubeObject;
}

/** The bytes in front of a stored object's JSON that make it an answer; one per type, made once. */
export class AnswerHead {
  readonly #single: Buffer;
  readonly #item: Buffer;
  /** `typedItems`: items of the resource's lists carry their type (custom resources do, built-in kinds do not). */
  constructor(type: TypeTag, typedItems: boolean) {
    const single = `{"kind":${JSON.stringify(type.kind)},"apiVersion":${JSON.stringify(type.apiVersion)},"metadata":{"resourceVersion":"`;
    this.#single = Buffer.from(single);
    this.#item = typedItems ? this.#single : Buffer.from('{"metadata":{"resourceVersion":"');
  }

  /** The complete JSON of one object. */
  object(value: Uint8Array, revision: number): Buffer {
    const target = Buffer.allocUnsafe(this.#objectLength(value, revision));
    spliceInto(target, 0, this.#single, value, revision);
    return target;
  }

  /** As `object`, with the newline that ends an answer. */
  answer(value: Uint8Array, revision: number): Buffer {
    const target = Buffer.allocUnsafe(this.#objectLength(value, revision) + 1);
    target[spliceInto(target, 0, this.#single, value, revision)] = NEWLINE;
    return target;
  }

  /** Writes an object as an item of a list, for building the list in one buffer; the answer is where it ends. */
  writeItem(target: Buffer, at: number, value: Uint8Array, revision: number): number {
    return spliceInto(target, at, this.#item, value, revision);
  }

  /** Bytes that `writeItem` writes. */
  itemLength(value: Uint8Array, revision: number): number {
    return this.#item.length + digits(revision) + 2 + bodyLength(value);
  }

  #objectLength(value: Uint8Array, revision: number): number {
    return this.#single.length + digits(revision) + 2 + bodyLength(value);
  }
}

/** Length of what follows `{"metadata":{` in the stored bytes. */
function bodyLength(value: Uint8Array): number {
  return value.byteLength - bodyOffset(value);
}

function bodyOffset(value: Uint8Array): number {
  return storedOffset(value) + METADATA_HEAD.length;
}

function storedOffset(value: Uint8Array): number {
  return value[0] === AT_SIGN ? value.indexOf(NEWLINE) + 1 : 0;
}

function digits(revision: number): number {
  let n = 1;
  for (let r = revision; r >= 10; r /= 10) n++;
  return n;
}

function spliceInto(target: Buffer, at: number, head: Buffer, value: Uint8Array, revision: number): number {
  const length = digits(revision);
  const body = bodyOffset(value);
  const afterRevision = at + head.length + length;
  // All of the value is laid down, then the head, which is longer, over the value's own: no view of its rest is made.
  target.set(value, afterRevision + 2 - body);
  target.set(head, at);
  for (let i = afterRevision - 1, rest = revision; i >= afterRevision - length; i--, rest = Math.floor(rest / 10)) target[i] = ZERO + (rest % 10);
  target[afterRevision] = QUOTE;
  target[afterRevision + 1] = COMMA;
  return afterRevision + 2 + value.byteLength - body;
}

export type StoredObject = DeepReadonly<KubeObject>;
