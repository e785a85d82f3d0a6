import { fieldInvalid, fieldRequired, type FieldPath } from '../../machinery/field-error.ts';
import { isDns1123SubdomainWithUnderscore } from '../../machinery/names.ts';
import { checkDnsSubdomain, reportTexts, type Findings } from './findings.ts';
import { checkIpAddress } from './ip-address.ts';
import type { PodSpec } from './shapes.ts';

const MAX_NAMESERVERS = 3;
const MAX_SEARCHES = 32;
const MAX_SEARCH_CHARACTERS = 2048;

export function checkDnsConfig(findings: Findings, spec: PodSpec, path: FieldPath): void {
  const config = spec.dnsConfig;
  if (spec.dnsPolicy === 'None') {
    if (config === undefined) {
      findings.push(fieldRequired(path, 'must provide `dnsConfig` when `dnsPolicy` is None'));
      return;
    }
    if ((config.nameservers ?? []).length === 0) {
      findings.push(fieldRequired(path.child('nameservers'), 'must provide at least one DNS nameserver when `dnsPolicy` is None'));
      return;
    }
  }
  if (config === undefined) return;
  const nameservers = config.nameservers ?? [];
  const searches = config.searches ?? [];
  if (nameservers.length > MAX_NAMESERVERS) findings.push(fieldInvalid(path.child('nameservers'), nameservers, `must not have more than ${MAX_NAMESERVERS} nameservers`));
  nameservers.forEach((address, i) => checkIpAddress(findings, path.child('nameservers').index(i), address));
  if (searches.length > MAX_SEARCHES) findings.push(fieldInvalid(path.child('searches'), searches, `must not have more than ${MAX_SEARCHES} search paths`));
  if (searches.join(' ').length > MAX_SEARCH_CHARACTERS) {
    findings.push(fieldInvalid(path.child('searches'), searches, `must not have more than ${MAX_SEARCH_CHARACTERS} characters (including spaces) in the search list`));
  }
  searches.forEach((search, i) => {
    if (search === '.') return;
    const name = search.replace(/\.$/, '');
    reportTexts(findings, path.child('searches').index(i), name, isDns1123SubdomainWithUnderscore(name));
  });
  (config.options ?? []).forEach((option, i) => {
    if (!option.name) findings.push(fieldRequired(path.child('options').index(i), 'must not be empty'));
  });
}

export function checkHostAliases(findings: Findings, aliases: PodSpec['hostAliases'], path: FieldPath): void {
  (aliases ?? []).forEach((alias, i) => {
    checkIpAddress(findings, path.index(i).child('ip'), alias.ip ?? '');
    (alias.hostnames ?? []).forEach((name, j) => checkDnsSubdomain(findings, path.index(i).child('hostnames').index(j), name));
  });
}
