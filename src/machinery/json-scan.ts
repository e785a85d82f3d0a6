/**
 * One pass over a JSON document that only looks for what `JSON.parse` would get wrong without a word: keys given twice,
 * integers beyond 2^53, numbers beyond float64, and nesting without bound. It does not judge the grammar: on a malformed
 * document its answer means nothing, and `JSON.parse` refuses the document anyway.
 */

/** Above this many keys an object's keys are kept in a Set, whose hash cannot be steered from outside. */
const LINEAR_KEYS = 16;
/** Strings longer than this are searched by the engine. */
const SHORT_STRING = 24;
/** Digits, dot included, that a number may have and still be exact. */
const EXACT_DIGITS = 15;

const QUOTE = 0x22;
const COMMA = 0x2c;
const DOT = 0x2e;
const SLASH = 0x2f;
const ZERO = 0x30;
const NINE = 0x39;
const UPPER_E = 0x45;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const LOWER_E = 0x65;
const LOWER_U = 0x75;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** True when the document holds nothing that `JSON.parse` would silently get wrong. False may be a false alarm. */
export function isPlainJson(bytes: Buffer, maxDepth: number): boolean {
  const keys = new KeyStack(bytes);
  const length = bytes.length;
  let inObject = false;
  let expectKey = false;
  for (let i = 0; i < length; i++) {
    const byte = bytes[i] as number;
    if (byte === QUOTE) {
      if (expectKey) {
        expectKey = false;
        i = keys.add(i + 1);
        if (i < 0) return false;
      } else {
        i = endOfString(bytes, i + 1);
      }
    } else if (byte >= ZERO && byte <= NINE) {
      const start = i;
      for (i++; i < length; i++) {
        const char = bytes[i] as number;
        if (char === LOWER_E || char === UPPER_E) return false;
        if (char !== DOT && (char < ZERO || char > NINE)) break;
      }
      if (i - start > EXACT_DIGITS) return false;
      i--;
    } else if (byte === COMMA) {
      expectKey = inObject;
    } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      expectKey = inObject = byte === OPEN_OBJECT;
      if (keys.open(inObject) > maxDepth) return false;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      inObject = keys.close();
      expectKey = false;
    }
  }
  return true;
}

/** The keys of every object that is open: as hash and place while they are few, as texts once they are many. */
class KeyStack {
  readonly #bytes: Buffer;
  /** Per open container where its keys begin; -1 for lists. */
  readonly #bases: number[] = [];
  readonly #hashes: number[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  /** Sets of the objects with many keys, by depth. */
  readonly #many = new Map<number, Set<string>>();
  #count = 0;
  #base = -1;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** The new depth. */
  open(isObject: boolean): number {
    this.#bases.push(this.#base);
    this.#base = isObject ? this.#count : -1;
    return this.#bases.length;
  }

  /** Whether the container that was around is an object. */
  close(): boolean {
    if (this.#base >= 0) {
      this.#count = this.#base;
      if (this.#many.size > 0) this.#many.delete(this.#bases.length);
    }
    this.#base = this.#bases.pop() ?? -1;
    return this.#base >= 0;
  }

  /** Reads a key whose text begins at `start`. The index of its closing quote; -1 when its object (maybe) has it already. */
  add(start: number): number {
    const bytes = this.#bytes;
    const length = bytes.length;
    let hash = 0;
    let i = start;
    for (; i < length; i++) {
      const char = bytes[i] as number;
      if (char === QUOTE) break;
      hash = (Math.imul(hash, 31) + char) & 0x3fffffff;
      if (char !== BACKSLASH) continue;
      i++;
      // Only these give a key a second spelling; every other escape stands for itself.
      if (bytes[i] === LOWER_U || bytes[i] === SLASH) return -1;
    }
    return this.#remember(hash, start, i) ? i : -1;
  }

  #remember(hash: number, start: number, end: number): boolean {
    const many = this.#many.size > 0 ? this.#many.get(this.#bases.length) : undefined;
    if (many !== undefined) {
      const size = many.size;
      return many.add(this.#bytes.toString('latin1', start, end)).size > size;
    }
    for (let k = this.#base; k < this.#count; k++) if (this.#hashes[k] === hash) return false;
    this.#hashes[this.#count] = hash;
    this.#starts[this.#count] = start;
    this.#ends[this.#count] = end;
    this.#count++;
    if (this.#count - this.#base > LINEAR_KEYS) this.#startSet();
    return true;
  }

  #startSet(): void {
    const texts = new Set<string>();
    for (let k = this.#base; k < this.#count; k++) texts.add(this.#bytes.toString('latin1', this.#starts[k], this.#ends[k]));
    this.#many.set(this.#bases.length, texts);
  }
}

/** The index of the quote that ends a string whose content starts at `start`; the document's length when none does. */
function endOfString(bytes: Buffer, start: number): number {
  const near = Math.min(bytes.length, start + SHORT_STRING);
  let i = start;
  for (; i < near; i++) {
    const char = bytes[i] as number;
    if (char === QUOTE) return i;
    if (char === BACKSLASH) i++;
  }
  for (;;) {
    const quote = bytes.indexOf(QUOTE, i);
    if (quote < 0) return bytes.length;
    let backslashes = 0;
    while (quote - backslashes > i && bytes[quote - backslashes - 1] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return quote;
    i = quote + 1;
  }
}
