import { isJsonObject, type JsonObject, type JsonValue } from '../../../machinery/json.ts';
import { canonicalizeQuantity, QuantityError } from '../../../machinery/quantity.ts';
import type { LabelSelector } from '../../pod-template/shapes.ts';

/** An annotation that does not hold what it should. Such annotations are passed over, as in Kubernetes. */
export class MalformedAnnotation extends Error {
  constructor() {
    super('malformed annotation');
    this.name = 'MalformedAnnotation';
  }
}

/** `read` of the annotation's JSON; undefined when there is none, or it does not hold what `read` wants. */
export function readAnnotation<T>(text: string | undefined, read: (value: JsonValue | undefined) => T): T | undefined {
  if (text === undefined) return undefined;
  try {
    return read(JSON.parse(text) as JsonValue);
  } catch (error) {
    if (error instanceof MalformedAnnotation || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Absent and null are empty, as Go reads them; another type is malformed. */
export function asObject(value: JsonValue | undefined): JsonObject {
  if (value === undefined || value === null) return {};
  if (!isJsonObject(value)) throw new MalformedAnnotation();
  return value;
}

export function asList<T>(value: JsonValue | undefined, read: (item: JsonValue) => T): T[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new MalformedAnnotation();
  return value.map(read);
}

export function asString(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw new MalformedAnnotation();
  return value;
}

export function asInteger(value: JsonValue | undefined): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Number.isInteger(value)) throw new MalformedAnnotation();
  return value as number;
}

export function asQuantity(value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' && typeof value !== 'number') throw new MalformedAnnotation();
  try {
    return canonicalizeQuantity(String(value));
  } catch (error) {
    if (error instanceof QuantityError) throw new MalformedAnnotation();
    throw error;
  }
}

export function asSelector(value: JsonValue | undefined): LabelSelector | undefined {
  if (value === undefined || value === null) return undefined;
  const { matchLabels, matchExpressions } = asObject(value);
  const labels = Object.entries(asObject(matchLabels)).map(([key, label]) => [key, asString(label)] as const);
  const expressions = asList(matchExpressions, (item) => {
    const { key, operator, values } = asObject(item);
    const list = asList(values, asString);
    return { key: asString(key), operator: asString(operator), ...(list.length > 0 && { values: list }) };
  });
  return { ...(labels.length > 0 && { matchLabels: Object.fromEntries(labels) }), ...(expressions.length > 0 && { matchExpressions: expressions }) };
}
