import { Buffer } from 'node:buffer';

export const WIRE_VARINT = 0;
export const WIRE_FIXED64 = 1;
export const WIRE_BYTES = 2;
export const WIRE_FIXED32 = 5;

const INITIAL_BYTES = 1024;

/**
 * Writes a message from its end to its beginning, so that the length of what is nested is known when it is due. Callers
 * write fields in falling order of their numbers, and lists from the last item to the first.
 */
export class WireWriter {
  #buffer = Buffer.allocUnsafe(INITIAL_BYTES);
  #at = INITIAL_BYTES;

  /** Bytes written so far; the difference of two calls is the length of what came between. */
  get length(): number {
    return this.#buffer.length - this.#at;
  }

  /** What was written. Valid until the next write. */
  finish(): Uint8Array {
    return this.#buffer.subarray(this.#at);
  }

  #reserve(bytes: number): number {
    if (this.#at < bytes) {
      const used = this.length;
      const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, used + bytes));
      this.#buffer.copy(grown, grown.length - used, this.#at);
      this.#buffer = grown;
      this.#at = grown.length - used;
    }
    this.#at -= bytes;
    return this.#at;
  }

  tag(field: number, wire: number): void {
    this.unsigned(field * 8 + wire);
  }

  /** A non-negative safe integer. */
  unsigned(value: number): void {
    if (value < 0x80) {
      // Reserving may move the buffer, so it comes first.
      const at = this.#reserve(1);
      this.#buffer[at] = value;
      return;
    }
    let size = 1;
    for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++;
    let at = this.#reserve(size);
    const buffer = this.#buffer;
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) buffer[at++] = (rest % 0x80) | 0x80;
    buffer[at] = rest;
  }

  /** int32 or int64: negative numbers take ten bytes. */
  integer(value: number | bigint): void {
    if (typeof value === 'number' && value >= 0) {
      this.unsigned(value);
      return;
    }
    let rest = BigInt.asUintN(64, BigInt(value));
    const bytes: number[] = [];
    for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
    bytes.push(Number(rest));
    const at = this.#reserve(bytes.length);
    this.#buffer.set(bytes, at);
  }

  double(value: number): void {
    const at = this.#reserve(8);
    this.#buffer.writeDoubleLE(value, at);
  }

  /** Bytes as they are, without their length. */
  raw(bytes: Uint8Array): void {
    const at = this.#reserve(bytes.length);
    this.#buffer.set(bytes, at);
  }

  /** A text with its length before it. */
  text(value: string): void {
    const size = Buffer.byteLength(value);
    const at = this.#reserve(size);
    if (size === value.length && size < 32) {
      const buffer = this.#buffer;
      for (let i = 0; i < size; i++) buffer[at + i] = value.charCodeAt(i);
    } else {
      this.#buffer.write(value, at, size, 'utf8');
    }
    this.unsigned(size);
  }

  textField(field: number, value: string): void {
    this.text(value);
    this.tag(field, WIRE_BYTES);
  }

  integerField(field: number, value: number | bigint): void {
    this.integer(value);
    this.tag(field, WIRE_VARINT);
  }

  bytesField(field: number, value: Uint8Array): void {
    this.raw(value);
    this.unsigned(value.length);
    this.tag(field, WIRE_BYTES);
  }

  /** Closes a nested message whose content was written since `length` was `before`. */
  closeMessage(field: number, before: number): void {
    this.unsigned(this.length - before);
    this.tag(field, WIRE_BYTES);
  }
}
