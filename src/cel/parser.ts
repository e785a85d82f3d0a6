import type { Call, Expr, FieldEntry, MapEntry } from './ast.ts';
import { T, tokenize } from './lexer.ts';
import type { Token, TokenKind } from './lexer.ts';
import { LiteralError, literalValue } from './literals.ts';
import { MacroError } from './macros.ts';
import type { Macro } from './macros.ts';
import { stringSize } from './values.ts';
import type { Issue } from './source.ts';
import { isWithinBounds } from './tree-bounds.ts';
import { EXPRESSION_START, SyntaxFailure, TokenReader } from './syntax-errors.ts';
import type { Follow } from './syntax-errors.ts';

export interface ParserOptions {
  readonly macros: readonly Macro[];
  /** `indexMacros(macros)`, for those who parse often. */
  readonly macroIndex?: ReadonlyMap<string, Macro>;
  /** `a.?b`, `a[?b]`, `[?a]`, `{?k: v}`. */
  readonly optionalSyntax: boolean;
  /** a.`b-c`. */
  readonly escapedIdentifiers: boolean;
}

/** In characters. */
export const MAX_EXPRESSION_SIZE = 100_000;
/** How deep expressions may nest, and how long a chain of one kind of operator or selection may be. */
export const MAX_DEPTH = 250;

const RESERVED = new Set([
  'as', 'break', 'const', 'continue', 'else', 'false', 'for', 'function', 'if', 'import', 'in', 'let', 'loop', 'package', 'namespace', 'null',
  'return', 'true', 'var', 'void', 'while',
]);

const BINARY: ReadonlyMap<TokenKind, { readonly name: string; readonly level: number }> = new Map([
  [T.equals, { name: '_==_', level: 1 }],
  [T.notEquals, { name: '_!=_', level: 1 }],
  [T.in, { name: '@in', level: 1 }],
  [T.less, { name: '_<_', level: 1 }],
  [T.lessEquals, { name: '_<=_', level: 1 }],
  [T.greaterEquals, { name: '_>=_', level: 1 }],
  [T.greater, { name: '_>_', level: 1 }],
  [T.plus, { name: '_+_', level: 2 }],
  [T.minus, { name: '_-_', level: 2 }],
  [T.star, { name: '_*_', level: 3 }],
  [T.slash, { name: '_/_', level: 3 }],
  [T.percent, { name: '_%_', level: 3 }],
]);

const IN_START: Follow = { kinds: [T.eof], open: false };
const IN_CONDITION: Follow = { kinds: [T.question], open: true };
const IN_CHOICE: Follow = { kinds: [T.colon], open: false };
const IN_OPERAND: Follow = { kinds: [T.or, T.and, ...BINARY.keys()], open: true };
const IN_MEMBER: Follow = { kinds: [T.dot, T.openBracket], open: true };
const IN_PARENS: Follow = { kinds: [T.closeParen], open: false };
const IN_ARGUMENTS: Follow = { kinds: [T.comma, T.closeParen], open: false };
const IN_INDEX: Follow = { kinds: [T.closeBracket], open: false };
const IN_LIST: Follow = { kinds: [T.comma, T.closeBracket], open: false };
const IN_KEY: Follow = { kinds: [T.colon], open: false };
const IN_ENTRY: Follow = { kinds: [T.comma, T.closeBrace], open: false };

const KEYWORDS: readonly TokenKind[] = [T.true, T.false, T.null, T.in];
const ARGUMENTS_START = [...EXPRESSION_START, T.closeParen];
const LIST_START = [...EXPRESSION_START, T.question, T.comma, T.closeBracket];
const MAP_START = [...EXPRESSION_START, T.question, T.comma, T.closeBrace];
const FIELDS_START = [T.closeBrace, T.comma, T.question, T.identifier, T.escapedIdentifier];

class DepthExceeded extends Error {}

/** An expression's tree, or the problems that keep it from having one. Macros are expanded already. */
export function parse(text: string, options: ParserOptions): { readonly expr: Expr; readonly issues: readonly Issue[] } {
  const size = text.length > MAX_EXPRESSION_SIZE ? stringSize(text) : text.length;
  if (size > MAX_EXPRESSION_SIZE) {
    const message = `expression code point size exceeds limit: size: ${size}, limit ${MAX_EXPRESSION_SIZE}`;
    return { expr: broken(0), issues: [{ message, offset: -1 }] };
  }
  const issues: Issue[] = [];
  const tokens = tokenize(text, issues);
  const parser = new Parser(new TokenReader(tokens, issues), issues, options);
  try {
    const expr = parser.start();
    if (!isWithinBounds(expr)) throw new DepthExceeded();
    return { expr, issues };
  } catch (error) {
    if (!(error instanceof DepthExceeded)) throw error;
    issues.push({ message: `expression recursion limit exceeded: ${MAX_DEPTH}`, offset: -1 });
    return { expr: broken(0), issues };
  }
}

/** Stands where nothing could be read. */
const broken = (offset: number): Expr => ({ kind: 'literal', value: null, offset });

class Parser {
  private readonly reader: TokenReader;
  private readonly issues: Issue[];
  private readonly options: ParserOptions;
  private readonly macros: ReadonlyMap<string, Macro>;
  private depth = 0;

  constructor(reader: TokenReader, issues: Issue[], options: ParserOptions) {
    this.reader = reader;
    this.issues = issues;
    this.options = options;
    this.macros = options.macroIndex ?? indexMacros(options.macros);
  }

  start(): Expr {
    const expr = this.within(IN_START, () => this.expression());
    try {
      this.reader.expect(T.eof);
    } catch (error) {
      if (!(error instanceof SyntaxFailure)) throw error;
    }
    return expr;
  }

  private within<R>(follow: Follow, read: () => R): R {
    this.reader.follow.push(follow);
    const result = read();
    this.reader.follow.pop();
    return result;
  }

  /** Runs a rule; when it fails, skips to where its caller can go on. */
  private recovering(read: () => Expr): Expr {
    const depth = this.depth;
    const open = this.reader.follow.length;
    const { offset } = this.reader.token;
    try {
      return read();
    } catch (error) {
      if (!(error instanceof SyntaxFailure)) throw error;
      this.depth = depth;
      this.reader.follow.length = open;
      this.reader.recover();
      return broken(offset);
    }
  }

  private expression(): Expr {
    if (++this.depth > MAX_DEPTH) throw new DepthExceeded();
    const expr = this.recovering(() => {
      const condition = this.within(IN_CONDITION, () => this.or());
      if (this.reader.kind !== T.question) return condition;
      const { offset } = this.reader.take();
      const yes = this.within(IN_CHOICE, () => this.or());
      this.reader.expect(T.colon);
      const no = this.expression();
      return this.call(offset, '_?_:_', undefined, [condition, yes, no]);
    });
    this.depth--;
    return expr;
  }

  private or(): Expr {
    return this.logical(T.or, '_||_', () => this.logical(T.and, '_&&_', () => this.binary(1)));
  }

  private logical(kind: TokenKind, name: string, operand: () => Expr): Expr {
    const first = operand();
    if (this.reader.kind !== kind) return first;
    const terms = [first];
    const offsets: number[] = [];
    while (this.reader.kind === kind) {
      offsets.push(this.reader.take().offset);
      terms.push(operand());
    }
    return balance(name, terms, offsets, 0, offsets.length - 1);
  }

  private binary(level: number): Expr {
    let left = level > 3 ? this.unary() : this.binary(level + 1);
    for (let chain = 0; ; chain++) {
      const operator = BINARY.get(this.reader.kind);
      if (operator === undefined || operator.level !== level) return left;
      if (chain >= MAX_DEPTH) throw new DepthExceeded();
      const { offset } = this.reader.take();
      const right = level === 3 ? this.unary() : this.binary(level + 1);
      left = { kind: 'call', name: operator.name, target: undefined, args: [left, right], offset };
    }
  }

  private unary(): Expr {
    this.reader.follow.push(IN_OPERAND);
    const expr = this.recovering(() => {
      this.reader.sync(EXPRESSION_START);
      const { kind } = this.reader;
      if (kind === T.not) return this.prefixed(kind, '!_');
      const next = this.reader.peek(1).kind;
      if (kind !== T.minus || next === T.int || next === T.float) return this.member();
      if (!EXPRESSION_START.includes(next) || next === T.not) return this.reader.noViable(1);
      return this.prefixed(kind, '-_');
    });
    this.reader.follow.pop();
    return expr;
  }

  private prefixed(kind: TokenKind, name: string): Expr {
    const { offset } = this.reader.take();
    let count = 1;
    while (this.reader.kind === kind) {
      const next = this.reader.peek(1).kind;
      if (kind === T.minus && (!EXPRESSION_START.includes(next) || next === T.not)) return this.reader.noViable(1);
      this.reader.take();
      count++;
    }
    const operand = this.member();
    return count % 2 === 0 ? operand : { kind: 'call', name, target: undefined, args: [operand], offset };
  }

  private member(): Expr {
    this.reader.follow.push(IN_MEMBER);
    let expr = this.recovering(() => this.primary());
    this.reader.follow.pop();
    for (let chain = 0; ; chain++) {
      if (chain > MAX_DEPTH) throw new DepthExceeded();
      if (this.reader.kind === T.dot) expr = this.selection(expr);
      else if (this.reader.kind === T.openBracket) expr = this.index(expr);
      else return expr;
    }
  }

  private selection(operand: Expr): Expr {
    const next = this.reader.peek(1);
    const readable = next.kind === T.identifier || next.kind === T.escapedIdentifier || next.kind === T.question || KEYWORDS.includes(next.kind);
    if (!readable) return this.reader.noViable(1);
    const { offset } = this.reader.take();
    if (next.kind === T.question) {
      this.reader.take();
      this.needOptional(offset, '.?');
      const field = this.fieldName();
      const literal: Expr = { kind: 'literal', value: field.text, offset: field.offset };
      return { kind: 'call', name: '_?._', target: undefined, args: [operand, literal], offset };
    }
    if (next.kind === T.escapedIdentifier) {
      return { kind: 'select', operand, field: this.fieldName().text, testOnly: false, offset };
    }
    const name = this.reader.expect(T.identifier);
    if (this.reader.kind !== T.openParen) return { kind: 'select', operand, field: name.text, testOnly: false, offset };
    const open = this.reader.take();
    return this.call(open.offset, name.text, operand, this.callArguments());
  }

  private index(operand: Expr): Expr {
    const { offset } = this.reader.take();
    let name = '_[_]';
    if (this.reader.kind === T.question) {
      this.reader.take();
      this.needOptional(offset, '[?');
      name = '_[?_]';
    }
    const index = this.within(IN_INDEX, () => this.expression());
    this.reader.expect(T.closeBracket);
    return { kind: 'call', name, target: undefined, args: [operand, index], offset };
  }

  private callArguments(): Expr[] {
    this.reader.sync(ARGUMENTS_START);
    const args: Expr[] = [];
    if (this.reader.kind !== T.closeParen) {
      args.push(this.within(IN_ARGUMENTS, () => this.expression()));
      while (this.reader.kind === T.comma) {
        this.reader.take();
        args.push(this.within(IN_ARGUMENTS, () => this.expression()));
      }
    }
    this.reader.expect(T.closeParen);
    return args;
  }

  private primary(): Expr {
    const { reader } = this;
    const { token } = reader;
    switch (token.kind) {
      case T.openParen: {
        reader.take();
        const inner = this.within(IN_PARENS, () => this.expression());
        reader.expect(T.closeParen);
        return inner;
      }
      case T.openBracket:
        return this.list();
      case T.openBrace:
        return this.map();
      case T.dot:
      case T.identifier:
        return this.named();
      case T.minus:
      case T.int:
      case T.uint:
      case T.float:
      case T.string:
      case T.bytes:
      case T.true:
      case T.false:
      case T.null:
        return this.literal();
      default:
        return reader.mismatch(EXPRESSION_START);
    }
  }

  private named(): Expr {
    const leadingDot = this.reader.kind === T.dot;
    if (leadingDot) {
      if (this.reader.peek(1).kind !== T.identifier) return this.reader.noViable(1);
      this.reader.take();
    }
    const first = this.reader.expect(T.identifier);
    const name = leadingDot ? `.${first.text}` : first.text;
    if (this.reader.kind === T.openParen) {
      const open = this.reader.take();
      if (this.isReserved(first)) {
        this.callArguments();
        return broken(first.offset);
      }
      return this.call(open.offset, name, undefined, this.callArguments());
    }
    let ahead = 0;
    while (this.reader.peek(ahead).kind === T.dot && this.reader.peek(ahead + 1).kind === T.identifier) ahead += 2;
    if (this.reader.peek(ahead).kind === T.openBrace) {
      let typeName = name;
      for (let i = 0; i < ahead; i += 2) {
        this.reader.take();
        typeName += `.${this.reader.take().text}`;
      }
      return this.struct(typeName);
    }
    return this.isReserved(first) ? broken(first.offset) : { kind: 'ident', name, offset: first.offset };
  }

  private isReserved(token: Token): boolean {
    if (!RESERVED.has(token.text)) return false;
    this.issue(`reserved identifier: ${token.text}`, token.offset);
    return true;
  }

  private list(): Expr {
    const { offset } = this.reader.take();
    this.reader.sync(LIST_START);
    const elements: Expr[] = [];
    const optional = new Set<number>();
    while (this.reader.kind !== T.closeBracket && this.reader.kind !== T.comma) {
      if (this.optionalMark()) optional.add(elements.length);
      elements.push(this.within(IN_LIST, () => this.expression()));
      if (this.reader.kind !== T.comma) break;
      if (this.reader.peek(1).kind === T.closeBracket) break;
      this.reader.take();
    }
    if (this.reader.kind === T.comma) this.reader.take();
    else this.reader.sync([T.comma, T.closeBracket]);
    this.reader.expect(T.closeBracket);
    return { kind: 'list', elements, optional, offset };
  }

  private map(): Expr {
    const { offset } = this.reader.take();
    this.reader.sync(MAP_START);
    const entries: MapEntry[] = [];
    this.items(() => this.mapEntries(entries));
    return { kind: 'map', entries, offset };
  }

  /** The inside of braces, and their end. */
  private items(read: () => void): void {
    this.reader.follow.push(IN_ENTRY);
    this.recovering(() => {
      read();
      return broken(0);
    });
    this.reader.follow.pop();
    if (this.reader.kind === T.comma) this.reader.take();
    else this.reader.sync([T.comma, T.closeBrace]);
    this.reader.expect(T.closeBrace);
  }

  private mapEntries(entries: MapEntry[]): void {
    while (this.reader.kind !== T.closeBrace && this.reader.kind !== T.comma) {
      const optional = this.optionalMark();
      const key = this.within(IN_KEY, () => this.expression());
      const colon = this.reader.expect(T.colon);
      const value = this.within(IN_ENTRY, () => this.expression());
      entries.push({ key, value, optional, offset: colon.offset });
      if (this.reader.kind !== T.comma || this.reader.peek(1).kind === T.closeBrace) return;
      this.reader.take();
    }
  }

  private struct(typeName: string): Expr {
    const { offset } = this.reader.take();
    this.reader.sync(FIELDS_START);
    const fields: FieldEntry[] = [];
    this.items(() => this.fieldEntries(fields));
    return { kind: 'struct', typeName, fields, offset };
  }

  private fieldEntries(fields: FieldEntry[]): void {
    while (this.reader.kind !== T.closeBrace && this.reader.kind !== T.comma) {
      const optional = this.optionalMark();
      const name = this.fieldName();
      const colon = this.reader.expect(T.colon);
      const value = this.within(IN_ENTRY, () => this.expression());
      fields.push({ field: name.text, value, optional, offset: colon.offset });
      if (this.reader.kind !== T.comma || this.reader.peek(1).kind === T.closeBrace) return;
      this.reader.take();
    }
  }

  private fieldName(): Token {
    if (this.reader.kind === T.escapedIdentifier) {
      const token = this.reader.take();
      if (!this.options.escapedIdentifiers) this.issue("unsupported syntax: '`'", token.offset);
      return { ...token, text: token.text.slice(1, -1) };
    }
    if (this.reader.kind !== T.identifier) return this.reader.mismatch([T.identifier, T.escapedIdentifier]);
    return this.reader.take();
  }

  private optionalMark(): boolean {
    if (this.reader.kind !== T.question) return false;
    this.needOptional(this.reader.take().offset, '?');
    return true;
  }

  private needOptional(offset: number, syntax: string): void {
    if (!this.options.optionalSyntax) this.issue(`unsupported syntax '${syntax}'`, offset);
  }

  private literal(): Expr {
    const first = this.reader.take();
    const { offset } = first;
    const negative = first.kind === T.minus;
    const token = negative ? this.reader.take() : first;
    try {
      return { kind: 'literal', value: literalValue(token.kind, negative ? `-${token.text}` : token.text), offset };
    } catch (error) {
      if (!(error instanceof LiteralError)) throw error;
      this.issue(error.message, offset);
      return broken(offset);
    }
  }

  private issue(message: string, offset: number): void {
    this.issues.push({ message, offset });
  }

  /** A call, or what a macro of that name makes of it. */
  private call(offset: number, name: string, target: Expr | undefined, args: Expr[]): Expr {
    const plain: Call = { kind: 'call', name, target, args, offset };
    const macro = this.macros.get(macroKey(name, target !== undefined, args.length)) ?? this.macros.get(macroKey(name, target !== undefined, -1));
    if (macro === undefined) return plain;
    try {
      return macro.expand(offset, target, args) ?? plain;
    } catch (error) {
      if (!(error instanceof MacroError)) throw error;
      this.issue(error.message, error.offset);
      return broken(offset);
    }
  }
}

const macroKey = (name: string, member: boolean, count: number): string => `${member ? 'method' : 'function'} ${name}/${count}`;

export function indexMacros(macros: readonly Macro[]): ReadonlyMap<string, Macro> {
  return new Map(macros.map((macro) => [macroKey(macro.name, macro.member, macro.arguments), macro]));
}

/** Folds a chain of `&&` or `||` into a tree as flat as can be, so that long chains do not nest deep. */
function balance(name: string, terms: readonly Expr[], offsets: readonly number[], low: number, high: number): Expr {
  const middle = Math.floor((low + high + 1) / 2);
  const left = middle === low ? terms[middle] : balance(name, terms, offsets, low, middle - 1);
  const right = middle === high ? terms[middle + 1] : balance(name, terms, offsets, middle + 1, high);
  return { kind: 'call', name, target: undefined, args: [left as Expr, right as Expr], offset: offsets[middle] ?? 0 };
}
