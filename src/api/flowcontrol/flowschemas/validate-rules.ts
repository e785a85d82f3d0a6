import { fieldInvalid, fieldNotSupported, fieldRequired, type FieldError, type FieldPath } from '../../../machinery/field-error.ts';
import { isDns1123Label } from '../../../machinery/names.ts';
import type { Findings } from '../../pod-template/findings.ts';
import type { NonResourcePolicyRule, PolicyRulesWithSubjects, ResourcePolicyRule } from '../shapes.ts';
import { checkSubject } from './validate-subject.ts';

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch'];

export function checkRule(findings: Findings, rule: PolicyRulesWithSubjects, path: FieldPath): void {
  const { resourceRules = [], nonResourceRules = [] } = rule;
  const subjects = rule.subjects ?? [];
  if (subjects.length === 0) findings.push(fieldRequired(path.child('subjects'), 'subjects must contain at least one value'));
  subjects.forEach((subject, i) => checkSubject(findings, subject, path.child('subjects').index(i)));
  if (resourceRules.length === 0 && nonResourceRules.length === 0) {
    findings.push(fieldRequired(path, 'at least one of resourceRules and nonResourceRules has to be non-empty'));
  }
  resourceRules.forEach((item, i) => checkResourceRule(findings, item, path.child('resourceRules').index(i)));
  nonResourceRules.forEach((item, i) => checkNonResourceRule(findings, item, path.child('nonResourceRules').index(i)));
}

function checkResourceRule(findings: Findings, rule: ResourcePolicyRule, path: FieldPath): void {
  checkVerbs(findings, rule.verbs ?? [], path.child('verbs'));
  checkListed(findings, rule.apiGroups ?? [], path.child('apiGroups'), { missing: 'resource rules must supply at least one api group', others: 'api groups' });
  checkListed(findings, rule.resources ?? [], path.child('resources'), { missing: 'resource rules must supply at least one resource', others: 'resources' });
  const namespaces = rule.namespaces ?? [];
  const at = path.child('namespaces');
  if (namespaces.length === 0) {
    if (rule.clusterScope !== true) findings.push(fieldRequired(at, 'resource rules that are not cluster scoped must supply at least one namespace'));
  } else if (!checkWildcard(findings, namespaces, at, 'namespaces')) {
    namespaces.forEach((namespace, i) => {
      for (const text of isDns1123Label(namespace)) {
        findings.push(fieldInvalid(at.index(i), namespace, `each member of this list must be '*' or a DNS-1123 label; ${text}`));
      }
    });
  }
}

function checkNonResourceRule(findings: Findings, rule: NonResourcePolicyRule, path: FieldPath): void {
  checkVerbs(findings, rule.verbs ?? [], path.child('verbs'));
  const urls = rule.nonResourceURLs ?? [];
  const at = path.child('nonResourceURLs');
  if (urls.length === 0) findings.push(fieldRequired(at, 'nonResourceURLs must contain at least one value'));
  else if (!checkWildcard(findings, urls, at, 'non-resource URLs')) {
    urls.forEach((url, i) => {
      const finding = urlFinding(url, at.index(i));
      if (finding !== undefined) findings.push(finding);
    });
  }
}

function checkVerbs(findings: Findings, verbs: readonly string[], path: FieldPath): void {
  if (verbs.length === 0) findings.push(fieldRequired(path, 'verbs must contain at least one value'));
  else if (!checkWildcard(findings, verbs, path, 'verbs') && !verbs.every((verb) => VERBS.includes(verb))) {
    findings.push(fieldNotSupported(path, verbs, VERBS));
  }
}

function checkListed(findings: Findings, values: readonly string[], path: FieldPath, texts: { readonly missing: string; readonly others: string }): void {
  if (values.length === 0) findings.push(fieldRequired(path, texts.missing));
  else checkWildcard(findings, values, path, texts.others);
}

/** True when everything is meant; `*` stands alone. */
function checkWildcard(findings: Findings, values: readonly string[], path: FieldPath, others: string): boolean {
  if (!values.includes('*')) return false;
  if (values.length > 1) findings.push(fieldInvalid(path, values, `if '*' is present, must not specify other ${others}`));
  return true;
}

function urlFinding(url: string, path: FieldPath): FieldError | undefined {
  if (url === '') return fieldInvalid(path, url, 'must not be empty');
  if (url === '/') return undefined;
  if (!url.startsWith('/')) return fieldInvalid(path, url, 'must start with slash');
  if (url.includes(' ')) return fieldInvalid(path, url, 'must not contain white-space');
  if (url.includes('//')) return fieldInvalid(path, url, 'must not contain double slash');
  const star = url.indexOf('*');
  if (star >= 0 && (star < url.length - 1 || !url.endsWith('/*'))) return fieldInvalid(path, url, 'wildcard can only do suffix matching');
  return undefined;
}
