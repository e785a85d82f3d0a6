import { fieldDuplicate, fieldForbidden, fieldInvalid, fieldRequired, type FieldPath } from '../../machinery/field-error.ts';
import { validateLabelName } from '../../machinery/label-validation.ts';
import { checkOneOf, type Findings } from './findings.ts';
import type { TopologySpreadConstraint } from './shapes.ts';
import { selectorFindings } from './validate-affinity.ts';

export function checkTopologySpread(findings: Findings, constraints: readonly TopologySpreadConstraint[] | undefined, path: FieldPath): void {
  (constraints ?? []).forEach((constraint, i) => {
    const itemPath = path.index(i);
    const topologyKey = constraint.topologyKey ?? '';
    const action = constraint.whenUnsatisfiable ?? '';
    if ((constraint.maxSkew ?? 0) <= 0) findings.push(fieldInvalid(itemPath.child('maxSkew'), constraint.maxSkew ?? 0, 'must be greater than zero'));
    if (topologyKey === '') findings.push(fieldRequired(itemPath.child('topologyKey'), 'can not be empty'));
    else findings.push(...validateLabelName(topologyKey, itemPath.child('topologyKey')));
    checkOneOf(findings, itemPath.child('whenUnsatisfiable'), action, ['DoNotSchedule', 'ScheduleAnyway']);
    for (const other of constraints?.slice(i + 1) ?? []) {
      if (other.topologyKey === topologyKey && other.whenUnsatisfiable === action) {
        findings.push(fieldDuplicate(itemPath.child('{topologyKey, whenUnsatisfiable}'), `{${topologyKey}, ${action}}`));
      }
    }
    checkMinDomains(findings, constraint.minDomains, action, itemPath.child('minDomains'));
    for (const policy of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
      if (constraint[policy] !== undefined) checkOneOf(findings, itemPath.child(policy), constraint[policy], ['Honor', 'Ignore']);
    }
    checkMatchLabelKeys(findings, constraint, itemPath.child('matchLabelKeys'));
    findings.push(...selectorFindings(constraint.labelSelector, itemPath.child('labelSelector')));
  });
}

function checkMinDomains(findings: Findings, minDomains: number | undefined, action: string, path: FieldPath): void {
  if (minDomains === undefined) return;
  if (minDomains <= 0) findings.push(fieldInvalid(path, minDomains, 'must be greater than zero'));
  if (action !== 'DoNotSchedule') findings.push(fieldInvalid(path, minDomains, `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`));
}

function checkMatchLabelKeys(findings: Findings, { matchLabelKeys, labelSelector }: TopologySpreadConstraint, path: FieldPath): void {
  if (matchLabelKeys === undefined || matchLabelKeys.length === 0) return;
  if (labelSelector === undefined) {
    findings.push(fieldForbidden(path, 'must not be specified when labelSelector is not set'));
    return;
  }
  const selected = new Set(Object.keys(labelSelector.matchLabels ?? {}));
  matchLabelKeys.forEach((key, i) => {
    findings.push(...validateLabelName(key, path.index(i)));
    if (selected.has(key)) findings.push(fieldInvalid(path.index(i), key, 'exists in both matchLabelKeys and labelSelector'));
  });
}
