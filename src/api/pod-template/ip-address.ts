import { fieldInvalid, type FieldPath } from '../../machinery/field-error.ts';
import type { Findings } from './findings.ts';

/**
 * Addresses as the API judges them. Reading is lenient with leading zeros in IPv4, as Kubernetes always read them;
 * whether such a text is let through is the caller's matter.
 */
export interface IpAddress {
  readonly family: 'IPv4' | 'IPv6';
  /** 4 or 16 bytes; an IPv4-mapped IPv6 address counts as IPv4 with `mapped` set. */
  readonly bytes: readonly number[];
  readonly mapped: boolean;
  readonly leadingZeros: boolean;
}

export function parseIpAddress(text: string): IpAddress | undefined {
  if (!text.includes(':')) {
    const v4 = parseIpv4(text);
    return v4 && { family: 'IPv4', bytes: v4.bytes, mapped: false, leadingZeros: v4.leadingZeros };
  }
  const v6 = parseIpv6(text);
  if (v6 === undefined) return undefined;
  const mapped = v6.bytes.slice(0, 10).every((byte) => byte === 0) && v6.bytes[10] === 255 && v6.bytes[11] === 255;
  return mapped
    ? { family: 'IPv4', bytes: v6.bytes.slice(12), mapped: true, leadingZeros: v6.leadingZeros }
    : { family: 'IPv6', bytes: v6.bytes, mapped: false, leadingZeros: v6.leadingZeros };
}

interface ParsedBytes {
  readonly bytes: number[];
  readonly leadingZeros: boolean;
}

function parseIpv4(text: string): ParsedBytes | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^[0-9]{1,10}$/.test(part))) return undefined;
  const bytes = parts.map(Number);
  if (bytes.some((byte) => byte > 255)) return undefined;
  return { bytes, leadingZeros: parts.some((part) => part.length > 1 && part.startsWith('0')) };
}

function parseIpv6(text: string): ParsedBytes | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? '', true) : { bytes: [], leadingZeros: false };
  if (head === undefined || tail === undefined) return undefined;
  const missing = 16 - head.bytes.length - tail.bytes.length;
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined;
  return { bytes: [...head.bytes, ...Array.from({ length: missing }, () => 0), ...tail.bytes], leadingZeros: head.leadingZeros || tail.leadingZeros };
}

/** The last group may be an IPv4 address. */
function parseGroups(text: string, mayEndInIpv4: boolean): ParsedBytes | undefined {
  if (text === '') return { bytes: [], leadingZeros: false };
  const bytes: number[] = [];
  let leadingZeros = false;
  const groups = text.split(':');
  for (const [i, group] of groups.entries()) {
    if (mayEndInIpv4 && i === groups.length - 1 && group.includes('.')) {
      const v4 = parseIpv4(group);
      if (v4 === undefined) return undefined;
      bytes.push(...v4.bytes);
      leadingZeros = v4.leadingZeros;
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 255);
    }
  }
  return { bytes, leadingZeros };
}

/** RFC 5952: small letters, the longest run of zero groups shortened. */
export function formatIpAddress(address: IpAddress): string {
  if (address.family === 'IPv4') return address.bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, i) => ((address.bytes[2 * i] ?? 0) << 8) | (address.bytes[2 * i + 1] ?? 0));
  let best = { from: 0, length: 1 };
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (i + length < 8 && groups[i + length] === 0) length++;
    if (length > best.length) best = { from: i, length };
  }
  const texts = groups.map((group) => group.toString(16));
  if (best.length < 2) return texts.join(':');
  return `${texts.slice(0, best.from).join(':')}::${texts.slice(best.from + best.length).join(':')}`;
}

export const INVALID_IP = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
export const INVALID_CIDR = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

/** For fields that always took addresses in any spelling; what is ambiguous is refused since. */
export function checkIpAddress(findings: Findings, path: FieldPath, text: string): IpAddress | undefined {
  const address = parseIpAddress(text);
  if (address === undefined) {
    findings.push(fieldInvalid(path, text, INVALID_IP));
    return undefined;
  }
  if (address.leadingZeros) findings.push(fieldInvalid(path, text, 'must not have leading 0s'));
  else if (address.mapped) findings.push(fieldInvalid(path, text, 'must not be an IPv4-mapped IPv6 address'));
  return address;
}

export interface Cidr {
  readonly address: IpAddress;
  readonly prefixLength: number;
}

export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const address = parseIpAddress(text.slice(0, slash));
  const digits = text.slice(slash + 1);
  if (address === undefined || !/^[0-9]{1,10}$/.test(digits)) return undefined;
  const prefixLength = Number(digits);
  const bits = address.family === 'IPv4' && !address.mapped ? 32 : 128;
  return prefixLength > bits ? undefined : { address, prefixLength };
}

export function checkCidr(findings: Findings, path: FieldPath, text: string): Cidr | undefined {
  const cidr = parseCidr(text);
  if (cidr === undefined) {
    findings.push(fieldInvalid(path, text, INVALID_CIDR));
    return undefined;
  }
  const digits = text.slice(text.indexOf('/') + 1);
  if (cidr.address.leadingZeros || (digits.length > 1 && digits.startsWith('0'))) {
    findings.push(fieldInvalid(path, text, 'must not have leading 0s in IP or prefix length'));
  } else if (hasHostBits(cidr)) {
    findings.push(fieldInvalid(path, text, 'must not have bits set beyond the prefix length'));
  }
  if (cidr.address.mapped) findings.push(fieldInvalid(path, text, 'must not have an IPv4-mapped IPv6 address'));
  return cidr;
}

function hasHostBits({ address, prefixLength }: Cidr): boolean {
  const length = address.mapped ? prefixLength - 96 : prefixLength;
  return address.bytes.some((byte, i) => {
    const kept = Math.min(8, Math.max(0, length - 8 * i));
    return (byte & (255 >> kept)) !== 0;
  });
}

/** For values that are accepted but spelled unusually. */
export function ipWarnings(path: FieldPath, text: string): string[] {
  const address = parseIpAddress(text);
  if (address === undefined) return [];
  const canonical = formatIpAddress(address);
  if (address.leadingZeros || address.mapped) {
    return [`${path.text}: non-standard IP address ${JSON.stringify(text)} will be considered invalid in a future Kubernetes release: use ${JSON.stringify(canonical)}`];
  }
  if (address.family === 'IPv6' && canonical !== text) {
    return [`${path.text}: IPv6 address ${JSON.stringify(text)} should be in RFC 5952 canonical format (${JSON.stringify(canonical)})`];
  }
  return [];
}

/** As ipWarnings, for ranges. */
export function cidrWarnings(path: FieldPath, text: string): string[] {
  const cidr = parseCidr(text.trim());
  if (cidr === undefined) return [];
  const bytes = cidr.address.bytes.map((byte, i) => byte & ~(255 >> Math.min(8, Math.max(0, cidr.prefixLength - 8 * i))));
  const canonical = `${formatIpAddress({ ...cidr.address, bytes })}/${cidr.prefixLength}`;
  if (cidr.address.leadingZeros || cidr.address.mapped || hasHostBits(cidr)) {
    return [`${path.text}: non-standard CIDR value ${JSON.stringify(text)} will be considered invalid in a future Kubernetes release: use ${JSON.stringify(canonical)}`];
  }
  if (cidr.address.family === 'IPv6' && canonical !== text) {
    return [`${path.text}: IPv6 CIDR value ${JSON.stringify(text)} should be in RFC 5952 canonical format (${JSON.stringify(canonical)})`];
  }
  return [];
}
