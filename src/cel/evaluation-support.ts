import type { Environment } from './environment.ts';
import { kubernetesEnvironment } from './kubernetes-environment.ts';
import { formatDouble } from './numbers.ts';
import type { Activation } from './program.ts';
import { formatDuration, formatTimestamp } from './time.ts';
import { CelDouble, CelDuration, CelList, CelObject, CelOptional, CelTimestamp, CelTypeValue, CelUint, isMap, valueOfKey } from './values.ts';
import type { CelValue } from './values.ts';

/** A text that is the same for the same value: types are told apart, maps are in order of their keys. */
export function showValue(value: CelValue): string {
  if (typeof value === 'number' || typeof value === 'bigint') return `${value}`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (value instanceof CelDouble) return `double ${Object.is(value.value, -0) ? '-0' : formatDouble(value.value)}`;
  if (value instanceof CelUint) return `${value.value}u`;
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`;
  if (value instanceof CelTimestamp) return formatTimestamp(value);
  if (value instanceof CelDuration) return formatDuration(value);
  if (value instanceof CelTypeValue) return `type ${value.name}`;
  if (value instanceof CelOptional) return value.value === undefined ? 'none' : `optional ${showValue(value.value)}`;
  if (value instanceof CelList) return `[${Array.from({ length: value.size }, (_, i) => showValue(value.get(i))).join(', ')}]`;
  if (value instanceof CelObject) return `object ${value.declaration.name}`;
  if (!isMap(value)) return `opaque ${value.celType.name}`;
  const entries = value.keys().map((key) => `${showValue(key)}: ${showValue(valueOfKey(value, key))}`);
  return `{${entries.sort().join(', ')}}`;
}

/** What an expression comes to, as text: its value, `error: …`, or the problems that keep it from running. */
export function outcome(expression: string, environment: Environment = kubernetesEnvironment(), activation: Activation = {}): string {
  const { program, issues } = environment.compile(expression);
  if (program === undefined) return issues;
  const result = program.evaluate(activation, { costLimit: 1_000_000 });
  return result.error === undefined ? showValue(result.value) : `error: ${result.error}`;
}
