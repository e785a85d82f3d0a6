import { Buffer } from 'node:buffer';
import { setOwn, type JsonObject, type JsonValue } from '../../machinery/json.ts';
import { parseJson } from '../../machinery/parse-json.ts';
import { canonicalizeQuantity } from '../../machinery/quantity.ts';
import type { FieldFacts, ScalarName, TypeFacts, TypeRef } from '../facts/type-facts.ts';
import { finishObject } from '../types/decode.ts';
import { zeroScalar } from '../types/decode-scalar.ts';
import { formatTime, ZERO_TIME_SECONDS, type TimeForm } from '../types/decode-time.ts';
import { messagePlan, type MessagePlan } from './message-plan.ts';
import { ProtobufError, WireReader } from './wire-reader.ts';

/** Messages nest no deeper; Go's own limit is the same order. */
const MAX_DEPTH = 1000;

/** A message as the object that kube-apiserver would hold. Unknown fields are skipped. Throws ProtobufError. */
export function decodeMessage(bytes: Uint8Array, type: TypeFacts): JsonObject {
  return readStruct(new WireReader(asBuffer(bytes)), type, 0);
}

export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function readStruct(reader: WireReader, type: TypeFacts, depth: number): JsonObject {
  if (depth > MAX_DEPTH) throw new ProtobufError('proto: exceeded max depth');
  const object: JsonObject = {};
  readNodes(reader, type, messagePlan(type), object, depth);
  return finishObject(object, type);
}

function readNodes(reader: WireReader, type: TypeFacts, plan: MessagePlan, object: JsonObject, depth: number): void {
  while (reader.next()) {
    const node = plan.byNumber.get(reader.number);
    if (node === undefined) reader.skip();
    else if (node.kind === 'inlined') readNodes(reader.message(), type, node.plan, object, depth + 1);
    else readField(reader, node.field, type, object, depth);
  }
}

function readField(reader: WireReader, field: FieldFacts, owner: TypeFacts, object: JsonObject, depth: number): void {
  const { name, type } = field;
  if (type.kind === 'map') {
    const map = (object[name] ??= {}) as JsonObject;
    readEntry(reader.message(), map, type.element, field.boxed, owner, depth);
  } else if (field.boxed) {
    object[name] = readItems(reader.message());
  } else if (type.kind === 'list') {
    const list = (object[name] ??= []) as JsonValue[];
    list.push(readValue(reader, type.element, owner, depth));
  } else {
    object[name] = readValue(reader, type, owner, depth);
  }
}

function readValue(reader: WireReader, type: TypeRef, owner: TypeFacts, depth: number): JsonValue {
  if (type.kind === 'struct') return readStruct(reader.message(), type.type, depth + 1);
  if (type.kind !== 'scalar') throw new ProtobufError('proto: lists of lists do not travel');
  if (type.scalar.startsWith('schema-or-')) return readSchemaUnion(reader.message(), type.scalar, owner, depth + 1);
  return readScalar(reader, type.scalar);
}

function readScalar(reader: WireReader, scalar: ScalarName): JsonValue {
  switch (scalar) {
    case 'string':
      return reader.text();
    case 'boolean':
      return reader.boolean();
    case 'int32':
      return reader.int32();
    case 'int64':
      return reader.integer();
    case 'double':
      return reader.double();
    case 'bytes':
      return reader.bytes().toString('base64');
    case 'time':
    case 'microtime':
      return readTime(reader.message(), scalar);
    case 'quantity':
      return readQuantity(reader.message());
    case 'int-or-string':
      return readIntOrString(reader.message());
    case 'raw':
    case 'any':
    case 'fields-v1':
    case 'schema-or-array':
    case 'schema-or-bool':
    case 'schema-or-strings':
      break;
  }
  return readJson(reader.message(), scalar === 'fields-v1');
}

function readTime(reader: WireReader, form: TimeForm): JsonValue {
  if (reader.isEmpty) return null;
  let seconds = 0;
  let nanos = 0;
  while (reader.next()) {
    if (reader.number === 1) seconds = Number(reader.integer());
    else if (reader.number === 2) nanos = reader.int32();
    else reader.skip();
  }
  if (seconds === ZERO_TIME_SECONDS && nanos === 0) return null;
  // What JavaScript's dates cannot hold is no year that RFC 3339 can show.
  if (seconds < ZERO_TIME_SECONDS || seconds > 253_402_300_799) throw new ProtobufError('proto: time out of range');
  return formatTime({ seconds, nanos }, form);
}

function readQuantity(reader: WireReader): string {
  let text = '';
  while (reader.next()) {
    if (reader.number === 1) text = reader.text();
    else reader.skip();
  }
  return text === '' ? '0' : asProtobufError(() => canonicalizeQuantity(text));
}

/** What is malformed inside a well-formed message is a finding about the body all the same. */
function asProtobufError<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof Error ? new ProtobufError(error.message, { cause: error }) : error;
  }
}

function readIntOrString(reader: WireReader): JsonValue {
  let isText = false;
  let number = 0;
  let text = '';
  while (reader.next()) {
    if (reader.number === 1) isText = Number(reader.integer()) === 1;
    else if (reader.number === 2) number = reader.int32();
    else if (reader.number === 3) text = reader.text();
    else reader.skip();
  }
  return isText ? text : number;
}

/** JSON that travels as bytes: {raw = 1}. Sets of fields hold no numbers, so that the plain parser is exact for them. */
function readJson(reader: WireReader, isFieldSet: boolean): JsonValue {
  let value: JsonValue = null;
  while (reader.next()) {
    if (reader.number === 1) {
      const bytes = reader.bytes();
      value = bytes.length === 0 ? null : asProtobufError(() => (isFieldSet ? (JSON.parse(bytes.toString()) as JsonValue) : parseJson(bytes).value));
    } else reader.skip();
  }
  return value;
}

function readEntry(reader: WireReader, map: JsonObject, element: TypeRef, boxed: boolean, owner: TypeFacts, depth: number): void {
  let key = '';
  let value: JsonValue | undefined;
  while (reader.next()) {
    if (reader.number === 1) key = reader.text();
    else if (reader.number === 2) value = boxed ? readItems(reader.message()) : readValue(reader, element, owner, depth);
    else reader.skip();
  }
  if (value === undefined) value = element.kind === 'struct' ? finishObject({}, element.type) : element.kind === 'scalar' ? zeroScalar(element.scalar) : [];
  setOwn(map, key, value);
}

function readItems(reader: WireReader): JsonValue {
  const items: string[] = [];
  while (reader.next()) {
    if (reader.number === 1) items.push(reader.text());
    else reader.skip();
  }
  return items;
}

function readSchemaUnion(reader: WireReader, scalar: ScalarName, schemaType: TypeFacts, depth: number): JsonValue {
  const schemaNumber = scalar === 'schema-or-bool' ? 2 : 1;
  let schema: JsonObject | undefined;
  let allows = false;
  const items: JsonValue[] = [];
  while (reader.next()) {
    if (reader.number === schemaNumber) schema = readStruct(reader.message(), schemaType, depth);
    else if (reader.number === 1) allows = reader.boolean();
    else if (reader.number === 2) items.push(scalar === 'schema-or-strings' ? reader.text() : readStruct(reader.message(), schemaType, depth));
    else reader.skip();
  }
  if (schema !== undefined) return schema;
  return scalar === 'schema-or-bool' ? allows : items;
}
