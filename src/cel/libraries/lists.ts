import { compare, equal } from '../equality.ts';
import { fail, noSuchOverload } from '../evaluation-error.ts';
import { declare, overload } from '../functions.ts';
import type { FunctionDeclaration, Implementation, Library } from '../functions.ts';
import { add } from '../operators.ts';
import { CelDouble, CelDuration, CelList, CelUint } from '../values.ts';
import type { CelValue } from '../values.ts';

const list = (value: unknown): CelList => (value instanceof CelList ? value : noSuchOverload());

const SUMMABLE: readonly (readonly [string, CelValue])[] = [['int', 0], ['uint', new CelUint(0)], ['double', new CelDouble(0)], ['duration', new CelDuration(0n)]];
const COMPARABLE = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'];

const isSorted: Implementation = (value) => {
  const items = list(value);
  for (let i = 1; i < items.size; i++) if ((compare(items.get(i - 1), items.get(i)) ?? 1) > 0) return false;
  return true;
};

const sum = (zero: CelValue): Implementation => (value) => {
  const items = list(value);
  let total = zero;
  for (let i = 0; i < items.size; i++) total = add(total, items.get(i));
  return total;
};

const extreme = (name: string, better: (order: number) => boolean): Implementation => (value) => {
  const items = list(value);
  if (items.size === 0) return fail(`${name} called on empty list`);
  let best = items.get(0);
  for (let i = 1; i < items.size; i++) {
    const item = items.get(i);
    if (better(compare(item, best) ?? 0)) best = item;
  }
  return best;
};

const indexOf: Implementation = (value, wanted) => {
  const items = list(value);
  for (let i = 0; i < items.size; i++) if (equal(items.get(i), wanted as CelValue)) return i;
  return -1;
};

const lastIndexOf: Implementation = (value, wanted) => {
  const items = list(value);
  for (let i = items.size - 1; i >= 0; i--) if (equal(items.get(i), wanted as CelValue)) return i;
  return -1;
};

const forEach = (types: readonly string[], name: string, id: string, result: (type: string) => string, call: (type: string) => Implementation): FunctionDeclaration =>
  declare(name, ...types.map((type) => overload(`list_${type}_${id}_${type}`, `list(${type}) . () -> ${result(type)}`, call(type))));

/** Kubernetes' list functions. */
export const lists: Library = {
  name: 'kubernetes.lists',
  functions: [
    forEach(COMPARABLE, 'isSorted', 'is_sorted', () => 'bool', () => isSorted),
    declare('sum', ...SUMMABLE.map(([type, zero]) => overload(`list_${type}_sum_${type}`, `list(${type}) . () -> ${type}`, sum(zero)))),
    forEach(COMPARABLE, 'max', 'max', (type) => type, () => extreme('max', (order) => order > 0)),
    forEach(COMPARABLE, 'min', 'min', (type) => type, () => extreme('min', (order) => order < 0)),
    declare('indexOf', overload('list_a_index_of_int', 'list(A) . (A) -> int', indexOf)),
    declare('lastIndexOf', overload('list_a_last_index_of_int', 'list(A) . (A) -> int', lastIndexOf)),
  ],
};
