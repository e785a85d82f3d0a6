/** The values that literals write: escapes in strings and bytes, and numbers. */

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', '"': '"', "'": "'", '`': '`', '?': '?',
};

export class LiteralError extends Error {}

function body(text: string): { raw: boolean; body: string } {
  const prefix = /^[a-zA-Z]*/.exec(text)?.[0] ?? '';
  const rest = text.slice(prefix.length);
  const quote = rest.startsWith('"""') || rest.startsWith("'''") ? 3 : 1;
  return { raw: /r/i.test(prefix), body: rest.slice(quote, rest.length - quote).replaceAll('\r\n', '\n').replaceAll('\r', '\n') };
}

const ESCAPES = /\\(?:[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|(.))/gs;

/** @throws LiteralError for code points that do not exist. */
export function unescapeString(text: string): string {
  const { raw, body: inner } = body(text);
  if (raw || !inner.includes('\\')) return inner;
  return inner.replace(ESCAPES, (_, hex?: string, short?: string, long?: string, octal?: string, simple?: string) => {
    if (simple !== undefined) return SIMPLE[simple] ?? unknownEscape();
    const code = octal === undefined ? Number.parseInt(hex ?? short ?? long ?? '', 16) : Number.parseInt(octal, 8);
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) throw new LiteralError('invalid unicode code point');
    return String.fromCodePoint(code);
  });
}

/** @throws LiteralError for escapes that only strings have. */
export function unescapeBytes(text: string): Uint8Array {
  const { raw, body: inner } = body(text);
  if (raw || !inner.includes('\\')) return new TextEncoder().encode(inner);
  const out: number[] = [];
  const encoder = new TextEncoder();
  let at = 0;
  for (const match of inner.matchAll(ESCAPES)) {
    out.push(...encoder.encode(inner.slice(at, match.index)));
    at = match.index + match[0].length;
    const [, hex, short, long, octal, simple] = match;
    if (short !== undefined || long !== undefined) throw new LiteralError('unable to unescape string');
    if (simple !== undefined) out.push((SIMPLE[simple] ?? unknownEscape()).charCodeAt(0));
    else out.push(hex === undefined ? Number.parseInt(octal ?? '', 8) : Number.parseInt(hex, 16));
  }
  out.push(...encoder.encode(inner.slice(at)));
  return Uint8Array.from(out);
}

function unknownEscape(): never {
  throw new LiteralError('unable to unescape string');
}
