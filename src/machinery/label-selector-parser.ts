import { checkSelectorKey, LabelSelectorError, makeRequirement, type LabelOperator, type Requirement } from './label-requirement.ts';

type TokenKind = 'identifier' | 'in' | 'notin' | '=' | '==' | '!=' | '!' | '>' | '<' | '(' | ')' | ',' | 'end' | 'error';

interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const SYMBOLS: ReadonlySet<string> = new Set(['=', '==', '!=', '!', '>', '<', '(', ')', ',']);
const BINARY_OPERATORS: ReadonlyMap<TokenKind, LabelOperator> = new Map([
  ['in', 'in'],
  ['notin', 'notin'],
  ['=', '='],
  ['==', '=='],
  ['!=', '!='],
  ['>', 'gt'],
  ['<', 'lt'],
]);

/** The conditions of a selector's text, in its order. Throws LabelSelectorError with Kubernetes' message. */
export function parseRequirements(text: string): Requirement[] {
  return new Parser(scan(text)).parse();
}

/** Cuts a selector into tokens; the last one is always `end`. */
function scan(text: string): Token[] {
  const tokens: Token[] = [];
  const word = /[^=!(),><\t\r\n ]+/y;
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (' \t\r\n'.includes(char)) {
      at++;
    } else if ('=!(),><'.includes(char)) {
      const token = scanSymbol(text, at);
      tokens.push(token);
      at += token.text.length;
    } else {
      word.lastIndex = at;
      const found = word.exec(text)?.[0] ?? char;
      tokens.push({ kind: found === 'in' || found === 'notin' ? found : 'identifier', text: found });
      at += found.length;
    }
  }
  tokens.push({ kind: 'end', text: '' });
  return tokens;
}

/** The longest symbol that stands here. */
function scanSymbol(text: string, at: number): Token {
  const two = text.slice(at, at + 2);
  const symbol = SYMBOLS.has(two) ? two : text.charAt(at);
  return { kind: symbol as TokenKind, text: symbol };
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): Requirement[] {
    const requirements: Requirement[] = [];
    for (;;) {
      const { kind, text } = this.#peek();
      if (kind === 'end') return requirements;
      if (kind !== 'identifier' && kind !== '!') throw new LabelSelectorError(`found '${text}', expected: !, identifier, or 'end of string'`);
      requirements.push(this.#wrapped());
      const next = this.#take();
      if (next.kind === 'end') return requirements;
      if (next.kind !== ',') throw new LabelSelectorError(`found '${next.text}', expected: ',' or 'end of string'`);
      const after = this.#peek();
      if (after.kind !== 'identifier' && after.kind !== '!') throw new LabelSelectorError(`found '${after.text}', expected: identifier after ','`);
    }
  }

  #wrapped(): Requirement {
    try {
      return this.#requirement();
    } catch (error) {
      if (error instanceof LabelSelectorError) throw new LabelSelectorError(`unable to parse requirement: ${error.message}`);
      throw error;
    }
  }

  #requirement(): Requirement {
    let token = this.#take();
    const negated = token.kind === '!';
    if (negated) token = this.#take();
    if (token.kind !== 'identifier') throw new LabelSelectorError(`found '${token.text}', expected: identifier`);
    const key = token.text;
    checkSelectorKey(key);
    const next = this.#peek().kind;
    if (negated) return makeRequirement(key, '!', []);
    if (next === 'end' || next === ',') return makeRequirement(key, 'exists', []);
    const sign = this.#takeRaw();
    const operator = BINARY_OPERATORS.get(sign.kind);
    if (operator === undefined) throw new LabelSelectorError(`found '${sign.text}', expected: in, notin, =, ==, !=, gt, lt`);
    return makeRequirement(key, operator, operator === 'in' || operator === 'notin' ? this.#values() : [this.#value()]);
  }

  #values(): string[] {
    const open = this.#take();
    if (open.kind !== '(') throw new LabelSelectorError(`found '${open.text}' expected: '('`);
    const { kind, text } = this.#peek();
    // Nothing between the parentheses stands for one empty value.
    if (kind === ')') {
      this.#take();
      return [''];
    }
    if (kind !== 'identifier' && kind !== ',') throw new LabelSelectorError(`found '${text}', expected: ',', ')' or identifier`);
    const values = this.#list();
    const close = this.#take();
    if (close.kind !== ')') throw new LabelSelectorError(`found '${close.text}', expected: ')'`);
    return values;
  }

  /** Values up to the closing parenthesis, which is left; a comma with nothing beside it stands for an empty value. */
  #list(): string[] {
    const values: string[] = [];
    for (;;) {
      const { kind, text } = this.#take();
      const next = this.#peek();
      if (kind === 'identifier') {
        values.push(text);
        if (next.kind === ')') return values;
        if (next.kind !== ',') throw new LabelSelectorError(`found '${next.text}', expected: ',' or ')'`);
      } else if (kind === ',') {
        if (values.length === 0) values.push('');
        if (next.kind === ')') return [...values, ''];
        if (next.kind === ',') {
          this.#take();
          values.push('');
        }
      } else {
        throw new LabelSelectorError(`found '${text}', expected: ',', or identifier`);
      }
    }
  }

  #value(): string {
    const { kind } = this.#peek();
    if (kind === 'end' || kind === ',') return '';
    const { kind: taken, text } = this.#take();
    if (taken !== 'identifier') throw new LabelSelectorError(`found '${text}', expected: identifier`);
    return text;
  }

  #peek(): Token {
    return asValue(this.#tokens[this.#at] ?? END);
  }

  #take(): Token {
    return asValue(this.#takeRaw());
  }

  #takeRaw(): Token {
    return this.#tokens[this.#at++] ?? END;
  }
}

const END: Token = { kind: 'end', text: '' };

/** Where a key or value may stand, `in` and `notin` are words like any other. */
function asValue(token: Token): Token {
  return token.kind === 'in' || token.kind === 'notin' ? { kind: 'identifier', text: token.text } : token;
}
