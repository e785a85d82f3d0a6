import { equal, scalarKey } from '../equality.ts';
import { noSuchOverload } from '../evaluation-error.ts';
import { declare, overload } from '../functions.ts';
import type { Implementation, Library } from '../functions.ts';
import { CelList } from '../values.ts';
import type { CelValue } from '../values.ts';

/** Answers whether a value is in a list, at once for simple values. */
class Members {
  private readonly keys = new Set<string>();
  private readonly others: CelValue[] = [];
  constructor(list: CelList) {
    for (let i = 0; i < list.size; i++) {
      const item = list.get(i);
      const key = scalarKey(item);
      if (key === undefined) this.others.push(item);
      else this.keys.add(key);
    }
  }
  has(item: CelValue): boolean {
    const key = scalarKey(item);
    return key === undefined ? this.others.some((other) => equal(other, item)) : this.keys.has(key);
  }
}

function containsAll(list: CelList, wanted: CelList): boolean {
  const members = new Members(list);
  for (let i = 0; i < wanted.size; i++) if (!members.has(wanted.get(i))) return false;
  return true;
}

function intersects(a: CelList, b: CelList): boolean {
  const members = new Members(a);
  for (let i = 0; i < b.size; i++) if (members.has(b.get(i))) return true;
  return false;
}

const onLists = (call: (a: CelList, b: CelList) => boolean): Implementation => (a, b) => (a instanceof CelList && b instanceof CelList ? call(a, b) : noSuchOverload());

/** Lists seen as sets. */
export const sets: Library = {
  name: 'sets',
  functions: [
    declare('sets.contains', overload('list_sets_contains_list', '(list(A), list(A)) -> bool', onLists(containsAll))),
    declare('sets.intersects', overload('list_sets_intersects_list', '(list(A), list(A)) -> bool', onLists(intersects))),
    declare('sets.equivalent', overload('list_sets_equivalent_list', '(list(A), list(A)) -> bool', onLists((a, b) => containsAll(a, b) && containsAll(b, a)))),
  ],
};
