import {
  addQuantity,
  compareQuantity,
  formatQuantity,
  parseQuantity,
  quantitySign,
  scaledQuantityValue,
  ZERO_QUANTITY,
  type Quantity,
} from '../../machinery/quantity.ts';
import { getOwn, setOwn, type JsonObject } from '../../machinery/json.ts';
import type { ResourceList } from './shapes.ts';

/** What amounts of resources are kept in: thousandths. */
const MILLI = -3;
/** Only amounts written with one of these can be finer than thousandths; most are not, and need not be read. */
const MAY_BE_FINER = /[.nu]|[eE]-/;

/** Undefined for what is no quantity, which decoding lets through nowhere. */
export function readQuantity(text: string): Quantity | undefined {
  try {
    return parseQuantity(text);
  } catch {
    return undefined;
  }
}

/** Rounds every amount up to thousandths, in place: Kubernetes keeps no finer ones. */
export function roundResourceList(list: ResourceList | undefined): void {
  if (list === undefined) return;
  for (const [name, text] of Object.entries(list)) {
    const quantity = text !== undefined && MAY_BE_FINER.test(text) ? readQuantity(text) : undefined;
    if (quantity === undefined || quantity.exponent >= MILLI) continue;
    const rounded: Quantity = { mantissa: scaledQuantityValue(quantity, MILLI), exponent: MILLI, format: quantity.format };
    setOwn(list as JsonObject, name, formatQuantity(rounded));
  }
}

/** Adds what `extra` names and `list` does not. */
export function addMissingAmounts(list: ResourceList, extra: ResourceList): void {
  for (const [name, amount] of Object.entries(extra)) if (getOwn(list, name) === undefined) setOwn(list as JsonObject, name, amount);
}

/** The amount of one resource; zero when it is not listed. */
export function amountOf(list: ResourceList | undefined, name: string): Quantity {
  const text = list === undefined ? undefined : getOwn(list, name);
  return text === undefined ? ZERO_QUANTITY : parseQuantity(text);
}

export function hasPositiveAmount(list: ResourceList | undefined, name: string): boolean {
  return quantitySign(amountOf(list, name)) > 0;
}

export function sumLists(lists: readonly (ResourceList | undefined)[]): ResourceList {
  const sum: ResourceList = {};
  for (const list of lists) {
    for (const [name, text] of Object.entries(list ?? {})) {
      if (text === undefined) continue;
      const before = getOwn(sum, name);
      setOwn(sum as JsonObject, name, before === undefined ? text : formatQuantity(addQuantity(parseQuantity(before), parseQuantity(text))));
    }
  }
  return sum;
}

/** The larger amount of each resource. */
export function maxList(a: ResourceList, b: ResourceList): ResourceList {
  const most: ResourceList = { ...a };
  for (const [name, text] of Object.entries(b)) {
    if (text === undefined) continue;
    const other = getOwn(most, name);
    if (other === undefined || compareQuantity(parseQuantity(text), parseQuantity(other)) > 0) setOwn(most as JsonObject, name, text);
  }
  return most;
}
