import type { Buffer } from 'node:buffer';

/** Bytes that are no message of the expected kind. */
export class ProtobufError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ProtobufError';
  }
}

const UNEXPECTED_EOF = 'unexpected EOF';

/** Reads the fields of one message. Nothing is copied until a value is asked for. */
export class WireReader {
  readonly #bytes: Buffer;
  readonly #end: number;
  #at: number;
  /** Of the field read last. */
  number = 0;
  wire = 0;

  constructor(bytes: Buffer, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  /** Moves to the next field; false at the end. Its value must then be read or skipped. */
  next(): boolean {
    if (this.#at >= this.#end) return false;
    const tag = this.#unsigned();
    this.number = Math.floor(tag / 8);
    this.wire = tag % 8;
    if (this.number === 0) throw new ProtobufError(`proto: illegal tag ${this.number} (wire type ${this.wire})`);
    return true;
  }

  /** A varint below 2^53, for tags and lengths. */
  #unsigned(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 8; i++) {
      if (this.#at >= this.#end) throw new ProtobufError(UNEXPECTED_EOF);
      const byte = this.#bytes[this.#at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
      scale *= 0x80;
    }
    throw new ProtobufError('proto: integer overflow');
  }

  /** A signed 64-bit varint; bigint beyond 2^53. */
  integer(): number | bigint {
    this.#expect(0);
    const start = this.#at;
    let value = 0;
    let scale = 1;
    // Seven bytes hold 49 bits: exact in a number.
    for (let i = 0; i < 7; i++) {
      if (this.#at >= this.#end) throw new ProtobufError(UNEXPECTED_EOF);
      const byte = this.#bytes[this.#at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
    this.#at = start;
    return this.#bigInteger();
  }

  #bigInteger(): number | bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (this.#at >= this.#end) throw new ProtobufError(UNEXPECTED_EOF);
      const byte = this.#bytes[this.#at++] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) {
        const signed = BigInt.asIntN(64, value);
        return signed >= BigInt(Number.MIN_SAFE_INTEGER) && signed <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(signed) : signed;
      }
    }
    throw new ProtobufError('proto: integer overflow');
  }

  /** An int32, cut to 32 bits as Go does. */
  int32(): number {
    const value = this.integer();
    return typeof value === 'number' && value >= -0x80000000 && value <= 0x7fffffff ? value : Number(BigInt.asIntN(32, BigInt(value)));
  }

  boolean(): boolean {
    return this.integer() !== 0;
  }

  double(): number {
    this.#expect(1);
    const at = this.#take(8);
    return this.#bytes.readDoubleLE(at);
  }

  text(): string {
    const size = this.#size();
    const at = this.#take(size);
    // Short texts are nearly always ASCII, and quicker made by hand.
    if (size < 24) {
      let text = '';
      for (let i = at; i < at + size; i++) {
        const byte = this.#bytes[i] ?? 0;
        if (byte >= 0x80) return this.#bytes.toString('utf8', at, at + size);
        text += String.fromCharCode(byte);
      }
      return text;
    }
    return this.#bytes.toString('utf8', at, at + size);
  }

  /** A view, not a copy. */
  bytes(): Buffer {
    const size = this.#size();
    const at = this.#take(size);
    return this.#bytes.subarray(at, at + size);
  }

  /** A reader of the nested message. */
  message(): WireReader {
    const size = this.#size();
    const at = this.#take(size);
    return new WireReader(this.#bytes, at, at + size);
  }

  get isEmpty(): boolean {
    return this.#at >= this.#end;
  }

  /** Steps over the value, of whatever field it is. */
  skip(): void {
    switch (this.wire) {
      case 0:
        this.#bigInteger();
        return;
      case 1:
        this.#take(8);
        return;
      case 2:
        this.#take(this.#unsigned());
        return;
      case 5:
        this.#take(4);
        return;
      default:
        throw new ProtobufError(`proto: illegal wireType ${this.wire}`);
    }
  }

  #size(): number {
    this.#expect(2);
    return this.#unsigned();
  }

  #take(size: number): number {
    const at = this.#at;
    if (size > this.#end - at) throw new ProtobufError(UNEXPECTED_EOF);
    this.#at = at + size;
    return at;
  }

  #expect(wire: number): void {
    if (this.wire !== wire) throw new ProtobufError(`proto: wrong wireType = ${this.wire} for field ${this.number}`);
  }
}
