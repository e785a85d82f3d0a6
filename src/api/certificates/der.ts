/** What is wrong with a DER encoding, in the words of Go's encoding/asn1. */
export class DerError extends Error {
  constructor(kind: 'syntax' | 'structure', message: string) {
    super(`asn1: ${kind} error: ${message}`);
    this.name = 'DerError';
  }
}

export interface DerElement {
  /** 0 universal, 1 application, 2 context-specific, 3 private. */
  readonly class: number;
  readonly tag: number;
  readonly compound: boolean;
  /** The content, without its header. */
  readonly content: Uint8Array;
  /** Header and content. */
  readonly whole: Uint8Array;
}

/** The tags that requests for certificates are made of. */
export const INTEGER = { name: 'int', tag: 2, compound: false } as const;
export const BIT_STRING = { name: 'BitString', tag: 3, compound: false } as const;
export const OBJECT_IDENTIFIER = { name: 'ObjectIdentifier', tag: 6, compound: false } as const;

/** What a field must be; `name` is that of the Go type, which messages show. */
export interface DerExpectation {
  readonly name: string;
  readonly tag: number;
  readonly compound: boolean;
}

export function sequence(name: string): DerExpectation {
  return { name, tag: 16, compound: true };
}

const MAX_LENGTH = 1 << 23;
const PLAIN_PARAMETERS =
  '{optional:false explicit:false application:false private:false defaultValue:<nil> tag:<nil> stringType:0 timeType:0 set:false omitEmpty:false}';

/** Reads one element after another out of an encoding. */
export class DerReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#offset >= this.#bytes.length;
  }

  /** The next element, whatever it is. Throws DerError. */
  next(): DerElement {
    return this.#read(undefined);
  }

  /** The next element, which must be as expected. Throws DerError. */
  expect(expectation: DerExpectation): DerElement {
    return this.#read(expectation);
  }

  #read(expectation: DerExpectation | undefined): DerElement {
    if (this.atEnd) throw new DerError('syntax', 'sequence truncated');
    const start = this.#offset;
    const header = this.#header();
    const offset = this.#offset;
    if (expectation !== undefined && (header.class !== 0 || header.tag !== expectation.tag || header.compound !== expectation.compound)) {
      const found = `{class:${header.class} tag:${header.tag} length:${header.length} isCompound:${header.compound}}`;
      throw new DerError('structure', `tags don't match (${expectation.tag} vs ${found}) ${PLAIN_PARAMETERS} ${expectation.name} @${offset}`);
    }
    if (header.length > this.#bytes.length - offset) throw new DerError('syntax', 'data truncated');
    this.#offset = offset + header.length;
    return { ...header, content: this.#bytes.subarray(offset, this.#offset), whole: this.#bytes.subarray(start, this.#offset) };
  }

  #header(): { class: number; tag: number; compound: boolean; length: number } {
    const first = this.#byte();
    let tag = first & 0x1f;
    if (tag === 0x1f) {
      tag = this.#base128();
      if (tag < 0x1f) throw new DerError('syntax', 'non-minimal tag');
    }
    return { class: first >> 6, tag, compound: (first & 0x20) !== 0, length: this.#length() };
  }

  #length(): number {
    const first = this.#byte();
    if (first < 0x80) return first;
    const count = first & 0x7f;
    if (count === 0) throw new DerError('syntax', 'indefinite length found (not DER)');
    let length = 0;
    for (let i = 0; i < count; i++) {
      const byte = this.#byte();
      if (length >= MAX_LENGTH) throw new DerError('structure', 'length too large');
      length = length * 256 + byte;
      if (length === 0) throw new DerError('structure', 'superfluous leading zeros in length');
    }
    if (length < 0x80) throw new DerError('structure', 'non-minimal length');
    return length;
  }

  #base128(): number {
    let value = 0;
    for (let i = 0; i < 4; i++) {
      const byte = this.#byte();
      if (i === 0 && byte === 0x80) throw new DerError('syntax', 'integer is not minimally encoded');
      value = value * 128 + (byte & 0x7f);
      if (byte < 0x80) return value;
    }
    throw new DerError('structure', 'base 128 integer too large');
  }

  #byte(): number {
    const byte = this.#bytes[this.#offset];
    if (byte === undefined) throw new DerError('syntax', 'truncated tag or length');
    this.#offset++;
    return byte;
  }
}

/** `1.2.840.113549`, from the content of an object identifier. Throws DerError. */
export function readObjectIdentifier(content: Uint8Array): string {
  if (content.length === 0) throw new DerError('syntax', 'zero length OBJECT IDENTIFIER');
  const numbers: number[] = [];
  let value = 0;
  content.forEach((byte, i) => {
    if (value > Number.MAX_SAFE_INTEGER / 256) throw new DerError('structure', 'base 128 integer too large');
    value = value * 128 + (byte & 0x7f);
    if (byte >= 0x80) {
      if (i === content.length - 1) throw new DerError('syntax', 'truncated base 128 integer');
      return;
    }
    if (numbers.length > 0) numbers.push(value);
    else if (value < 80) numbers.push(Math.floor(value / 40), value % 40);
    else numbers.push(2, value - 80);
    value = 0;
  });
  return numbers.join('.');
}

/** The bits of a bit string whose last byte is full, as keys and signatures are. Throws DerError. */
export function readBitString(content: Uint8Array): Uint8Array {
  const padding = content[0];
  if (padding === undefined) throw new DerError('syntax', 'zero length BIT STRING');
  const last = content.at(-1) ?? 0;
  if (padding > 7 || (content.length === 1 && padding > 0) || (last & ((1 << padding) - 1)) !== 0) {
    throw new DerError('syntax', 'invalid padding bits in BIT STRING');
  }
  return content.subarray(1);
}
