import { T } from './lexer.ts';
import type { TokenKind } from './lexer.ts';
import { canonical } from './numbers.ts';
import { CelDouble, CelUint } from './values.ts';
import type { CelValue } from './values.ts';

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

const integer = (text: string): bigint => (text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text));

/** What a literal's token stands for; numbers may have a sign. @throws LiteralError for what no value can be. */
export function literalValue(kind: TokenKind, text: string): CelValue {
  switch (kind) {
    case T.true:
      return true;
    case T.false:
      return false;
    case T.int: {
      const value = integer(text);
      if (value < -(2n ** 63n) || value >= 2n ** 63n) throw new LiteralError('invalid int literal');
      return canonical(value);
    }
    case T.uint: {
      const value = integer(text.slice(0, -1));
      if (value >= 2n ** 64n) throw new LiteralError('invalid uint literal');
      return new CelUint(canonical(value));
    }
    case T.float: {
      const value = Number(text);
      if (!Number.isFinite(value)) throw new LiteralError('invalid double literal');
      return new CelDouble(value);
    }
    case T.string:
      return unescapeString(text);
    case T.bytes:
      return unescapeBytes(text);
    default:
      return null;
  }
}
