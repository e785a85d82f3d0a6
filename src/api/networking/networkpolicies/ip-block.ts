import { fieldInvalid, fieldRequired, type FieldError, type FieldPath } from '../../../machinery/field-error.ts';
import { checkCidr, parseCidr, type Cidr } from '../../pod-template/ip-address.ts';
import type { IpBlock } from './network-policy.ts';

/** A range of addresses, and smaller ones inside it that are left out. */
export function checkIpBlock(findings: FieldError[], { cidr = '', except = [] }: IpBlock, path: FieldPath, knownRanges: ReadonlySet<string>): void {
  const cidrPath = path.child('cidr');
  if (cidr === '') {
    findings.push(fieldRequired(cidrPath));
    return;
  }
  const check = (text: string, textPath: FieldPath): Cidr | undefined => (knownRanges.has(text) ? parseCidr(text) : checkCidr(findings, textPath, text));
  const outer = check(cidr, cidrPath);
  if (outer === undefined) return;
  except.forEach((text, i) => {
    const exceptPath = path.child('except').index(i);
    const inner = check(text, exceptPath);
    if (inner !== undefined && !isStrictSubset(inner, outer)) findings.push(fieldInvalid(exceptPath, text, 'must be a strict subset of `cidr`'));
  });
}

function isStrictSubset(inner: Cidr, outer: Cidr): boolean {
  if (inner.address.family !== outer.address.family || inner.prefixLength <= outer.prefixLength) return false;
  const bits = outer.address.mapped ? outer.prefixLength - 96 : outer.prefixLength;
  return outer.address.bytes.every((byte, i) => {
    const mask = 0xff & ~(0xff >> Math.min(8, Math.max(0, bits - 8 * i)));
    return (byte & mask) === ((inner.address.bytes[i] ?? 0) & mask);
  });
}
