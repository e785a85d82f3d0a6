import { BOOL, BYTES, DOUBLE, DURATION, DYN, INT, LIST_DYN, MAP_DYN, NULL, STRING, TIMESTAMP, UINT, optionalOf, typeOf } from './types.ts';
import { CelDouble, CelDuration, CelList, CelObject, CelOptional, CelTimestamp, CelTypeValue, CelUint } from './values.ts';
import type { CelType, CelValue } from './values.ts';

/** The type of a value, as `type(x)` tells it. */
export function valueType(value: CelValue): CelType {
  if (typeof value === 'string') return STRING;
  if (typeof value === 'boolean') return BOOL;
  return typeof value === 'number' || typeof value === 'bigint' ? INT : objectValueType(value);
}

function objectValueType(value: Exclude<CelValue, string | boolean | number | bigint>): CelType {
  if (value === null) return NULL;
  if (value instanceof CelList) return LIST_DYN;
  if (value instanceof CelObject) return { kind: 'object', name: value.declaration.name, parameters: [], object: value.declaration };
  if (value instanceof CelDouble) return DOUBLE;
  if (value instanceof CelUint) return UINT;
  if (value instanceof Uint8Array) return BYTES;
  if (value instanceof CelTimestamp) return TIMESTAMP;
  if (value instanceof CelDuration) return DURATION;
  if (value instanceof CelOptional) return optionalOf(DYN);
  if (value instanceof CelTypeValue) return typeOf();
  if ('isMap' in value) return MAP_DYN;
  return value.celType;
}
