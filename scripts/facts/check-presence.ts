/**
 * Holds the presence of fields against protobuf samples: `node scripts/facts/check-presence.ts FOLDER`. A Go value is on
 * the wire even when it is zero, a nil pointer never is; so a field that is absent from a message that is there must be
 * a pointer, and one that is there as zero but not in the JSON must be a value with omitempty.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject, type JsonObject } from '../../src/machinery/json.ts';
import { parseApiVersion } from '../../src/machinery/group-version.ts';
import { loadFacts } from '../../src/api/facts/facts.ts';
import type { FieldFacts, TypeFacts } from '../../src/api/facts/type-facts.ts';

const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: node scripts/facts/check-presence.ts FOLDER');
const facts = loadFacts();
const contradictions = new Set<string>();

type Message = Map<number, (bigint | Uint8Array)[]>;

function readMessage(bytes: Uint8Array): Message {
  const message: Message = new Map();
  let at = 0;
  const varint = (): bigint => {
    for (let value = 0n, shift = 0n; ; shift += 7n) {
      const byte = bytes[at++] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Uint8Array => bytes.subarray(at, (at += length));
  while (at < bytes.length) {
    const tag = Number(varint());
    const wire = tag & 7;
    const value = wire === 0 ? varint() : take(wire === 1 ? 8 : wire === 5 ? 4 : Number(varint()));
    const values = message.get(tag >>> 3) ?? [];
    values.push(value);
    message.set(tag >>> 3, values);
  }
  return message;
}

function placeOf(message: Message, field: FieldFacts): readonly (bigint | Uint8Array)[] | undefined {
  let inner = message;
  for (const number of field.protobufPath.slice(0, -1)) {
    const bytes = inner.get(number)?.[0];
    if (!(bytes instanceof Uint8Array)) return undefined;
    inner = readMessage(bytes);
  }
  return inner.get(field.protobufPath.at(-1) ?? 0);
}

function check(type: TypeFacts, message: Message, json: JsonObject): void {
  for (const field of type.fields.values()) {
    if (field.protobufPath.length === 0) continue;
    const values = placeOf(message, field);
    const kind = field.type.kind;
    const name = `${type.name}.${field.name}`;
    const shown = json[field.name];
    if (kind === 'struct' || kind === 'scalar') {
      const isBytes = field.type.kind === 'scalar' && field.type.scalar === 'bytes';
      if (values === undefined && !isBytes && (field.presence === 'always' || field.presence === 'nonzero')) contradictions.add(`${name}: ${field.presence}, but absent from the wire`);
      if (values !== undefined && shown === undefined && field.presence !== 'nonzero') contradictions.add(`${name}: ${field.presence}, but on the wire and not in JSON`);
    }
    if (values === undefined) continue;
    if (field.type.kind === 'struct') check(field.type.type, readMessage(values[0] as Uint8Array), isJsonObject(shown) ? shown : {});
    if (field.type.kind === 'list' && field.type.element.kind === 'struct') {
      const element = field.type.element.type;
      values.forEach((value, i) => {
        const item = Array.isArray(shown) ? shown[i] : undefined;
        check(element, readMessage(value as Uint8Array), isJsonObject(item) ? item : {});
      });
    }
  }
}

for (const line of readFileSync(join(folder, 'protobuf-samples.jsonl'), 'utf8').trim().split('\n')) {
  const { json, protobuf } = JSON.parse(line) as { json: JsonObject & { apiVersion: string; kind: string }; protobuf: string };
  const { group, version } = parseApiVersion(json.apiVersion) ?? { group: '', version: '' };
  const type = facts.typeOfKind(group, version, json.kind);
  const body = readMessage(Buffer.from(protobuf, 'base64').subarray(4)).get(2)?.[0];
  if (type !== undefined && body instanceof Uint8Array) check(type, readMessage(body), json);
}
for (const line of contradictions) console.log(line);
process.exitCode = contradictions.size === 0 ? 0 : 1;
