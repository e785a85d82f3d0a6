/**
 * The little of ASN.1 DER that certificates need: made when a cluster starts for the first time, read when a client
 * shows one. Reading never looks beyond the bytes it is given and throws for what is not DER.
 */
const SEQUENCE = 0x30;
const SET = 0x31;

export function tlv(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), encodeLength(content.length), content]);
}

function encodeLength(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => tlv(SEQUENCE, ...parts);
export const set = (...parts: readonly Uint8Array[]): Buffer => tlv(SET, ...parts);
export const octets = (content: Uint8Array): Buffer => tlv(0x04, content);
export const bool = (value: boolean): Buffer => tlv(0x01, Buffer.from([value ? 0xff : 0]));
export const utf8 = (text: string): Buffer => tlv(0x0c, Buffer.from(text, 'utf8'));
/** `index` as in `[0] EXPLICIT`. */
export const explicit = (index: number, ...parts: readonly Uint8Array[]): Buffer => tlv(0xa0 | index, ...parts);
/** `index` as in `[0] IMPLICIT` of a primitive. */
export const implicit = (index: number, content: Uint8Array): Buffer => tlv(0x80 | index, content);

/** A whole number that is not negative, from its big-endian bytes. */
export function integer(bytes: Uint8Array): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const rest = bytes.subarray(start);
  return tlv(0x02, (rest[0] ?? 0) >= 0x80 ? Buffer.from([0]) : Buffer.alloc(0), rest);
}

/** `unused` bits at the end of the last byte. */
export const bits = (content: Uint8Array, unused = 0): Buffer => tlv(0x03, Buffer.from([unused]), content);

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const groups = [part % 128];
    for (let left = Math.floor(part / 128); left > 0; left = Math.floor(left / 128)) groups.unshift((left % 128) | 0x80);
    bytes.push(...groups);
  }
  return tlv(0x06, Buffer.from(bytes));
}

/** UTCTime before 2050, GeneralizedTime from then on, as RFC 5280 wants it; whole seconds. */
export function time(epochMs: number): Buffer {
  const text = `${new Date(epochMs).toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;
  return Number(text.slice(0, 4)) < 2050 ? tlv(0x17, Buffer.from(text.slice(2))) : tlv(0x18, Buffer.from(text));
}

/** One element: its tag, its content, and all its bytes. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly whole: Uint8Array;
}

/** The elements that stand one behind the other in `bytes`. */
export function readElements(bytes: Uint8Array): DerElement[] {
  const elements: DerElement[] = [];
  for (let at = 0; at < bytes.length; ) {
    const element = readElement(bytes, at);
    elements.push(element);
    at += element.whole.length;
  }
  return elements;
}

export function readElement(bytes: Uint8Array, at = 0): DerElement {
  const tag = bytes[at];
  let length = bytes[at + 1];
  if (tag === undefined || length === undefined || (tag & 0x1f) === 0x1f) throw new Error('not DER: a tag or a length is missing');
  let start = at + 2;
  if (length >= 0x80) {
    const count = length & 0x7f;
    if (count === 0 || count > 4) throw new Error('not DER: bad length');
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + (bytes[start + i] ?? 0);
    start += count;
  }
  if (start + length > bytes.length) throw new Error('not DER: content ends early');
  return { tag, content: bytes.subarray(start, start + length), whole: bytes.subarray(at, start + length) };
}

export function readOid(content: Uint8Array): string {
  const parts: number[] = [];
  let value = 0;
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    if (parts.length === 0) parts.push(Math.min(2, Math.floor(value / 40)), value - 40 * Math.min(2, Math.floor(value / 40)));
    else parts.push(value);
    value = 0;
  }
  return parts.join('.');
}

/** Text of the string types that names use; undefined for others. */
export function readText({ tag, content }: DerElement): string | undefined {
  if (tag === 0x0c || tag === 0x13 || tag === 0x16) return Buffer.from(content).toString('utf8');
  if (tag === 0x14) return Buffer.from(content).toString('latin1');
  if (tag === 0x1e) return Buffer.from(content).swap16().toString('utf16le');
  return undefined;
}

/** Milliseconds since 1970 of a UTCTime or GeneralizedTime; NaN when it is neither. */
export function readTime({ tag, content }: DerElement): number {
  const text = Buffer.from(content).toString('latin1');
  const match = tag === 0x17 ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text) : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null || (tag !== 0x17 && tag !== 0x18)) return Number.NaN;
  const [, year = '', month = '', day = '', hour = '', minute = '', second = ''] = match;
  const fullYear = tag === 0x18 ? Number(year) : Number(year) + (Number(year) < 50 ? 2000 : 1900);
  return Date.UTC(fullYear, Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
}
