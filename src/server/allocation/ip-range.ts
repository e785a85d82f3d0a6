import { formatIpAddress, parseCidr, parseIpAddress, type IpAddress } from '../../api/pod-template/ip-address.ts';
import type { IpFamily } from '../../api/core/services/ip-families.ts';
import type { SlotRange } from './free-slot.ts';

/**
 * The addresses of a CIDR that services may have: all but the network's own and, in IPv4, its broadcast address. Each
 * is a slot, numbered by its value. The first ones are left to those who ask for an address by name.
 */
export interface IpRange extends SlotRange {
  readonly family: IpFamily;
  /** As it was given. */
  readonly cidr: string;
  /** The values of the whole network: everything that belongs to the range, allocatable or not. */
  readonly networkFirst: bigint;
  readonly networkLast: bigint;
}

const RESERVED_MIN = 16n;
const RESERVED_MAX = 256n;
const RESERVED_SHARE = 16n;

/** Undefined for what is not a CIDR. */
export function parseIpRange(cidr: string): IpRange | undefined {
  const parsed = parseCidr(cidr);
  if (parsed === undefined || parsed.address.mapped) return undefined;
  const { address, prefixLength } = parsed;
  const hostBits = BigInt(address.bytes.length * 8 - prefixLength);
  const size = 1n << hostBits;
  const networkFirst = (valueOf(address) >> hostBits) << hostBits;
  const networkLast = networkFirst + size - 1n;
  const first = networkFirst + 1n;
  const last = address.family === 'IPv4' ? networkLast - 1n : networkLast;
  return { family: address.family, cidr, networkFirst, networkLast, first, last, preferredFrom: first + reserved(size) };
}

function reserved(size: bigint): bigint {
  if (size <= RESERVED_MIN) return 0n;
  const share = size / RESERVED_SHARE;
  return share < RESERVED_MIN ? RESERVED_MIN : share > RESERVED_MAX ? RESERVED_MAX : share;
}

export interface IpSlot {
  readonly family: IpFamily;
  readonly value: bigint;
}

/** Undefined for what is not an address. */
export function parseIpSlot(text: string): IpSlot | undefined {
  const address = parseIpAddress(text);
  return address && { family: address.family, value: valueOf(address) };
}

/** In canonical form: the name of its IPAddress. */
export function formatIpSlot({ family, value }: IpSlot): string {
  const length = family === 'IPv4' ? 4 : 16;
  const bytes = Array.from({ length }, (_, i) => Number((value >> BigInt(8 * (length - 1 - i))) & 0xffn));
  return formatIpAddress({ family, bytes, mapped: false, leadingZeros: false });
}

/** The address lies in the range's network, be it allocatable or not. */
export function isInNetwork(range: IpRange, slot: IpSlot): boolean {
  return range.family === slot.family && slot.value >= range.networkFirst && slot.value <= range.networkLast;
}

function valueOf(address: IpAddress): bigint {
  let value = 0n;
  for (const byte of address.bytes) value = (value << 8n) | BigInt(byte);
  return value;
}
