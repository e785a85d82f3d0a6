import { quoteGo } from './go-format.ts';

/** intstr.IntOrString: a number, or a text (a percentage, a port's name). */
export type IntOrString = number | string;

/** A text that cannot be scaled. */
export class IntOrStringError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'IntOrStringError';
  }
}

/** The number of a percentage (`25%` → 25); undefined for anything else. */
export function parsePercent(value: IntOrString): number | undefined {
  if (typeof value === 'number' || !/^[+-]?[0-9]{1,15}%$/.test(value)) return undefined;
  return Number(value.slice(0, -1));
}

/**
 * A number as it is, a percentage of `total` rounded up or down. Throws IntOrStringError with Kubernetes' text for any
 * other value.
 */
export function scaleIntOrPercent(value: IntOrString | undefined, total: number, rounding: 'up' | 'down'): number {
  if (value === undefined) throw new IntOrStringError('nil value for IntOrString');
  if (typeof value === 'number') return value;
  if (!value.endsWith('%')) throw new IntOrStringError('invalid value for IntOrString: invalid type: string is not a percentage');
  const percent = parsePercent(value);
  if (percent === undefined) {
    const number = quoteGo(value.slice(0, -1));
    throw new IntOrStringError(`invalid value for IntOrString: invalid value ${quoteGo(value)}: strconv.Atoi: parsing ${number}: invalid syntax`);
  }
  const exact = (percent * total) / 100;
  return rounding === 'up' ? Math.ceil(exact) : Math.floor(exact);
}

/** The text of either form. */
export function formatIntOrString(value: IntOrString): string {
  return typeof value === 'number' ? String(value) : value;
}
