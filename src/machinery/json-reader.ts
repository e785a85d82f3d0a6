import { quoteGoByte } from './go-format.ts';
import { setOwn, type JsonObject, type JsonValue } from './json.ts';

/** A document that is not JSON; the message is encoding/json's. */
export class JsonSyntaxError extends Error {
  /** Where the document stopped making sense, in bytes. */
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.name = 'JsonSyntaxError';
    this.offset = offset;
  }
}

/** Strict decoding stops collecting after this many findings. */
const MAX_DUPLICATES = 100;
/** More digits than any float64 has before its point: not worth a bigint. */
const MAX_INTEGER_DIGITS = 309;

/** An object or list that is being read. */
interface Container {
  readonly value: JsonObject | JsonValue[];
  /** The key or index being read. */
  key: string;
}

/**
 * Reads a document byte by byte: slower than JSON.parse, but it sees duplicate keys, keeps big integers, and knows what
 * encoding/json says about a malformed document. Keeps its own stack, so that depth costs no call frames.
 */
export class JsonReader {
  readonly #bytes: Buffer;
  readonly #maxDepth: number;
  readonly #stack: Container[] = [];
  readonly #duplicates = new Set<string>();
  #at = 0;

  constructor(bytes: Buffer, maxDepth: number) {
    this.#bytes = bytes;
    this.#maxDepth = maxDepth;
  }

  /** Reads the whole document. */
  read(): { value: JsonValue; duplicates: string[] } {
    let value = this.#readValue();
    while (value === undefined || this.#stack.length > 0) {
      if (value !== undefined) value = this.#closeAfter(value);
      if (value === undefined) value = this.#readValue();
    }
    const rest = this.#skipSpace();
    if (rest !== undefined) this.#fail(rest, 'after top-level value');
    return { value, duplicates: [...this.#duplicates] };
  }

  /** Puts a finished value into its container; gives the container when it ends there, undefined when a value follows. */
  #closeAfter(value: JsonValue): JsonValue | undefined {
    const top = this.#stack.at(-1) as Container;
    const isList = Array.isArray(top.value);
    if (Array.isArray(top.value)) top.value.push(value);
    else setOwn(top.value, top.key, value);
    const byte = this.#next();
    if (byte === (isList ? 0x5d : 0x7d)) {
      this.#stack.pop();
      return top.value;
    }
    if (byte !== 0x2c) this.#fail(byte, isList ? 'after array element' : 'after object key:value pair');
    if (!isList) this.#readKey(top, this.#next());
    return undefined;
  }

  /** A whole scalar or empty container; undefined when a container was opened and its first value is next. */
  #readValue(): JsonValue | undefined {
    const byte = this.#next();
    switch (byte) {
      case 0x7b: {
        const opened = this.#open(byte, {});
        const first = this.#next();
        if (first !== 0x7d) {
          this.#readKey(opened, first);
          return undefined;
        }
        this.#stack.pop();
        return opened.value;
      }
      case 0x5b: {
        const opened = this.#open(byte, []);
        const first = this.#next();
        if (first !== 0x5d) {
          this.#at--;
          return undefined;
        }
        this.#stack.pop();
        return opened.value;
      }
      case 0x22:
        return this.#readString();
      case 0x74:
        return this.#readLiteral('true', true);
      case 0x66:
        return this.#readLiteral('false', false);
      case 0x6e:
        return this.#readLiteral('null', null);
      default:
        if (byte === 0x2d || isDigit(byte)) return this.#readNumber(byte);
        return this.#fail(byte, 'looking for beginning of value');
    }
  }

  #open(byte: number, value: JsonObject | JsonValue[]): Container {
    const container: Container = { value, key: '' };
    if (this.#stack.push(container) > this.#maxDepth) this.#fail(byte, 'exceeded max depth');
    return container;
  }

  #readKey(container: Container, byte: number): void {
    if (byte !== 0x22) this.#fail(byte, 'looking for beginning of object key string');
    const key = this.#readString();
    container.key = key;
    if (Object.hasOwn(container.value, key) && this.#duplicates.size < MAX_DUPLICATES) this.#duplicates.add(this.#path());
    const colon = this.#next();
    if (colon !== 0x3a) this.#fail(colon, 'after object key');
  }

  #path(): string {
    let path = '';
    for (const { value, key } of this.#stack) {
      if (Array.isArray(value)) path += `[${value.length}]`;
      else path += path === '' ? key : `.${key}`;
    }
    return path;
  }

  /** Stands behind the opening quote, ends behind the closing one. */
  #readString(): string {
    const start = this.#at - 1;
    let escaped = false;
    for (;;) {
      const byte = this.#byte();
      if (byte === 0x22) break;
      if (byte < 0x20) this.#fail(byte, 'in string literal');
      if (byte === 0x5c) {
        escaped = true;
        this.#readEscape();
      }
    }
    const text = this.#bytes.toString('utf8', start + 1, this.#at - 1);
    return escaped ? (JSON.parse(`"${text}"`) as string) : text;
  }

  #readEscape(): void {
    const byte = this.#byte();
    if (byte === 0x75) {
      for (let i = 0; i < 4; i++) {
        const digit = this.#byte();
        if (!isHexDigit(digit)) this.#fail(digit, 'in \\u hexadecimal character escape');
      }
    } else if (!'"\\/bfnrt'.includes(String.fromCharCode(byte))) {
      this.#fail(byte, 'in string escape code');
    }
  }

  #readLiteral<T>(word: string, value: T): T {
    for (let i = 1; i < word.length; i++) {
      const byte = this.#byte();
      if (byte !== word.charCodeAt(i)) this.#fail(byte, `in literal ${word} (expecting '${word.charAt(i)}')`);
    }
    return value;
  }

  #readNumber(first: number): number | bigint {
    const start = this.#at - 1;
    let byte: number | undefined = first;
    if (byte === 0x2d) {
      byte = this.#byte();
      if (!isDigit(byte)) this.#fail(byte, 'in numeric literal');
    }
    byte = byte === 0x30 ? this.#peekAfter() : this.#skipDigits();
    let integer = true;
    if (byte === 0x2e) {
      integer = false;
      byte = this.#byte();
      if (!isDigit(byte)) this.#fail(byte, 'after decimal point in numeric literal');
      byte = this.#skipDigits();
    }
    if (byte === 0x65 || byte === 0x45) {
      integer = false;
      byte = this.#byte();
      if (byte === 0x2b || byte === 0x2d) byte = this.#byte();
      if (!isDigit(byte)) this.#fail(byte, 'in exponent of numeric literal');
      byte = this.#skipDigits();
    }
    // The scanner has taken one byte too many, unless the document ended.
    if (byte !== undefined) this.#at--;
    return this.#toNumber(this.#bytes.toString('latin1', start, this.#at), integer);
  }

  #toNumber(text: string, integer: boolean): number | bigint {
    const value = Number(text);
    if (integer && !Number.isSafeInteger(value) && text.length <= MAX_INTEGER_DIGITS) return BigInt(text);
    if (!Number.isFinite(value)) {
      const shown = text.length > 400 ? `${text.slice(0, 400)}…` : text;
      throw new JsonSyntaxError(`json: cannot unmarshal number ${shown} into Go value of type float64`, this.#at);
    }
    return value;
  }

  /** The byte after a run of digits. */
  #skipDigits(): number | undefined {
    for (;;) {
      const byte = this.#peekAfter();
      if (byte === undefined || !isDigit(byte)) return byte;
    }
  }

  #peekAfter(): number | undefined {
    const byte = this.#bytes[this.#at];
    if (byte !== undefined) this.#at++;
    return byte;
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new JsonSyntaxError('unexpected end of JSON input', this.#at);
    this.#at++;
    return byte;
  }

  /** The next byte that is not white space. */
  #next(): number {
    return this.#skipSpace() ?? this.#byte();
  }

  #skipSpace(): number | undefined {
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) return undefined;
      this.#at++;
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
    }
  }

  #fail(byte: number, context: string): never {
    throw new JsonSyntaxError(`invalid character ${quoteGoByte(byte)} ${context}`, this.#at - 1);
  }
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isHexDigit(byte: number): boolean {
  return isDigit(byte) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}
