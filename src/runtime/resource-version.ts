const DECIMAL = /^(?:0|[1-9][0-9]*)$/;

/**
 * Compares two resource versions of one resource, as KEP-5504 allows for those that are decimal numbers of any length:
 * negative, 0 or positive. Undefined when one of them is no number, as some aggregated servers give.
 */
export function compareResourceVersions(a: string, b: string): number | undefined {
  if (!DECIMAL.test(a) || !DECIMAL.test(b)) return a === b ? 0 : undefined;
  if (a.length !== b.length) return a.length - b.length;
  return a === b ? 0 : a < b ? -1 : 1;
}

/** True when `seen` shows everything that `wanted` does; versions that cannot be compared show only themselves. */
export function includesVersion(seen: string, wanted: string): boolean {
  const order = compareResourceVersions(seen, wanted);
  return order !== undefined && order >= 0;
}
