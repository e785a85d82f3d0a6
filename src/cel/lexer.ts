import type { Issue } from './source.ts';

/**
 * The tokens of CEL, in the order in which error texts list them. `text` of a token kind is how such a text names it.
 */
export const TOKEN_NAMES = [
  '<EOF>', "'=='", "'!='", "'in'", "'<'", "'<='", "'>='", "'>'", "'&&'", "'||'", "'['", "']'", "'{'", "'}'", "'('", "')'", "'.'", "','",
  "'-'", "'!'", "'?'", "':'", "'+'", "'*'", "'/'", "'%'", "'true'", "'false'", "'null'", 'NUM_FLOAT', 'NUM_INT', 'NUM_UINT', 'STRING', 'BYTES',
  'IDENTIFIER', 'ESC_IDENTIFIER',
] as const;

/** Token kinds: indexes into TOKEN_NAMES. */
export const T = {
  eof: 0, equals: 1, notEquals: 2, in: 3, less: 4, lessEquals: 5, greaterEquals: 6, greater: 7, and: 8, or: 9, openBracket: 10,
  closeBracket: 11, openBrace: 12, closeBrace: 13, openParen: 14, closeParen: 15, dot: 16, comma: 17, minus: 18, not: 19, question: 20,
  colon: 21, plus: 22, star: 23, slash: 24, percent: 25, true: 26, false: 27, null: 28, float: 29, int: 30, uint: 31, string: 32, bytes: 33,
  identifier: 34, escapedIdentifier: 35,
} as const;
export type TokenKind = number;

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly offset: number;
}

const SINGLE: Readonly<Record<string, TokenKind>> = {
  '[': T.openBracket, ']': T.closeBracket, '{': T.openBrace, '}': T.closeBrace, '(': T.openParen, ')': T.closeParen, '.': T.dot, ',': T.comma,
  '-': T.minus, '?': T.question, ':': T.colon, '+': T.plus, '*': T.star, '/': T.slash, '%': T.percent, '<': T.less, '>': T.greater, '!': T.not,
};
const DOUBLE: Readonly<Record<string, TokenKind>> = {
  '==': T.equals, '!=': T.notEquals, '<=': T.lessEquals, '>=': T.greaterEquals, '&&': T.and, '||': T.or,
};
const KEYWORDS = new Map<string, TokenKind>([
  ['in', T.in],
  ['true', T.true],
  ['false', T.false],
  ['null', T.null],
]);

const SPACE = /[ \t\r\n\f]+/y;
const COMMENT = /\/\/[^\n]*/y;
const IDENTIFIER = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const NUMBER = /0x[0-9a-fA-F]+[uU]?|[0-9]*\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|[0-9]+[uU]?/y;
const ESCAPED = /`[a-zA-Z0-9_./ -]+`/y;
/** Quotes, and the letters r and b. */
const MAY_START_STRING: ReadonlySet<number> = new Set([34, 39, 66, 82, 98, 114]);
const STRING_START = /(?:[rR][bB]?|[bB][rR]?)?("""|'''|"|')/y;

/**
 * Splits a text into tokens, the last of kind `eof`. Characters that start no token are reported and skipped together
 * with the one behind them that made them senseless, so that reading goes on.
 */
export function tokenize(text: string, issues: Issue[]): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const push = (kind: TokenKind, length: number): void => {
    tokens.push({ kind, text: text.slice(at, at + length), offset: at });
    at += length;
  };
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 32 || (code >= 9 && code <= 13 && code !== 11)) {
      at += match(SPACE)?.length ?? 1;
      continue;
    }
    if (code === 47 && text.charCodeAt(at + 1) === 47) {
      at += match(COMMENT)?.length ?? 2;
      continue;
    }
    if ((code >= 48 && code <= 57) || (code === 46 && isDigit(text.charCodeAt(at + 1)))) {
      const number = match(NUMBER) ?? '0';
      push(numberKind(number), number.length);
      continue;
    }
    const stringHead = MAY_START_STRING.has(code) ? match(STRING_START) : undefined;
    if (stringHead !== undefined) {
      const end = stringEnd(text, at, stringHead);
      if (end.closed) {
        push(/^[rR]?[bB]/.test(stringHead) ? T.bytes : T.string, end.at - at);
        continue;
      }
      const prefix = stringHead.replace(/["']+$/, '').length;
      if (prefix === 0) {
        // A triple quote that never closes is still an empty string and a quote.
        if (stringHead.length === 3) {
          push(T.string, 2);
          continue;
        }
        issues.push({ message: `Syntax error: token recognition error at: '${text.slice(at, end.at)}'`, offset: at });
        at = end.at;
        continue;
      }
    }
    const word = match(IDENTIFIER);
    if (word !== undefined) {
      push(KEYWORDS.get(word) ?? T.identifier, word.length);
      continue;
    }
    const double = DOUBLE[text.slice(at, at + 2)];
    if (double !== undefined) {
      push(double, 2);
      continue;
    }
    const char = text[at] ?? '';
    const single = SINGLE[char];
    if (single !== undefined) {
      push(single, 1);
      continue;
    }
    const escaped = match(ESCAPED);
    if (escaped !== undefined) {
      push(T.escapedIdentifier, escaped.length);
      continue;
    }
    const wrong = unreadable(text, at);
    issues.push({ message: `Syntax error: token recognition error at: '${wrong}'`, offset: at });
    at += wrong.length;
  }
  tokens.push({ kind: T.eof, text: '<EOF>', offset: text.length });
  return tokens;
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

function numberKind(text: string): TokenKind {
  const last = text.charCodeAt(text.length - 1);
  if (last === 117 || last === 85) return T.uint;
  if (text.startsWith('0x')) return T.int;
  return /[.eE]/.test(text) ? T.float : T.int;
}

/** Where a string literal ends, or how far its beginning reads. A single-quoted line may not hold a line break. */
function stringEnd(text: string, start: number, head: string): { closed: boolean; at: number } {
  const quote = head.replace(/^[a-zA-Z]+/, '');
  const raw = /^[bB]?[rR]/.test(head);
  for (let i = start + head.length; i < text.length; ) {
    if (text.startsWith(quote, i)) return { closed: true, at: i + quote.length };
    const char = text[i];
    if (quote.length === 1 && (char === '\n' || char === '\r')) return { closed: false, at: i + 1 };
    if (char === '\\' && !raw) {
      const length = escapeLength(text, i);
      if (length <= 0) return { closed: false, at: Math.min(text.length, i - length) };
      i += length;
    } else {
      i++;
    }
  }
  return { closed: false, at: text.length };
}

const ESCAPE = /\\(?:[abfnrtv"'`\\?]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2})/y;
const ESCAPE_HEAD = /\\(?:[xX][0-9a-fA-F]?|u[0-9a-fA-F]{0,3}|U[0-9a-fA-F]{0,7}|[0-3][0-7]?)?/y;

/** The length of the escape at `at`; for one that means nothing, minus the length of what was read of it. */
function escapeLength(text: string, at: number): number {
  ESCAPE.lastIndex = at;
  const whole = ESCAPE.exec(text);
  if (whole !== null) return whole[0].length;
  ESCAPE_HEAD.lastIndex = at;
  return -((ESCAPE_HEAD.exec(text)?.[0].length ?? 1) + 1);
}

function unreadable(text: string, at: number): string {
  const first = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if (first === '`') {
    const body = /`[a-zA-Z0-9_./ -]*/y;
    body.lastIndex = at;
    const read = body.exec(text)?.[0] ?? first;
    const next = text.codePointAt(at + read.length);
    return next === undefined ? read : read + String.fromCodePoint(next);
  }
  if (first !== '=' && first !== '&' && first !== '|') return first;
  const next = text.codePointAt(at + 1);
  return next === undefined ? first : first + String.fromCodePoint(next);
}
