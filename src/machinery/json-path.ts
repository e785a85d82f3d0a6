import { formatGoNumber } from './go-format.ts';
import type { JsonValue } from './json.ts';
import { stringifyJson } from './parse-json.ts';
import { parseJsonPathSteps } from './json-path-parser.ts';
import { applySteps, type JsonPathStep } from './json-path-steps.ts';

export { JsonPathError } from './json-path-parser.ts';

/** A compiled path: made once, asked often. Immutable. */
export class JsonPath {
  readonly text: string;
  readonly #steps: readonly JsonPathStep[];

  constructor(text: string, steps: readonly JsonPathStep[]) {
    this.text = text;
    this.#steps = steps;
  }

  /** Every value that the path names, in the document's order; none where something on the way is missing. */
  find(root: unknown): JsonValue[] {
    return applySteps(this.#steps, root as JsonValue, root as JsonValue);
  }

  /** The first value that the path names. */
  first(root: unknown): JsonValue | undefined {
    return this.find(root)[0];
  }
}

/**
 * Compiles the JSONPath of a printer column: `.spec.replicas`, `.status.conditions[?(@.type=="Ready")].status`,
 * `.spec['a.b']`, `[0]`, `[-1:]`, `[*]`, `..name`; with or without `$` before it and braces around it. Throws
 * JsonPathError with Kubernetes' words.
 */
export function parseJsonPath(text: string): JsonPath {
  const trimmed = text.trim();
  const inner = trimmed.startsWith('{') && trimmed.endsWith('}') ? trimmed.slice(1, -1) : trimmed;
  return new JsonPath(text, parseJsonPathSteps(inner));
}

/** A found value as a table's string column shows it: scalars as they are, lists and objects as JSON with sorted keys. */
export function formatJsonPathValue(value: JsonValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return formatGoNumber(value);
  return value === null ? '<nil>' : stringifyJson(withSortedKeys(value));
}

function withSortedKeys(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withSortedKeys);
  if (typeof value !== 'object' || value === null) return value;
  const keys = Object.keys(value).toSorted((a, b) => (a < b ? -1 : 1));
  return Object.fromEntries(keys.map((key) => [key, withSortedKeys(value[key] ?? null)]));
}
