import { fieldInvalid, fieldRequired, type FieldPath } from '../../machinery/field-error.ts';
import type { Findings } from '../pod-template/findings.ts';
import type { PolicyRule } from './role.ts';

const isEmpty = (list: readonly unknown[] | null | undefined): boolean => list === undefined || list === null || list.length === 0;

/** A rule is about resources or about other URLs, never about both; a namespace holds no URLs. */
export function checkPolicyRules(findings: Findings, rules: readonly PolicyRule[] | null | undefined, path: FieldPath, namespaced: boolean): void {
  (rules ?? []).forEach((rule, i) => checkPolicyRule(findings, rule, path.index(i), namespaced));
}

function checkPolicyRule(findings: Findings, rule: PolicyRule, path: FieldPath, namespaced: boolean): void {
  if (isEmpty(rule.verbs)) findings.push(fieldRequired(path.child('verbs'), 'verbs must contain at least one value'));
  if (!isEmpty(rule.nonResourceURLs)) {
    const urls = path.child('nonResourceURLs');
    if (namespaced) findings.push(fieldInvalid(urls, rule.nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs'));
    if (!isEmpty(rule.apiGroups) || !isEmpty(rule.resources) || !isEmpty(rule.resourceNames)) {
      findings.push(fieldInvalid(urls, rule.nonResourceURLs, 'rules cannot apply to both regular resources and non-resource URLs'));
    }
    return;
  }
  if (isEmpty(rule.apiGroups)) findings.push(fieldRequired(path.child('apiGroups'), 'resource rules must supply at least one api group'));
  if (isEmpty(rule.resources)) findings.push(fieldRequired(path.child('resources'), 'resource rules must supply at least one resource'));
}
