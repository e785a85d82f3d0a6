import type { JsonValue } from '../../machinery/json.ts';

/** A field that is text. Numbers and booleans that YAML read out of an unquoted one become text again, as kubectl does. */
export function scalarText(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' ? String(value) : '';
}

/** A list of texts; empty when there is none. */
export function scalarTexts(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.map(scalarText) : [];
}
