/** A key as it stands in a header's name: lower-case, with percent escapes; escapes that do not hold stand for themselves. */
export function unescapeKey(key: string): string {
  try {
    return decodeURIComponent(key).toLowerCase();
  } catch {
    return key.toLowerCase();
  }
}
