import { fieldInvalid, fieldRequired, FieldPath, type FieldError } from '../../../machinery/field-error.ts';
import { validateLabelSelector, type LabelSelectorObject } from '../../../machinery/label-selector.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { ClusterRole } from '../role.ts';
import { checkPolicyRules } from '../validate-policy-rules.ts';

const ROOT = FieldPath.root();

export function validate(object: KubeObject): FieldError[] {
  return findingsOf(object as ClusterRole, false);
}

/** Kubernetes judges the object twice on update, and lists both findings. */
export function validateUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const lenient = hasInvalidLabelValue(old as ClusterRole);
  const findings = findingsOf(object as ClusterRole, lenient);
  return [...findings, ...findings];
}

function findingsOf(role: ClusterRole, allowInvalidLabelValues: boolean): FieldError[] {
  const findings: FieldError[] = [];
  checkPolicyRules(findings, role.rules, ROOT.child('rules'), false);
  if (role.aggregationRule === undefined) return findings;
  const path = ROOT.child('aggregationRule', 'clusterRoleSelectors');
  const selectors = selectorsOf(role);
  if (selectors.length === 0) findings.push(fieldRequired(path, 'at least one clusterRoleSelector required if aggregationRule is non-nil'));
  selectors.forEach((selector, i) => {
    findings.push(...validateLabelSelector(selector, path.index(i), { allowInvalidLabelValues }));
    // What cannot be compiled is said once more; values that are let through for older objects do not compile either.
    if (validateLabelSelector(selector, path.index(i)).length > 0) findings.push(fieldInvalid(path.index(i), null, 'invalid label selector.'));
  });
  return findings;
}

function selectorsOf(role: ClusterRole): LabelSelectorObject[] {
  return (role.aggregationRule?.clusterRoleSelectors ?? []) as LabelSelectorObject[];
}

function hasInvalidLabelValue(role: ClusterRole): boolean {
  return selectorsOf(role).some(
    (selector) => validateLabelSelector(selector, ROOT).length > validateLabelSelector(selector, ROOT, { allowInvalidLabelValues: true }).length,
  );
}
