/** IP addresses and prefixes, parsed as strictly as Go's netip: no leading zeros, no zones kept. */
export interface Address {
  readonly family: 4 | 6;
  /** 4 or 16. */
  readonly bytes: readonly number[];
}

export interface Prefix {
  readonly address: Address;
  readonly bits: number;
}

export type Parsed<T> = { readonly value: T } | { readonly error: string };

export function parseAddress(text: string): Parsed<Address> {
  const wrong = (why: string): { readonly error: string } => ({ error: `ParseAddr(${JSON.stringify(text)}): ${why}` });
  const colon = text.indexOf(':');
  const dot = text.indexOf('.');
  if (dot >= 0 && (colon < 0 || dot < colon)) {
    const bytes = parseV4(text);
    return typeof bytes === 'string' ? wrong(bytes) : { value: { family: 4, bytes } };
  }
  if (colon < 0) return wrong('unable to parse IP');
  const percent = text.indexOf('%');
  if (percent === text.length - 1) return wrong('zone must be a non-empty string');
  const bytes = parseV6(percent < 0 ? text : text.slice(0, percent));
  return typeof bytes === 'string' ? wrong(bytes) : { value: { family: 6, bytes } };
}

function parseV4(text: string): number[] | string {
  const fields = text.split('.');
  const bytes: number[] = [];
  for (const field of fields) {
    if (/[^0-9]/.test(field)) return 'unexpected character (at ' + JSON.stringify(text.slice(text.search(/[^0-9.]/))) + ')';
    if (field === '') return 'IPv4 field must have at least one digit (at ' + JSON.stringify(text.slice(bytes.join('.').length)) + ')';
    if (field.length > 1 && field.startsWith('0')) return 'IPv4 field has octet with leading zero';
    if (Number(field) > 255) return 'IPv4 field has value >255';
    bytes.push(Number(field));
  }
  if (bytes.length < 4) return 'IPv4 address too short';
  return bytes.length > 4 ? 'IPv4 address too long' : bytes;
}

function parseV6(text: string): number[] | string {
  const halves = text.split('::');
  if (halves.length > 2) return 'multiple :: in address (at ' + JSON.stringify(`:${halves.slice(2).join('::')}`) + ')';
  const groups: number[][] = [];
  for (const half of halves) {
    const bytes: number[] = [];
    const fields = half === '' ? [] : half.split(':');
    for (const [i, field] of fields.entries()) {
      if (field.includes('.')) {
        const v4 = i === fields.length - 1 ? parseV4(field) : 'embedded IPv4 address must replace the final 2 fields of the address';
        if (typeof v4 === 'string') return v4;
        bytes.push(...v4);
      } else if (field === '') {
        return 'each colon-separated field must have at least one digit (at ' + JSON.stringify(text.slice(text.indexOf(half))) + ')';
      } else if (!/^[0-9a-fA-F]+$/.test(field)) {
        return 'unexpected character, want colon (at ' + JSON.stringify(text.slice(text.search(/[^0-9a-fA-F:.]/))) + ')';
      } else if (field.length > 4) {
        return 'each group must have 4 or fewer digits (at ' + JSON.stringify(text.slice(text.indexOf(field))) + ')';
      } else {
        const group = Number.parseInt(field, 16);
        bytes.push(group >> 8, group & 0xff);
      }
    }
    groups.push(bytes);
  }
  const [head = [], tail] = groups;
  if (tail === undefined) return head.length === 16 ? head : head.length < 16 ? 'address string too short' : 'trailing garbage after address';
  const missing = 16 - head.length - tail.length;
  if (missing < 2) return 'the :: must expand to at least one field of zeros';
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail];
}

export function formatAddress({ family, bytes }: Address): string {
  if (family === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0));
  if (isMapped({ family, bytes })) return `::ffff:${bytes.slice(12).join('.')}`;
  let best = { start: -1, length: 1 };
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > best.length) best = { start: i, length: end - i };
    if (end > i) i = end;
  }
  const hex = (from: number, to: number): string => groups.slice(from, to).map((g) => g.toString(16)).join(':');
  return best.start < 0 ? hex(0, 8) : `${hex(0, best.start)}::${hex(best.start + best.length, 8)}`;
}

/** ::ffff:a.b.c.d */
export function isMapped({ family, bytes }: Address): boolean {
  return family === 6 && bytes[10] === 0xff && bytes[11] === 0xff && bytes.slice(0, 10).every((b) => b === 0);
}

export function parsePrefix(text: string): Parsed<Prefix> {
  const wrong = (why: string): { readonly error: string } => ({ error: `netip.ParsePrefix(${JSON.stringify(text)}): ${why}` });
  const slash = text.lastIndexOf('/');
  if (slash < 0) return wrong("no '/'");
  const address = parseAddress(text.slice(0, slash));
  if ('error' in address) return wrong(address.error);
  if (text.slice(0, slash).includes('%')) return wrong('IPv6 zones cannot be present in a prefix');
  const bits = text.slice(slash + 1);
  if (!/^(?:0|[1-9]\d{0,2})$/.test(bits)) return wrong(`bad bits after slash: ${JSON.stringify(bits)}`);
  if (Number(bits) > (address.value.family === 4 ? 32 : 128)) return wrong('prefix length out of range');
  return { value: { address: address.value, bits: Number(bits) } };
}

/** The prefix with its host bits cleared. */
export function masked({ address, bits }: Prefix): Prefix {
  const bytes = address.bytes.map((byte, i) => {
    const kept = Math.max(0, Math.min(8, bits - 8 * i));
    return byte & (0xff << (8 - kept)) & 0xff;
  });
  return { address: { family: address.family, bytes }, bits };
}

export function contains(prefix: Prefix, address: Address): boolean {
  if (prefix.address.family !== address.family) return false;
  const own = masked(prefix).address.bytes;
  const other = masked({ address, bits: prefix.bits }).address.bytes;
  return own.every((byte, i) => byte === other[i]);
}

const isAll = (bytes: readonly number[], value: number): boolean => bytes.every((b) => b === value);

export function isUnspecified({ bytes }: Address): boolean {
  return isAll(bytes, 0);
}
export function isLoopback({ family, bytes }: Address): boolean {
  return family === 4 ? bytes[0] === 127 : isAll(bytes.slice(0, 15), 0) && bytes[15] === 1;
}
export function isMulticast({ family, bytes }: Address): boolean {
  return family === 4 ? ((bytes[0] ?? 0) & 0xf0) === 0xe0 : bytes[0] === 0xff;
}
export function isLinkLocalMulticast({ family, bytes }: Address): boolean {
  return family === 4 ? bytes[0] === 224 && bytes[1] === 0 && bytes[2] === 0 : bytes[0] === 0xff && ((bytes[1] ?? 0) & 0x0f) === 2;
}
export function isLinkLocalUnicast({ family, bytes }: Address): boolean {
  return family === 4 ? bytes[0] === 169 && bytes[1] === 254 : bytes[0] === 0xfe && ((bytes[1] ?? 0) & 0xc0) === 0x80;
}
export function isGlobalUnicast(address: Address): boolean {
  if (address.family === 4 && isAll(address.bytes, 255)) return false;
  return !isUnspecified(address) && !isLoopback(address) && !isMulticast(address) && !isLinkLocalUnicast(address);
}
