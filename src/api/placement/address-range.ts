import { formatIpAddress, parseCidr } from '../pod-template/ip-address.ts';

/** Addresses that share a prefix. */
export interface AddressRange {
  readonly family: 'IPv4' | 'IPv6';
  readonly prefixLength: number;
  /** The first address, as a number. */
  readonly base: bigint;
  readonly size: bigint;
}

/** Undefined for text that is no range; bits behind the prefix do not count. */
export function parseRange(text: string): AddressRange | undefined {
  const cidr = parseCidr(text);
  if (!cidr) return undefined;
  const { address, prefixLength } = cidr;
  const size = 1n << BigInt(bitsOf(address.family) - prefixLength);
  const value = address.bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return { family: address.family, prefixLength, base: value - (value % size), size };
}

/** The address so many behind the first one. */
export function addressAt({ family, base }: Pick<AddressRange, 'family' | 'base'>, offset: bigint): string {
  let value = base + offset;
  const bytes: number[] = [];
  for (let i = 0; i < bitsOf(family) / 8; i++) {
    bytes.unshift(Number(value & 255n));
    value >>= 8n;
  }
  return formatIpAddress({ family, bytes, mapped: false, leadingZeros: false });
}

export function formatRange(range: AddressRange): string {
  return `${addressAt(range, 0n)}/${range.prefixLength}`;
}

export function overlaps(a: AddressRange, b: AddressRange): boolean {
  return a.family === b.family && a.base < b.base + b.size && b.base < a.base + a.size;
}

function bitsOf(family: AddressRange['family']): 32 | 128 {
  return family === 'IPv4' ? 32 : 128;
}
