import { isJsonObject, type JsonValue } from '../../machinery/json.ts';

const ESCAPED: ReadonlyMap<string, string> = new Map([
  ['<', '\\u003c'],
  ['>', '\\u003e'],
  ['&', '\\u0026'],
  ['\u2028', '\\u2028'],
  ['\u2029', '\\u2029'],
]);

/** JSON as Go writes maps: keys in the order of their bytes, and what HTML could mistake escaped. Hashes are made of it. */
export function formatGoJson(value: JsonValue | undefined): string {
  const text = JSON.stringify(value, (_, part: JsonValue) => (isJsonObject(part) ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))) : part));
  return text.replaceAll(/[<>&\u2028\u2029]/g, (character) => ESCAPED.get(character) ?? character);
}
