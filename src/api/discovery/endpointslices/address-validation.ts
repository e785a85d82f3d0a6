import { fieldInvalid, type FieldError, type FieldPath } from '../../../machinery/field-error.ts';
import { checkDnsSubdomain } from '../../pod-template/findings.ts';
import { checkIpAddress, parseIpAddress, type IpAddress } from '../../pod-template/ip-address.ts';

/** Where an address stands: addresses of the wrong family are reported of the list, all else of the address itself. */
export interface AddressPlace {
  /** The list's. */
  readonly path: FieldPath;
  readonly index: number;
  readonly addressType: string;
  /** Addresses that may stand there in any spelling. */
  readonly known: ReadonlySet<string>;
}

/** Addresses that nobody else can reach are no endpoints. Of unknown types nothing is said. */
export function checkAddress(findings: FieldError[], text: string, { path, index, addressType, known }: AddressPlace): void {
  const itemPath = path.index(index);
  if (addressType === 'FQDN') checkDnsSubdomain(findings, itemPath, text);
  if (addressType !== 'IPv4' && addressType !== 'IPv6') return;
  const address = known.has(text) ? parseIpAddress(text) : checkIpAddress(findings, itemPath, text);
  if (address === undefined) return;
  if (address.family !== addressType) findings.push(fieldInvalid(path, text, `must be an ${addressType} address`));
  const fault = specialRange(address, text);
  if (fault !== undefined) findings.push(fieldInvalid(itemPath, text, fault));
}

/** Why an address is not one of a machine on a network; undefined when it is. */
export function specialRange({ family, bytes }: IpAddress, text: string): string | undefined {
  const [a = 0, b = 0, c = 0] = bytes;
  const isV4 = family === 'IPv4';
  if (bytes.every((byte) => byte === 0)) return `may not be unspecified (${text})`;
  const isLoopback = isV4 ? a === 127 : bytes.slice(0, -1).every((byte) => byte === 0) && bytes.at(-1) === 1;
  if (isLoopback) return 'may not be in the loopback range (127.0.0.0/8, ::1/128)';
  const isLinkLocal = isV4 ? a === 169 && b === 254 : a === 0xfe && (b & 0xc0) === 0x80;
  if (isLinkLocal) return 'may not be in the link-local range (169.254.0.0/16, fe80::/10)';
  const isMulticast = isV4 ? a === 224 && b === 0 && c === 0 : a === 0xff && (b & 0x0f) === 0x02;
  return isMulticast ? 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)' : undefined;
}
