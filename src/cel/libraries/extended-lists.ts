import { compare, equal, scalarKey } from '../equality.ts';
import { fail, noSuchOverload } from '../evaluation-error.ts';
import { declare, overload } from '../functions.ts';
import type { Implementation, Library } from '../functions.ts';
import { MacroError, NodeMaker, requiredArgument, variableName } from '../macros.ts';
import type { Macro } from '../macros.ts';
import { checkResultSize } from '../operators.ts';
import { CelList } from '../values.ts';
import type { CelValue } from '../values.ts';

const COMPARABLE = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'];

const list = (value: unknown): CelList => (value instanceof CelList ? value : noSuchOverload());
const whole = (value: unknown): number => (typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : noSuchOverload());

function itemsOf(value: CelList): CelValue[] {
  const items: CelValue[] = [];
  for (let i = 0; i < value.size; i++) items.push(value.get(i));
  return items;
}

const slice: Implementation = (value, start, end) => {
  const items = list(value);
  const [from, to] = [whole(start), whole(end)];
  if (from < 0 || to < 0) return fail(`cannot slice(${from}, ${to}), negative indexes not supported`);
  if (from > to) return fail(`cannot slice(${from}, ${to}), start index must be less than or equal to end index`);
  if (items.size < to) return fail(`cannot slice(${from}, ${to}), list is length ${items.size}`);
  return new CelList(itemsOf(items).slice(from, to));
};

function flattened(value: CelList, depth: number, into: CelValue[]): CelValue[] {
  for (const item of itemsOf(value)) {
    if (item instanceof CelList && depth > 0) flattened(item, depth - 1, into);
    else into.push(item);
    checkResultSize(into.length);
  }
  return into;
}

const flatten: Implementation = (value, depth = 1) => {
  const levels = whole(depth);
  return levels < 0 ? fail('level must be non-negative') : new CelList(flattened(list(value), levels, []));
};

const range: Implementation = (count) => {
  const size = whole(count);
  checkResultSize(size);
  return new CelList(Array.from({ length: Math.max(0, size) }, (_, i) => i));
};

const distinct: Implementation = (value) => {
  const known = new Set<string>();
  const kept: CelValue[] = [];
  let comparisons = 0;
  for (const item of itemsOf(list(value))) {
    const key = scalarKey(item);
    // Lists and maps are compared with all before them.
    if (key === undefined) checkResultSize((comparisons += kept.length));
    if (key === undefined ? kept.some((other) => equal(other, item)) : known.has(key)) continue;
    if (key !== undefined) known.add(key);
    kept.push(item);
  }
  return new CelList(kept);
};

function sorted(items: readonly CelValue[], keys: readonly CelValue[]): CelList {
  const places = items.map((_, i) => i);
  places.sort((a, b) => compare(keys[a] as CelValue, keys[b] as CelValue) ?? 0);
  return new CelList(places.map((place) => items[place]));
}

const sort: Implementation = (value) => {
  const items = itemsOf(list(value));
  return sorted(items, items);
};

const sortBy: Implementation = (value, keys) => sorted(itemsOf(list(value)), itemsOf(list(keys)));

/** `x.sortBy(e, key)` becomes a sorting of x by the list of its items' keys. */
const sortByMacro: Macro = {
  name: 'sortBy',
  member: true,
  arguments: 2,
  expand(offset, target, [variable, key]) {
    const make = new NodeMaker(offset);
    const items = requiredArgument(target);
    if (!['list', 'select', 'ident', 'comprehension', 'call'].includes(items.kind)) {
      throw new MacroError('sortBy can only be applied to a list, identifier, comprehension, call or select expression', items.offset);
    }
    const keys = make.fold({
      range: make.ident('@__sortBy_input__'),
      iterVar: variableName(variable, 'argument must be a simple name'),
      accuInit: make.list(),
      condition: make.literal(true),
      step: make.call('_+_', make.accumulator(), make.list(requiredArgument(key))),
      result: make.accumulator(),
    });
    return make.fold({
      range: make.list(),
      iterVar: '#unused',
      accuVar: '@__sortBy_input__',
      accuInit: items,
      condition: make.literal(false),
      step: make.ident('@__sortBy_input__'),
      result: make.method('@sortByAssociatedKeys', make.ident('@__sortBy_input__'), keys),
    });
  },
};

/** CEL's own extended list functions. */
export const extendedLists: Library = {
  name: 'lists',
  macros: [sortByMacro],
  functions: [
    declare('slice', overload('list_slice', 'list(A) . (int, int) -> list(A)', slice)),
    declare('flatten', overload('list_flatten', 'list(list(A)) . () -> list(A)', flatten), overload('list_flatten_int', 'list(dyn) . (int) -> list(dyn)', flatten)),
    declare('lists.range', overload('lists_range', '(int) -> list(int)', range)),
    declare('reverse', overload('list_reverse', 'list(A) . () -> list(A)', (value) => new CelList(itemsOf(list(value)).reverse()))),
    declare('distinct', overload('list_distinct', 'list(A) . () -> list(A)', distinct)),
    declare('sort', ...COMPARABLE.map((type) => overload(`list_${type}_sort`, `list(${type}) . () -> list(${type})`, sort))),
    declare('@sortByAssociatedKeys', ...COMPARABLE.map((type) => overload(`list_${type}_sortByAssociatedKeys`, `list(A) . (list(${type})) -> list(A)`, sortBy))),
  ],
};
