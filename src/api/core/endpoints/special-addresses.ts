import { fieldInvalid, type FieldPath } from '../../../machinery/field-error.ts';
import type { Findings } from '../../pod-template/findings.ts';
import { formatIpAddress, INVALID_IP, parseIpAddress, type IpAddress } from '../../pod-template/ip-address.ts';

/** Addresses that mean something to one machine only are no place to send traffic to. */
export function checkNonSpecialIp(findings: Findings, path: FieldPath, text: string): void {
  const address = parseIpAddress(text);
  if (address === undefined) {
    findings.push(fieldInvalid(path, text, INVALID_IP));
    return;
  }
  if (address.bytes.every((byte) => byte === 0)) findings.push(fieldInvalid(path, text, `may not be unspecified (${formatIpAddress(address)})`));
  if (isLoopback(address)) findings.push(fieldInvalid(path, text, 'may not be in the loopback range (127.0.0.0/8, ::1/128)'));
  if (isLinkLocal(address)) findings.push(fieldInvalid(path, text, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'));
  if (isLinkLocalMulticast(address)) findings.push(fieldInvalid(path, text, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'));
}

function isLoopback({ family, bytes }: IpAddress): boolean {
  return family === 'IPv4' ? bytes[0] === 127 : bytes[15] === 1 && bytes.slice(0, 15).every((byte) => byte === 0);
}

function isLinkLocal({ family, bytes }: IpAddress): boolean {
  const [a = 0, b = 0] = bytes;
  return family === 'IPv4' ? a === 169 && b === 254 : a === 0xfe && (b & 0xc0) === 0x80;
}

function isLinkLocalMulticast({ family, bytes }: IpAddress): boolean {
  const [a = 0, b = 0, c = 0] = bytes;
  return family === 'IPv4' ? a === 224 && b === 0 && c === 0 : a === 0xff && (b & 0x0f) === 0x02;
}
