import { FieldPath, fieldInvalid, type FieldError } from '../../../machinery/field-error.ts';
import { getOwn } from '../../../machinery/json.ts';
import { isDns1123Subdomain, isWildcardDns1123Subdomain } from '../../../machinery/names.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { checkDnsSubdomain, reportTexts } from '../../pod-template/findings.ts';
import { checkIpAddress, parseIpAddress } from '../../pod-template/ip-address.ts';
import { CLASS_ANNOTATION, type Ingress } from './ingress.ts';
import { checkBackend, checkPaths } from './path-validation.ts';

type Spec = NonNullable<Ingress['spec']>;

const SPEC = FieldPath.root('spec');
const ADDRESSES = FieldPath.root('status').child('loadBalancer', 'ingress');

export function validate(object: KubeObject): FieldError[] {
  const findings = validateAny(object);
  const named = getOwn(object.metadata.annotations ?? {}, CLASS_ANNOTATION);
  const className = (object as Ingress).spec?.ingressClassName;
  if (named !== undefined && className !== undefined && named !== className) {
    findings.push(fieldInvalid(FieldPath.root('annotations').child(CLASS_ANNOTATION), named, 'must match `ingressClassName` when both are specified'));
  }
  return findings;
}

export function validateAny(object: KubeObject): FieldError[] {
  const spec = (object as Ingress).spec ?? {};
  const findings: FieldError[] = [];
  if ((spec.rules ?? []).length === 0 && spec.defaultBackend === undefined) {
    findings.push(fieldInvalid(SPEC, spec.rules ?? null, 'either `defaultBackend` or `rules` must be specified'));
  }
  if (spec.defaultBackend !== undefined) checkBackend(findings, spec.defaultBackend, SPEC.child('defaultBackend'));
  (spec.rules ?? []).forEach((rule, i) => {
    const path = SPEC.child('rules').index(i);
    if (rule.host) checkRuleHost(findings, rule.host, path.child('host'));
    if (rule.http !== undefined) checkPaths(findings, rule.http.paths ?? [], path.child('http', 'paths'));
  });
  checkTls(findings, spec.tls ?? [], SPEC.child('tls'));
  if (spec.ingressClassName !== undefined) checkDnsSubdomain(findings, SPEC.child('ingressClassName'), spec.ingressClassName);
  return findings;
}

/** Addresses that stood there before may stay, however they are spelled. */
export function validateStatusUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const known = new Set(((old as Ingress).status?.loadBalancer?.ingress ?? []).map((entry) => entry.ip));
  const findings: FieldError[] = [];
  ((object as Ingress).status?.loadBalancer?.ingress ?? []).forEach(({ ip, hostname }, i) => {
    const path = ADDRESSES.index(i);
    if (ip && !known.has(ip)) checkIpAddress(findings, path.child('ip'), ip);
    if (!hostname) return;
    checkDnsSubdomain(findings, path.child('hostname'), hostname);
    checkNoAddress(findings, hostname, path.child('hostname'));
  });
  return findings;
}

function checkRuleHost(findings: FieldError[], host: string, path: FieldPath): void {
  checkNoAddress(findings, host, path);
  checkHost(findings, host, path);
}

function checkNoAddress(findings: FieldError[], host: string, path: FieldPath): void {
  if (parseIpAddress(host) !== undefined) findings.push(fieldInvalid(path, host, 'must be a DNS name, not an IP address'));
}

function checkHost(findings: FieldError[], host: string, path: FieldPath): void {
  reportTexts(findings, path, host, host.includes('*') ? isWildcardDns1123Subdomain(host) : isDns1123Subdomain(host));
}

function checkTls(findings: FieldError[], tls: NonNullable<Spec['tls']>, path: FieldPath): void {
  tls.forEach(({ hosts, secretName }, i) => {
    (hosts ?? []).forEach((host, j) => checkHost(findings, host, path.index(i).child('hosts').index(j)));
    if (secretName) checkDnsSubdomain(findings, path.index(i).child('secretName'), secretName);
  });
}
