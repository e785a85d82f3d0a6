/**
 * Values as Go's fmt prints them. Kubernetes' messages are full of `%q`, `%v` and `%#U`; these functions give the same
 * texts.
 */

const SHORT_ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x07, '\\a'],
  [0x08, '\\b'],
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0b, '\\v'],
  [0x0c, '\\f'],
  [0x0d, '\\r'],
]);

/** What Go's unicode.IsPrint says: letters, marks, numbers, punctuation, symbols, and the ASCII space. */
export function isPrintable(codePoint: number): boolean {
  if (codePoint < 0x7f) return codePoint >= 0x20;
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(String.fromCodePoint(codePoint));
}

/** A character inside Go's quotes, without the quotes; `quote` is the one that has to be escaped. */
function escapeChar(codePoint: number, quote: number): string {
  if (codePoint === quote || codePoint === 0x5c) return `\\${String.fromCharCode(codePoint)}`;
  const short = SHORT_ESCAPES.get(codePoint);
  if (short !== undefined) return short;
  if (isPrintable(codePoint)) return String.fromCodePoint(codePoint);
  if (codePoint < 0x20 || codePoint === 0x7f) return `\\x${codePoint.toString(16).padStart(2, '0')}`;
  if (codePoint >= 0xd800 && codePoint <= 0xdfff) return '\uFFFD';
  if (codePoint < 0x10000) return `\\u${codePoint.toString(16).padStart(4, '0')}`;
  return `\\U${codePoint.toString(16).padStart(8, '0')}`;
}

/** `%q` of a string. */
export function quoteGo(text: string): string {
  if (/^[ !#-[\]-~]*$/.test(text)) return `"${text}"`;
  let out = '"';
  for (const char of text) out += escapeChar(char.codePointAt(0) ?? 0, 0x22);
  return `${out}"`;
}

/** A byte of a document as encoding/json names it in its errors: `'x'`. */
export function quoteGoByte(byte: number): string {
  if (byte === 0x22) return `'"'`;
  return `'${escapeChar(byte, 0x27)}'`;
}

/** `%#U` of a character: `U+0041 'A'`. */
export function describeRune(codePoint: number): string {
  const code = `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
  return isPrintable(codePoint) ? `${code} '${String.fromCodePoint(codePoint)}'` : code;
}

/** `%v` of a value decoded from JSON: `map[a:1 b:[x y]]`, with the keys of maps in order. */
export function formatGoValue(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return formatGoNumber(value);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `[${value.map(formatGoValue).join(' ')}]`;
  if (typeof value !== 'object') return '';
  const entries = Object.entries(value).sort(([a], [b]) => compareBytes(a, b));
  return `map[${entries.map(([key, item]) => `${key}:${formatGoValue(item)}`).join(' ')}]`;
}

/** `%v` of a decoded number: integers in full, others as the shortest float64 with Go's two-digit exponent. */
export function formatGoNumber(value: number): string {
  if (Number.isSafeInteger(value)) return String(value);
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e21)) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  }
  return String(value);
}

/** `%#v` of a list of strings: `[]string{"a", "b"}`. */
export function formatGoStringSlice(values: readonly string[]): string {
  return `[]string{${values.map(quoteGo).join(', ')}}`;
}

/** The order of Go's sort.Strings: by the bytes of UTF-8, which is the order of code points. */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    let left = a.charCodeAt(i);
    let right = b.charCodeAt(i);
    if (left === right) continue;
    // UTF-16 puts surrogates below U+E000..U+FFFF, UTF-8 puts what they stand for above.
    if (left >= 0xd800 && right >= 0xd800) {
      left = left >= 0xe000 ? left - 0x800 : left + 0x2000;
      right = right >= 0xe000 ? right - 0x800 : right + 0x2000;
    }
    return left - right;
  }
  return a.length - b.length;
}

/** The word with which encoding/json names a value in `cannot unmarshal … into Go …`. */
export function jsonKind(value: unknown): 'null' | 'string' | 'number' | 'bool' | 'array' | 'object' {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number' || typeof value === 'bigint') return 'number';
  return Array.isArray(value) ? 'array' : 'object';
}
