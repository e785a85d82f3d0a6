import { fieldInvalid, type FieldError, type FieldPath } from '../../machinery/field-error.ts';
import { checkCidr, formatIpAddress, INVALID_IP, parseIpAddress } from '../pod-template/ip-address.ts';

/** A range in the one spelling that it has: newer fields take no other. */
export function checkCanonicalCidr(findings: FieldError[], path: FieldPath, text: string): void {
  const before = findings.length;
  const cidr = checkCidr(findings, path, text);
  if (cidr === undefined || findings.length > before) return;
  const canonical = `${formatIpAddress(cidr.address)}/${cidr.prefixLength}`;
  if (canonical !== text) findings.push(fieldInvalid(path, text, canonicalText(canonical)));
}

/** What is wrong with an address as a name: names are compared as texts, so that only one spelling will do. */
export function addressNameTexts(name: string): string[] {
  const address = parseIpAddress(name);
  if (address === undefined) return [INVALID_IP];
  if (address.leadingZeros) return ['must not have leading 0s'];
  if (address.mapped) return ['must not be an IPv4-mapped IPv6 address'];
  const canonical = formatIpAddress(address);
  return canonical === name ? [] : [canonicalText(canonical)];
}

function canonicalText(canonical: string): string {
  return `must be in canonical form (${JSON.stringify(canonical)})`;
}
