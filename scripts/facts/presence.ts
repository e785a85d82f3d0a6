import { readFileSync } from 'node:fs';
import type { GivenField, GivenType } from './given.ts';

/**
 * How a Go struct field re-encodes, in one letter (see FieldPresence in src/api/facts/type-facts.ts):
 * `g` given (pointer, omitempty), `z` nonzero (value, omitempty), `a` always (value), `n` nullable (nil shown as null).
 */
export type PresenceCode = 'g' | 'z' | 'a' | 'n';

/** What holds unless presence.json says otherwise: a required field has no omitempty, structs are pointers. */
export function presenceByRule(owner: GivenType, name: string, field: GivenField, isStruct: boolean): PresenceCode {
  const required = field.required === true;
  if (field.type.startsWith('[]') || field.type.startsWith('map:')) return required ? 'n' : 'z';
  if (isStruct) {
    const embedded = name === 'metadata' || (owner.gvk !== undefined && (name === 'spec' || name === 'status'));
    return required || embedded ? 'a' : 'g';
  }
  switch (field.type) {
    case 'time':
    case 'microtime':
    case 'raw':
      return required ? 'n' : 'g';
    case 'quantity':
    case 'int-or-string':
      return required ? 'a' : 'g';
    case 'bytes':
      return required ? 'n' : 'z';
    case 'any':
    case 'fields-v1':
      return 'g';
    default:
      // What has a type's name but is no struct (a schema or a boolean) is a pointer.
      if (field.type.includes('.')) return 'g';
      return required ? 'a' : 'z';
  }
}

/** type → code → names of the fields that differ from the rule, separated by spaces. */
type Overlay = Readonly<Record<string, Partial<Record<PresenceCode, string>>>>;

/**
 * The exceptions: read off the protobuf samples (a value field is on the wire even when zero), off recorded answers, and
 * known from the Go types. `node scripts/facts/check-presence.ts` finds contradictions with the samples.
 */
export function readPresenceOverlay(): (type: string, field: string) => PresenceCode | undefined {
  const overlay = JSON.parse(readFileSync(new URL('presence.json', import.meta.url), 'utf8')) as Overlay;
  const byField = new Map<string, PresenceCode>();
  for (const [type, codes] of Object.entries(overlay)) {
    for (const [code, names] of Object.entries(codes)) {
      for (const name of names.split(' ')) byField.set(`${type}.${name}`, code as PresenceCode);
    }
  }
  return (type, field) => byField.get(`${type}.${field}`);
}
