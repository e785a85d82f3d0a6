import { Buffer } from 'node:buffer';
import { compareBytes } from '../../machinery/go-format.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../machinery/json.ts';
import { stringifyJson } from '../../machinery/parse-json.ts';
import type { FieldFacts, ScalarName, TypeFacts, TypeRef } from '../facts/type-facts.ts';
import { parseTime, type TimeForm } from '../types/decode-time.ts';
import { messagePlan, type MessagePlan } from './message-plan.ts';
import { WIRE_FIXED64, WireWriter } from './wire-writer.ts';

type Given = JsonValue | undefined;

/** The message of an object, as kube-apiserver writes it: without the envelope that names its kind. */
export function encodeMessage(object: JsonObject, type: TypeFacts): Uint8Array {
  const writer = new WireWriter();
  writeMessage(writer, object, type);
  return writer.finish();
}

export function writeMessage(writer: WireWriter, object: JsonObject, type: TypeFacts): void {
  writeNodes(writer, object, type, messagePlan(type));
}

function writeNodes(writer: WireWriter, object: JsonObject, type: TypeFacts, plan: MessagePlan): void {
  for (let i = plan.nodes.length - 1; i >= 0; i--) {
    const node = plan.nodes[i];
    if (node === undefined) continue;
    if (node.kind === 'inlined') {
      const before = writer.length;
      writeNodes(writer, object, type, node.plan);
      writer.closeMessage(node.number, before);
    } else {
      writeField(writer, node.number, object[node.field.name], node.field, type);
    }
  }
}

function writeField(writer: WireWriter, number: number, value: Given, field: FieldFacts, owner: TypeFacts): void {
  const { type } = field;
  if (value === undefined || value === null) {
    writeAbsent(writer, number, field);
  } else if (field.boxed) {
    writeBoxed(writer, number, value);
  } else if (type.kind === 'list') {
    if (!Array.isArray(value)) return;
    for (let i = value.length - 1; i >= 0; i--) writeValue(writer, number, value[i] ?? null, type.element, owner);
  } else if (type.kind === 'map') {
    if (isJsonObject(value)) writeMap(writer, number, value, type.element, owner);
  } else {
    writeValue(writer, number, value, type, owner);
  }
}

/** Go's values travel even when they are zero; pointers, lists and maps do not. */
function writeAbsent(writer: WireWriter, number: number, { type, presence }: FieldFacts): void {
  if (presence === 'given') return;
  if (type.kind === 'struct') {
    if (presence === 'always') writeValue(writer, number, {}, type, type.type);
    return;
  }
  if (type.kind !== 'scalar') return;
  if (presence !== 'nullable') writeZero(writer, number, type.scalar);
  else if (type.scalar === 'time' || type.scalar === 'microtime' || type.scalar === 'raw') writer.closeMessage(number, writer.length);
}

function writeZero(writer: WireWriter, number: number, scalar: ScalarName): void {
  switch (scalar) {
    case 'string':
      writer.textField(number, '');
      return;
    case 'boolean':
    case 'int32':
    case 'int64':
      writer.integerField(number, 0);
      return;
    case 'double':
    case 'int-or-string':
      writeScalar(writer, number, 0, scalar);
      return;
    case 'quantity':
      writeScalar(writer, number, '0', scalar);
      return;
    case 'time':
    case 'microtime':
      writer.closeMessage(number, writer.length);
      return;
    case 'bytes':
    case 'raw':
    case 'any':
    case 'fields-v1':
    case 'schema-or-array':
    case 'schema-or-bool':
    case 'schema-or-strings':
  }
}

function writeValue(writer: WireWriter, number: number, value: JsonValue, type: TypeRef, owner: TypeFacts): void {
  if (type.kind === 'struct') {
    const before = writer.length;
    writeMessage(writer, isJsonObject(value) ? value : {}, type.type);
    writer.closeMessage(number, before);
  } else if (type.kind === 'scalar') {
    if (type.scalar.startsWith('schema-or-')) writeSchemaUnion(writer, number, value, owner, type.scalar);
    else writeScalar(writer, number, value, type.scalar);
  }
}

function writeScalar(writer: WireWriter, number: number, value: JsonValue, scalar: ScalarName): void {
  const before = writer.length;
  switch (scalar) {
    case 'string':
      writer.textField(number, typeof value === 'string' ? value : '');
      return;
    case 'boolean':
      writer.integerField(number, value === true ? 1 : 0);
      return;
    case 'int32':
    case 'int64':
      writer.integerField(number, integerOf(value));
      return;
    case 'double':
      writer.double(Number(value));
      writer.tag(number, WIRE_FIXED64);
      return;
    case 'bytes':
      writer.bytesField(number, Buffer.from(typeof value === 'string' ? value : '', 'base64'));
      return;
    case 'quantity':
      writer.textField(1, typeof value === 'string' ? value : '0');
      break;
    case 'int-or-string':
      writer.textField(3, typeof value === 'string' ? value : '');
      writer.integerField(2, typeof value === 'string' ? 0 : integerOf(value));
      writer.integerField(1, typeof value === 'string' ? 1 : 0);
      break;
    case 'time':
    case 'microtime':
      if (typeof value === 'string') writeTime(writer, value, scalar);
      break;
    case 'raw':
    case 'any':
    case 'fields-v1':
    case 'schema-or-array':
    case 'schema-or-bool':
    case 'schema-or-strings':
      writer.bytesField(1, Buffer.from(stringifyJson(value)));
  }
  writer.closeMessage(number, before);
}

function integerOf(value: JsonValue): number | bigint {
  return typeof value === 'number' || typeof value === 'bigint' ? value : 0;
}

function writeTime(writer: WireWriter, text: string, form: TimeForm): void {
  const { seconds, nanos } = parseTime(text, form);
  writer.integerField(2, form === 'microtime' ? Math.floor(nanos / 1000) * 1000 : 0);
  writer.integerField(1, seconds);
}

/** Entries in the order of their keys' bytes: {key = 1, value = 2}. */
function writeMap(writer: WireWriter, number: number, value: JsonObject, element: TypeRef, owner: TypeFacts): void {
  const keys = Object.keys(value);
  if (keys.length > 1) keys.sort(compareBytes);
  for (let i = keys.length - 1; i >= 0; i--) {
    const key = keys[i] ?? '';
    const before = writer.length;
    writeValue(writer, 2, value[key] ?? null, element, owner);
    writer.textField(1, key);
    writer.closeMessage(number, before);
  }
}

/** Lists of strings in messages of their own, {items = 1}: as values of a map, or alone. */
function writeBoxed(writer: WireWriter, number: number, value: JsonValue): void {
  const writeItems = (items: JsonValue): void => {
    if (!Array.isArray(items)) return;
    for (let i = items.length - 1; i >= 0; i--) {
      const item = items[i];
      writer.textField(1, typeof item === 'string' ? item : '');
    }
  };
  if (Array.isArray(value)) {
    const before = writer.length;
    writeItems(value);
    writer.closeMessage(number, before);
    return;
  }
  if (!isJsonObject(value)) return;
  const keys = Object.keys(value).sort(compareBytes);
  for (let i = keys.length - 1; i >= 0; i--) {
    const key = keys[i] ?? '';
    const before = writer.length;
    writeItems(value[key] ?? null);
    writer.closeMessage(2, before);
    writer.textField(1, key);
    writer.closeMessage(number, before);
  }
}

/**
 * JSONSchemaPropsOrArray {schema = 1, jSONSchemas = 2}, JSONSchemaPropsOrBool {allows = 1, schema = 2} and
 * JSONSchemaPropsOrStringArray {schema = 1, property = 2}.
 */
function writeSchemaUnion(writer: WireWriter, number: number, value: JsonValue, schemaType: TypeFacts, scalar: ScalarName): void {
  const before = writer.length;
  const schema = (field: number, given: JsonObject): void => {
    const inner = writer.length;
    writeMessage(writer, given, schemaType);
    writer.closeMessage(field, inner);
  };
  if (Array.isArray(value)) {
    for (let i = value.length - 1; i >= 0; i--) {
      const item = value[i];
      if (typeof item === 'string') writer.textField(2, item);
      else if (isJsonObject(item)) schema(2, item);
    }
  } else if (scalar === 'schema-or-bool') {
    if (isJsonObject(value)) schema(2, value);
    writer.integerField(1, value === false ? 0 : 1);
  } else if (isJsonObject(value)) {
    schema(1, value);
  }
  writer.closeMessage(number, before);
}
