import { FieldPath, fieldInvalid, fieldRequired, type FieldError } from '../../../machinery/field-error.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { parseCidr } from '../../pod-template/ip-address.ts';
import { checkCanonicalCidr } from '../canonical-addresses.ts';
import type { ServiceCidr } from './service-cidr.ts';

const CIDRS = FieldPath.root('spec').child('cidrs');
const IMMUTABLE = 'field is immutable';

/** One range, or one of each family. */
export function validate(object: KubeObject): FieldError[] {
  const cidrs = (object as ServiceCidr).spec?.cidrs ?? [];
  if (cidrs.length === 0) return [fieldRequired(CIDRS, 'at least one CIDR required')];
  if (cidrs.length > 2) return [fieldInvalid(CIDRS, { CIDRs: cidrs }, 'may only hold up to 2 values')];
  if (cidrs.length === 2) {
    const [first, second] = cidrs.map((cidr) => parseCidr(cidr)?.address.family);
    if (first === undefined || second === undefined || first === second) {
      return [fieldInvalid(CIDRS, cidrs, 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64')];
    }
  }
  const findings: FieldError[] = [];
  cidrs.forEach((cidr, i) => checkCanonicalCidr(findings, CIDRS.index(i), cidr));
  return findings;
}

/** Addresses are given out of a range: it stays, but a range of the other family may come. */
export function validateUpdate(object: KubeObject, oldObject: KubeObject): FieldError[] {
  const cidrs = (object as ServiceCidr).spec?.cidrs ?? [];
  const old = (oldObject as ServiceCidr).spec?.cidrs ?? [];
  const gainsFamily = old.length === 1 && cidrs.length === 2;
  if (cidrs.length !== old.length && !gainsFamily) return [fieldInvalid(CIDRS, cidrs, IMMUTABLE)];
  const findings: FieldError[] = [];
  old.forEach((cidr, i) => {
    if (cidr !== cidrs[i]) findings.push(fieldInvalid(CIDRS.index(i), cidrs[i] ?? '', IMMUTABLE));
  });
  if (gainsFamily) findings.push(...validate(object));
  return findings;
}
