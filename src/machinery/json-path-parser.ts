import { describeRune, quoteGo } from './go-format.ts';
import type { FilterOperator, JsonPathStep, Operand } from './json-path-steps.ts';

/** A text that is no path, or one outside the subset that Kubernetes knows. */
export class JsonPathError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'JsonPathError';
  }
}

const MAX_LENGTH = 10_000;
/** Filters within filters. */
const MAX_NESTING = 20;

/** The steps of a path without braces around it. Throws JsonPathError. */
export function parseJsonPathSteps(text: string, nesting = 0): JsonPathStep[] {
  if (text.length > MAX_LENGTH || nesting > MAX_NESTING) throw new JsonPathError('path is too long');
  const steps: JsonPathStep[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === '.') {
      at = parseDot(text, at, steps);
    } else if (char === '[') {
      const end = closingBracket(text, at);
      steps.push(parseBracket(text.slice(at + 1, end), nesting));
      at = end + 1;
    } else if (at === 0 && (char === '$' || char === '@')) {
      at++;
    } else if (char === ' ' || char === '\t') {
      at++;
    } else if (at === 0 && /[\p{L}\p{N}_]/u.test(char)) {
      throw new JsonPathError(`unrecognized identifier ${(/^[\p{L}\p{N}_]+/u.exec(text) ?? [char])[0]}`);
    } else {
      throw new JsonPathError(`unrecognized character in action: ${describeRune(text.codePointAt(at) ?? 0)}`);
    }
  }
  return steps;
}

/** `.name`, `.*`, `..name`; a backslash takes the next character as it is. Gives the index behind. */
function parseDot(text: string, start: number, steps: JsonPathStep[]): number {
  let at = start + 1;
  if (text.charAt(at) === '.') {
    steps.push({ type: 'descend' });
    at++;
  }
  if (text.charAt(at) === '[') return at;
  if (text.charAt(at) === '*') {
    steps.push({ type: 'wildcard' });
    return at + 1;
  }
  let name = '';
  for (; at < text.length && !' \t.[]|,()={}<>!?'.includes(text.charAt(at)); at++) {
    if (text.charAt(at) === '\\') at++;
    name += text.charAt(at);
  }
  // A lone dot is the value itself.
  if (name !== '') steps.push({ type: 'field', name });
  return at;
}

/** The index of the bracket that closes the one at `start`; quotes hide brackets. */
function closingBracket(text: string, start: number): number {
  let depth = 0;
  let quote = '';
  for (let at = start; at < text.length; at++) {
    const char = text.charAt(at);
    if (quote !== '') {
      if (char === '\\') at++;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'") {
      quote = char;
    } else if (char === '[') {
      depth++;
    } else if (char === ']' && --depth === 0) {
      return at;
    }
  }
  throw new JsonPathError(/^\[\s*\?/.test(text.slice(start)) ? 'unterminated filter' : 'unterminated array');
}

/** What stands between brackets. */
function parseBracket(given: string, nesting: number): JsonPathStep {
  const text = given.trim();
  const filter = /^\?\((.*)\)$/s.exec(text);
  if (filter !== null) return parseFilter(filter[1] ?? '', nesting);
  if (text.startsWith('?')) throw new JsonPathError('unterminated filter');
  const members = splitOutsideQuotes(text, ',');
  if (members.length > 1) return { type: 'union', members: members.map((member) => [parseBracket(member, nesting + 1)]) };
  const quoted = unquote(text);
  if (quoted !== undefined) return { type: 'field', name: quoted };
  if (text === '*') return { type: 'wildcard' };
  const range = /^(-?[0-9]*)(?::(-?[0-9]*))?(?::(-?[0-9]*))?$/.exec(text);
  if (range === null || text === '' || text.length > 30) throw new JsonPathError(`invalid array index ${text}`);
  const [, start = '', end, step] = range;
  if (end === undefined) return { type: 'index', index: Number(start) };
  const stride = step === undefined || step === '' ? 1 : Number(step);
  if (stride <= 0) throw new JsonPathError(`step must be > 0`);
  return { type: 'range', start: start === '' ? undefined : Number(start), end: end === '' ? undefined : Number(end), step: stride };
}

/** `@.type == "Ready"`, or `@.name` alone. */
function parseFilter(text: string, nesting: number): JsonPathStep {
  for (const operator of ['==', '!=', '<=', '>=', '<', '>'] as const satisfies readonly FilterOperator[]) {
    const sides = splitOutsideQuotes(text, operator);
    if (sides.length === 1) continue;
    const [left = '', right = ''] = sides;
    if (sides.length > 2) throw new JsonPathError(`unrecognized character in action: ${describeRune(operator.charCodeAt(0))}`);
    return { type: 'filter', left: parseOperand(left, nesting), operator, right: parseOperand(right, nesting) };
  }
  return { type: 'filter', left: parseOperand(text, nesting), operator: 'exists', right: undefined };
}

function parseOperand(given: string, nesting: number): Operand {
  const text = given.trim();
  const quoted = unquote(text);
  if (quoted !== undefined) return { type: 'literal', value: quoted };
  if (text === 'true' || text === 'false') return { type: 'literal', value: text === 'true' };
  if (/^[-+]?[0-9]+(?:\.[0-9]+)?$/.test(text)) return { type: 'literal', value: Number(text) };
  if (text === '') throw new JsonPathError('unterminated filter');
  return { type: 'path', from: text.startsWith('$') ? 'root' : 'item', steps: parseJsonPathSteps(text, nesting + 1) };
}

/** The parts between separators that stand outside quotes and brackets. */
function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let quote = '';
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (quote !== '') {
      if (char === '\\') at++;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'") {
      quote = char;
    } else if (char === '[' || char === '(') {
      depth++;
    } else if (char === ']' || char === ')') {
      depth--;
    } else if (depth === 0 && text.startsWith(separator, at)) {
      parts.push(text.slice(start, at));
      start = at + separator.length;
      at = start - 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

/** The text of a literal in single or double quotes; undefined for anything else. */
function unquote(text: string): string | undefined {
  const match = /^(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")$/s.exec(text);
  if (match === null) {
    if (/^['"]/.test(text)) throw new JsonPathError(`unterminated quoted string ${quoteGo(text)}`);
    return undefined;
  }
  return (match[1] ?? match[2] ?? '').replace(/\\(.)/gs, '$1');
}
