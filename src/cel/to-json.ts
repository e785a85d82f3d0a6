import { fail } from './evaluation-error.ts';
import { formatTimestamp } from './time.ts';
import { CelDouble, CelDuration, CelList, CelObject, CelOptional, CelTimestamp, CelUint, JsonMap, isMap, valueOfKey } from './values.ts';
import type { CelValue } from './values.ts';
import { valueType } from './value-type.ts';

/** A value as JSON, ready for an object to hold. JSON that was only passed through is shared, not copied. */
export function toJson(value: CelValue): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof JsonMap) return value.json;
  if (value instanceof CelDouble) return Number.isFinite(value.value) ? value.value : fail('cannot convert a double that is not finite to JSON');
  if (value instanceof CelUint) return value.value;
  if (value instanceof CelList) return value.schema === undefined ? Array.from({ length: value.size }, (_, i) => toJson(value.get(i))) : value.items;
  if (value instanceof CelObject) return objectToJson(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof CelTimestamp) return formatTimestamp(value);
  if (value instanceof CelDuration) return goDuration(value.nanos);
  if (value instanceof CelOptional) return value.value === undefined ? null : toJson(value.value);
  if (isMap(value)) {
    const json: Record<string, unknown> = {};
    for (const key of value.keys()) {
      if (typeof key !== 'string') return fail(`unsupported map key type ${valueType(key).name} in JSON`);
      Object.defineProperty(json, key, { value: toJson(valueOfKey(value, key)), writable: true, enumerable: true, configurable: true });
    }
    return json;
  }
  return fail(`cannot convert ${valueType(value).name} to JSON`);
}

function objectToJson(object: CelObject): unknown {
  if (object.declaration.make === undefined && object.declaration.holdsValues !== true) return object.json;
  const json: Record<string, unknown> = {};
  for (const key of Object.keys(object.json)) {
    Object.defineProperty(json, key, { value: toJson(object.json[key] as CelValue), writable: true, enumerable: true, configurable: true });
  }
  return json;
}

/** `1h30m0s`, as Go writes durations. */
function goDuration(nanos: bigint): string {
  const sign = nanos < 0n ? '-' : '';
  const size = nanos < 0n ? -nanos : nanos;
  if (size === 0n) return '0s';
  const trimmed = (amount: bigint, unit: bigint): string => {
    const rest = String(amount % unit).padStart(String(unit).length - 1, '0').replace(/0+$/, '');
    return `${amount / unit}${rest === '' ? '' : `.${rest}`}`;
  };
  if (size < 1_000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${trimmed(size, 1_000n)}µs`;
  if (size < 1_000_000_000n) return `${sign}${trimmed(size, 1_000_000n)}ms`;
  const minutes = size / 60_000_000_000n;
  const seconds = `${trimmed(size % 60_000_000_000n, 1_000_000_000n)}s`;
  if (minutes === 0n) return `${sign}${seconds}`;
  return minutes < 60n ? `${sign}${minutes}m${seconds}` : `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`;
}
