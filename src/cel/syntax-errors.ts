import { T, TOKEN_NAMES } from './lexer.ts';
import type { Token, TokenKind } from './lexer.ts';
import type { Issue } from './source.ts';

/**
 * What may follow a rule where it is used. `open` when the using rule may itself end there, so that what follows that one
 * may come too.
 */
export interface Follow {
  readonly kinds: readonly TokenKind[];
  readonly open: boolean;
}

/** Thrown at the first token that fits nothing; caught by the rule it belongs to. */
export class SyntaxFailure extends Error {}

/** After so many repairs a text is beyond help. */
const MAX_REPAIRS = 30;

/**
 * The token stream, and how a parse goes on after an error: the strategy of LL parsers of dropping one token too many,
 * assuming one too few, or else skipping to a token that some open rule waits for. While no token has been matched since
 * an error, further ones are not reported.
 */
export class TokenReader {
  readonly follow: Follow[] = [];
  private readonly tokens: readonly Token[];
  private readonly issues: Issue[];
  private at = 0;
  private recovering = false;
  private lastErrorAt = -1;
  private repairs = 0;

  constructor(tokens: readonly Token[], issues: Issue[]) {
    this.tokens = tokens;
    this.issues = issues;
  }

  get token(): Token {
    return this.peek(0);
  }
  get kind(): TokenKind {
    return this.peek(0).kind;
  }
  peek(distance: number): Token {
    return this.tokens[Math.min(this.at + distance, this.tokens.length - 1)] as Token;
  }

  /** Takes the current token, whatever it is. */
  take(): Token {
    const token = this.token;
    this.recovering = false;
    if (this.at < this.tokens.length - 1) this.at++;
    return token;
  }

  /** Takes a token of this kind; with another there, repairs by one token or fails. */
  expect(kind: TokenKind): Token {
    if (this.kind === kind) return this.take();
    if (this.peek(1).kind === kind && this.kind !== T.eof) {
      this.report(`extraneous input ${quote(this.token.text)} expecting ${showKinds([kind])}`, this.token);
      this.at++;
      return this.take();
    }
    if (this.mayFollow(kind)) {
      this.report(`missing ${showKinds([kind])} at ${quote(this.token.text)}`, this.token);
      return { kind, text: `<missing ${showKinds([kind])}>`, offset: this.token.offset };
    }
    return this.mismatch([kind]);
  }

  /** At the beginning of something that must begin with one of `kinds`: drops one token that stands in the way, or fails. */
  sync(kinds: readonly TokenKind[]): void {
    if (kinds.includes(this.kind)) return;
    if (this.recovering) throw new SyntaxFailure();
    if (this.kind !== T.eof && kinds.includes(this.peek(1).kind)) {
      this.report(`extraneous input ${quote(this.token.text)} expecting ${showKinds(kinds)}`, this.token);
      this.at++;
      this.recovering = false;
      return;
    }
    this.mismatch(kinds);
  }

  mismatch(kinds: readonly TokenKind[]): never {
    this.report(`mismatched input ${quote(this.token.text)} expecting ${showKinds(kinds)}`, this.token);
    throw new SyntaxFailure();
  }

  /** No reading of the tokens from here makes sense; shows them up to the last one looked at. */
  noViable(lookahead: number): never {
    let text = '';
    for (let i = 0; i <= lookahead; i++) {
      const token = this.peek(i);
      if (token.kind !== T.eof) text += token.text;
    }
    this.report(`no viable alternative at input ${quote(text)}`, this.peek(lookahead));
    throw new SyntaxFailure();
  }

  /** Skips to a token that some open rule waits for. */
  recover(): void {
    if (++this.repairs > MAX_REPAIRS) {
      this.issues.push({ message: `Syntax error: error recovery attempt limit exceeded: ${MAX_REPAIRS}`, offset: this.token.offset });
      this.at = this.tokens.length - 1;
      return;
    }
    if (this.lastErrorAt === this.at && this.at < this.tokens.length - 1) this.at++;
    this.lastErrorAt = this.at;
    while (this.kind !== T.eof && !this.follow.some((follow) => follow.kinds.includes(this.kind))) this.at++;
  }

  private report(message: string, token: Token): void {
    if (this.recovering) return;
    this.recovering = true;
    this.issues.push({ message: `Syntax error: ${message}`, offset: token.offset });
  }

  /** Whether the current token would fit behind a token of this kind. */
  private mayFollow(kind: TokenKind): boolean {
    const own = AFTER.get(kind);
    if (own === undefined) return false;
    if (own.kinds.includes(this.kind)) return true;
    if (!own.open) return false;
    for (let i = this.follow.length - 1; i >= 0; i--) {
      const follow = this.follow[i];
      if (follow === undefined) return false;
      if (follow.kinds.includes(this.kind)) return true;
      if (!follow.open) return false;
    }
    return this.kind === T.eof;
  }
}

export const EXPRESSION_START: readonly TokenKind[] = [
  T.openBracket, T.openBrace, T.openParen, T.dot, T.minus, T.not, T.true, T.false, T.null, T.float, T.int, T.uint, T.string, T.bytes, T.identifier,
];
const AFTER_MEMBER: Follow = { kinds: [T.dot, T.openBracket], open: true };
/** What stands behind the tokens that a parser may assume where they are missing. */
const AFTER = new Map<TokenKind, Follow>([
  [T.closeParen, AFTER_MEMBER],
  [T.closeBracket, AFTER_MEMBER],
  [T.closeBrace, AFTER_MEMBER],
  [T.colon, { kinds: EXPRESSION_START, open: false }],
]);

function quote(text: string): string {
  return `'${text.replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')}'`;
}

function showKinds(kinds: readonly TokenKind[]): string {
  const names = [...kinds].sort((a, b) => a - b).map((kind) => TOKEN_NAMES[kind] ?? '');
  return names.length === 1 ? (names[0] ?? '') : `{${names.join(', ')}}`;
}
