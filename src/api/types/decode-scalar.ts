import { formatGoNumber, jsonKind } from '../../machinery/go-format.ts';
import type { JsonValue } from '../../machinery/json.ts';
import { canonicalizeQuantity, QuantityError } from '../../machinery/quantity.ts';
import type { ScalarName } from '../facts/type-facts.ts';
import { canonicalBase64 } from './decode-bytes.ts';
import { DecodeError } from './decode-error.ts';
import { canonicalTime } from './decode-time.ts';

/** A value of the wrong JSON type; the decoder, which knows the field, makes Go's sentence of it. */
export class WrongJsonType {
  readonly found: string;
  readonly goType: string;
  constructor(found: string, goType: string) {
    this.found = found;
    this.goType = goType;
  }
}

const wrong = (value: JsonValue, goType: string): WrongJsonType => new WrongJsonType(jsonKind(value), goType);

/** Go names the number itself when it is one that the type cannot hold. */
function badNumber(value: number | bigint, goType: string): WrongJsonType {
  return new WrongJsonType(`number ${typeof value === 'number' ? formatGoNumber(value) : String(value)}`, goType);
}

function decodeInteger(value: JsonValue, bits: 32 | 64): JsonValue | WrongJsonType {
  const goType = bits === 32 ? 'int32' : 'int64';
  if (typeof value === 'number') {
    if (!Number.isInteger(value)) return badNumber(value, goType);
    const limit = bits === 32 ? 2 ** 31 : 2 ** 63;
    if (value >= limit || value < -limit) return badNumber(value, goType);
    return value === 0 ? 0 : value;
  }
  if (typeof value !== 'bigint') return wrong(value, goType);
  if (BigInt.asIntN(bits, value) !== value) return badNumber(value, goType);
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** A number or a text, canonical; everything else is no quantity, in whatever JSON type. */
function decodeQuantity(value: JsonValue): string {
  const text = typeof value === 'string' ? value : typeof value === 'number' ? formatGoNumber(value) : typeof value === 'bigint' ? String(value) : JSON.stringify(value);
  try {
    return canonicalizeQuantity(text);
  } catch (error) {
    if (error instanceof QuantityError) throw new DecodeError(error.message);
    throw error;
  }
}

function decodeString(value: JsonValue, decode: (text: string) => JsonValue): JsonValue | WrongJsonType {
  return typeof value === 'string' ? decode(value) : wrong(value, 'string');
}

/**
 * One value as Go holds it after decoding, null aside. Times that are Go's zero time come back as null. Throws
 * DecodeError for texts that are malformed whatever the field.
 */
export function decodeScalar(value: JsonValue, scalar: ScalarName): JsonValue | WrongJsonType {
  switch (scalar) {
    case 'string':
      return typeof value === 'string' ? value : wrong(value, 'string');
    case 'boolean':
      return typeof value === 'boolean' ? value : wrong(value, 'bool');
    case 'int32':
      return decodeInteger(value, 32);
    case 'int64':
      return decodeInteger(value, 64);
    case 'double':
      return typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : wrong(value, 'float64');
    case 'bytes':
      return typeof value === 'string' ? canonicalBase64(value) : wrong(value, '[]uint8');
    case 'time':
    case 'microtime':
      return decodeString(value, (text) => canonicalTime(text, scalar) ?? null);
    case 'quantity':
      return decodeQuantity(value);
    case 'int-or-string':
      return typeof value === 'string' ? value : decodeInteger(value, 32);
    case 'schema-or-bool':
      if (typeof value !== 'boolean') throw new DecodeError('boolean or JSON schema expected');
      return value;
    case 'schema-or-array':
    case 'schema-or-strings':
    case 'raw':
    case 'any':
    case 'fields-v1':
      break;
  }
  // The decoder itself looks into schemas; the rest is kept as it came.
  return value;
}

const ZERO: Readonly<Record<ScalarName, JsonValue>> = {
  string: '',
  boolean: false,
  int32: 0,
  int64: 0,
  double: 0,
  'int-or-string': 0,
  quantity: '0',
  bytes: null,
  time: null,
  microtime: null,
  raw: null,
  any: null,
  'fields-v1': null,
  'schema-or-array': null,
  'schema-or-bool': null,
  'schema-or-strings': null,
};

/** What Go's zero value of the type encodes as. */
export function zeroScalar(scalar: ScalarName): JsonValue {
  return ZERO[scalar];
}
