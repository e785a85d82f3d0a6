import { FieldPath, fieldInvalid, type FieldError } from '../../../machinery/field-error.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { checkAtMostAll, checkIntOrPercent } from '../../apps/int-or-percent.ts';
import { shownSelector } from '../../apps/selectors.ts';
import { checkCounts } from '../../apps/status-counts.ts';
import { checkOneOf } from '../../pod-template/findings.ts';
import { selectorFindings } from '../../pod-template/validate-affinity.ts';
import { checkConditions } from '../conditions.ts';
import type { PodDisruptionBudget } from './pod-disruption-budget.ts';

const SPEC = FieldPath.root('spec');
const STATUS = FieldPath.root('status');

export function validate(object: KubeObject): FieldError[] {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy } = (object as PodDisruptionBudget).spec ?? {};
  const findings: FieldError[] = [];
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    const shown = {
      MinAvailable: minAvailable,
      Selector: shownSelector(selector),
      MaxUnavailable: maxUnavailable,
      UnhealthyPodEvictionPolicy: unhealthyPodEvictionPolicy ?? null,
    };
    findings.push(fieldInvalid(SPEC, shown, 'minAvailable and maxUnavailable cannot be both set'));
  }
  for (const [field, value] of [
    ['minAvailable', minAvailable],
    ['maxUnavailable', maxUnavailable],
  ] as const) {
    if (value === undefined) continue;
    checkIntOrPercent(findings, SPEC.child(field), value);
    checkAtMostAll(findings, SPEC.child(field), value);
  }
  findings.push(...selectorFindings(selector, SPEC.child('selector')));
  if (unhealthyPodEvictionPolicy !== undefined) {
    checkOneOf(findings, SPEC.child('unhealthyPodEvictionPolicy'), unhealthyPodEvictionPolicy, ['AlwaysAllow', 'IfHealthyBudget']);
  }
  return findings;
}

export function validateStatusUpdate(object: KubeObject): FieldError[] {
  const status = (object as PodDisruptionBudget).status ?? {};
  const findings: FieldError[] = [];
  checkConditions(findings, status.conditions, STATUS.child('conditions'));
  checkCounts(findings, status, ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'], STATUS);
  return findings;
}
