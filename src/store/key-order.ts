/**
 * Keys are ordered by their UTF-8 bytes, JavaScript compares strings by UTF-16 units. The two differ only where a
 * surrogate pair (a character beyond the basic plane) meets a unit from U+E000 on, so moving these two blocks past each
 * other makes the plain `<` of strings right.
 */
export type SortKey = string & { readonly __sortKey?: never };

const highUnits = /[\ud800-\uffff]/;
const allHighUnits = /[\ud800-\uffff]/g;

/** A one-to-one image of the key whose `<` is the order of the key's UTF-8 bytes; nearly always the key itself. */
export function sortKey(key: string): SortKey {
  return highUnits.test(key) ? key.replace(allHighUnits, swapBlocks) : key;
}

function swapBlocks(unit: string): string {
  const code = unit.charCodeAt(0);
  return String.fromCharCode(code >= 0xe000 ? code - 0x800 : code + 0x2000);
}

/** For `sort` and trees whose keys are sort keys. */
export function compareSortKeys(a: SortKey, b: SortKey): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Orders two keys by their UTF-8 bytes. */
export function compareKeys(a: string, b: string): number {
  return compareSortKeys(sortKey(a), sortKey(b));
}
