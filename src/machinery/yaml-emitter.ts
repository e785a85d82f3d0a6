import { compareYamlKeys } from './yaml-key-order.ts';
import { isBase60, isYamlTimestamp, resolvePlainScalar } from './yaml-scalar.ts';

/** Text wraps at the first blank behind this column. */
const BEST_WIDTH = 80;
const INDENT = 2;
/** Longer keys are written in the explicit form (`? key`). */
const MAX_SIMPLE_KEY = 128;

/**
 * JSON as YAML, byte for byte as Kubernetes' library writes it: keys sorted, block style, lists at their key's own
 * indentation, plain text where it reads back as text, long text wrapped.
 */
export function stringifyYaml(value: unknown): string {
  const writer = new Writer();
  writer.node(value, 0, 'root');
  return writer.finish();
}

/** Where a node stands decides how it begins. */
type Place = 'root' | 'value' | 'item';

class Writer {
  readonly #parts: string[] = [];
  /** Characters of the line being written. */
  #column = 0;

  finish(): string {
    this.#newLine();
    return this.#parts.join('');
  }

  node(value: unknown, indent: number, place: Place): void {
    if (Array.isArray(value)) this.#list(value, indent, place);
    else if (typeof value === 'object' && value !== null) this.#map(value as Record<string, unknown>, indent, place);
    else this.#scalar(value, indent, place);
  }

  #map(value: Record<string, unknown>, indent: number, place: Place): void {
    const keys = Object.keys(value).filter((key) => value[key] !== undefined).sort(compareYamlKeys);
    if (keys.length === 0) {
      this.#inline('{}', place);
      return;
    }
    let first = true;
    for (const key of keys) {
      if (first && place === 'item') this.#write(' ');
      else this.#startLine(indent);
      first = false;
      this.#key(key, indent);
      const item = value[key];
      // A list under a key stands at the key's own indentation.
      this.node(item, Array.isArray(item) ? indent : indent + INDENT, 'value');
    }
  }

  #key(key: string, indent: number): void {
    const simple = Buffer.byteLength(key) <= MAX_SIMPLE_KEY && !/[\n\r\u0085\u2028\u2029]/.test(key);
    if (!simple) this.#write('? ');
    this.#text(key, { indent: indent + INDENT, simpleKey: simple });
    if (!simple) this.#startLine(indent);
    this.#write(':');
  }

  #list(value: readonly unknown[], indent: number, place: Place): void {
    if (value.length === 0) {
      this.#inline('[]', place);
      return;
    }
    value.forEach((item, i) => {
      if (i === 0 && place === 'item') this.#write(' ');
      else this.#startLine(indent);
      this.#write('-');
      this.node(item, indent + INDENT, 'item');
    });
  }

  #scalar(value: unknown, indent: number, place: Place): void {
    if (typeof value === 'string') {
      if (place !== 'root') this.#write(' ');
      this.#text(value, { indent: Math.max(indent, INDENT), simpleKey: false });
    } else {
      this.#inline(formatScalar(value), place);
    }
  }

  #inline(text: string, place: Place): void {
    this.#write(place === 'root' ? text : ` ${text}`);
  }

  #text(text: string, options: { indent: number; simpleKey: boolean }): void {
    const style = chooseStyle(text, options.simpleKey);
    const wraps = !options.simpleKey;
    switch (style) {
      case 'plain':
        this.#flow(text, options.indent, { wraps, quote: '' });
        return;
      case 'single':
        this.#flow(text.replaceAll("'", "''"), options.indent, { wraps, quote: "'" });
        return;
      case 'double':
        this.#double(text, options.indent, wraps);
        return;
      case 'literal':
        this.#literal(text, options.indent);
        return;
    }
  }

  /** Plain and single-quoted text: a blank beyond the width becomes a line break, unless it touches another or an end. */
  #flow(text: string, indent: number, { wraps, quote }: { wraps: boolean; quote: string }): void {
    this.#write(quote);
    if (!wraps || this.#column + text.length <= BEST_WIDTH) {
      this.#write(text);
    } else {
      let start = 0;
      let column = this.#column;
      for (let i = 0; i < text.length; i++) {
        const code = text.charCodeAt(i);
        const alone = code === 0x20 && text.charCodeAt(i - 1) !== 0x20 && text.charCodeAt(i + 1) !== 0x20;
        if (alone && column > BEST_WIDTH && i > 0 && i < text.length - 1) {
          this.#write(text.slice(start, i));
          this.#startLine(indent);
          start = i + 1;
          column = indent;
        } else if (code < 0xdc00 || code > 0xdfff) {
          column++;
        }
      }
      this.#write(text.slice(start));
    }
    this.#write(quote);
  }

  #double(text: string, indent: number, wraps: boolean): void {
    this.#write('"');
    const chars = Array.from(text);
    let spaces = false;
    chars.forEach((char, i) => {
      if (char !== ' ') {
        this.#write(escapeDouble(char));
        spaces = false;
        return;
      }
      if (wraps && !spaces && this.#column > BEST_WIDTH && i > 0 && i < chars.length - 1) {
        this.#startLine(indent);
        if (chars[i + 1] === ' ') this.#write('\\');
      } else {
        this.#write(' ');
      }
      spaces = true;
    });
    this.#write('"');
  }

  #literal(text: string, indent: number): void {
    let hints = /^[ \n]/.test(text) ? String(INDENT) : '';
    if (!text.endsWith('\n')) hints += '-';
    else if (text === '\n' || text.endsWith('\n\n')) hints += '+';
    this.#write(`|${hints}`);
    this.#newLine();
    const lines = text.split('\n');
    const last = lines.pop() ?? '';
    const pad = ' '.repeat(indent);
    for (const line of lines) this.#parts.push(line === '' ? '\n' : `${pad}${line}\n`);
    this.#column = 0;
    if (last !== '') this.#write(pad + last);
  }

  #write(text: string): void {
    if (text === '') return;
    this.#parts.push(text);
    this.#column += text.length;
  }

  #newLine(): void {
    if (this.#column > 0) this.#parts.push('\n');
    this.#column = 0;
  }

  #startLine(indent: number): void {
    this.#newLine();
    this.#write(' '.repeat(indent));
  }
}

function formatScalar(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return String(value as boolean | bigint | number);
  return formatFloat(value);
}

/** Whole numbers below 1e+21 in full, as JSON has them; others in Go's shortest 'g' form: `1.5`, `1.2345675e+06`, `1e-05`. */
function formatFloat(value: number): string {
  const [digits = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  if (Number.isInteger(value) ? exponent < 21 : exponent >= -4 && exponent < 6) return String(value);
  return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

type Style = 'plain' | 'single' | 'double' | 'literal';

function chooseStyle(text: string, simpleKey: boolean): Style {
  const form = analyze(text);
  if (text.includes('\n')) return form.literal && !simpleKey ? 'literal' : 'double';
  // What would read back as something other than text is quoted, with the quotes that libraries give numbers.
  if (text === '' || typeof resolvePlainScalar(text) !== 'string' || isYamlTimestamp(text) || isBase60(text)) return 'double';
  if (form.plain) return 'plain';
  return form.single ? 'single' : 'double';
}

/** Indicators that begin something else than plain text. */
const LEADING_INDICATOR = /^(?:[#,[\]{}&*!|>'"%@`]|[-?:](?=[ \n]|$)|---|\.\.\.)/;
const INNER_INDICATOR = /.:(?=[ \n]|$)|[ \n]#/s;

/** The styles in which a text comes back as it is. */
function analyze(text: string): { plain: boolean; single: boolean; literal: boolean } {
  const special = !isPrintableYaml(text) || / \n/.test(text);
  const edgeSpace = text.startsWith(' ') || text.endsWith(' ');
  const plain = !special && !edgeSpace && !/\n/.test(text) && !LEADING_INDICATOR.test(text) && !INNER_INDICATOR.test(text);
  return { plain, single: !special && !/\n /.test(text), literal: !special && !text.endsWith(' ') };
}

/** Everything but control characters, lone surrogates, byte order marks and what lies beyond the basic plane. */
function isPrintableYaml(text: string): boolean {
  return !/[^\n -~\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/.test(text);
}

const DOUBLE_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\0', '\\0'],
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\v', '\\v'],
  ['\f', '\\f'],
  ['\r', '\\r'],
  ['\x1b', '\\e'],
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\u0085', '\\N'],
  ['\u2028', '\\L'],
  ['\u2029', '\\P'],
]);

function escapeDouble(char: string): string {
  const short = DOUBLE_ESCAPES.get(char);
  if (short !== undefined) return short;
  if (isPrintableYaml(char)) return char;
  const code = char.codePointAt(0) ?? 0;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
