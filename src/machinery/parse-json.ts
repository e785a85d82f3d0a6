import type { JsonValue } from './json.ts';
import { JsonReader } from './json-reader.ts';
import { isPlainJson } from './json-scan.ts';

export { JsonSyntaxError } from './json-reader.ts';

/** encoding/json's own limit. */
export const MAX_JSON_DEPTH = 10_000;

export interface ParseJsonOptions {
  /** Lists and objects may nest this deep; default 10,000. */
  readonly maxDepth?: number;
}

export interface ParsedJson {
  readonly value: JsonValue;
  /**
   * Paths of keys that an object holds twice (the last one counts), in the order found, each once, at most 100:
   * `spec.containers[0].name`.
   */
  readonly duplicates: string[];
}

const NONE: readonly string[] = Object.freeze([]);

/**
 * Parses a JSON document as Kubernetes reads it: duplicate keys are reported, integers beyond 2^53 are bigint, invalid
 * UTF-8 becomes U+FFFD, `__proto__` is a key like any other. Throws JsonSyntaxError with encoding/json's text.
 *
 * A document without any of these costs one scan and JSON.parse.
 */
export function parseJson(input: Uint8Array | string, options?: ParseJsonOptions): ParsedJson {
  const maxDepth = options?.maxDepth ?? MAX_JSON_DEPTH;
  const bytes = typeof input === 'string' ? Buffer.from(input) : Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  if (isPlainJson(bytes, maxDepth)) {
    try {
      return { value: JSON.parse(typeof input === 'string' ? input : bytes.toString()) as JsonValue, duplicates: NONE as string[] };
    } catch {
      // The reader below says what is wrong in encoding/json's words.
    }
  }
  return new JsonReader(bytes, maxDepth).read();
}

/** The parts of JSON.rawJSON that the library's types lack. */
const rawJson = JSON as unknown as { rawJSON(text: string): unknown };

/** Compact JSON; a bigint becomes a number with all its digits. */
export function stringifyJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? rawJson.rawJSON(item.toString()) : item));
  }
}
