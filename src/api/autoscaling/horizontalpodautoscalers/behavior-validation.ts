import { fieldInvalid, fieldRequired, type FieldError, type FieldPath } from '../../../machinery/field-error.ts';
import { checkOneOf } from '../../pod-template/findings.ts';
import type { Behavior, ScalingRules } from './horizontal-pod-autoscaler.ts';
import { signOf } from './metric-validation.ts';

const MAX_STABILIZATION_SECONDS = 3600;
const MAX_PERIOD_SECONDS = 1800;

export function checkBehavior(findings: FieldError[], behavior: Behavior | undefined, path: FieldPath): void {
  checkRules(findings, behavior?.scaleUp, path.child('scaleUp'));
  checkRules(findings, behavior?.scaleDown, path.child('scaleDown'));
}

function checkRules(findings: FieldError[], rules: ScalingRules | undefined, path: FieldPath): void {
  if (rules === undefined) return;
  const { stabilizationWindowSeconds: seconds, selectPolicy, tolerance, policies = [] } = rules;
  const secondsPath = path.child('stabilizationWindowSeconds');
  if (seconds !== undefined && seconds < 0) findings.push(fieldInvalid(secondsPath, seconds, 'must be greater than or equal to zero'));
  if (seconds !== undefined && seconds > MAX_STABILIZATION_SECONDS) findings.push(fieldInvalid(secondsPath, seconds, `must be less than or equal to ${MAX_STABILIZATION_SECONDS}`));
  if (selectPolicy !== undefined) checkOneOf(findings, path.child('selectPolicy'), selectPolicy, ['Disabled', 'Max', 'Min']);
  if (tolerance !== undefined && signOf(tolerance) < 0) findings.push(fieldInvalid(path.child('tolerance'), tolerance, 'must be greater than or equal to 0'));
  const policiesPath = path.child('policies');
  if (policies.length === 0) findings.push(fieldRequired(policiesPath, 'must specify at least one Policy'));
  policies.forEach(({ type, value = 0, periodSeconds = 0 }, i) => {
    const policyPath = policiesPath.index(i);
    checkOneOf(findings, policyPath.child('type'), type ?? '', ['Percent', 'Pods']);
    if (value <= 0) findings.push(fieldInvalid(policyPath.child('value'), value, 'must be greater than zero'));
    if (periodSeconds <= 0) findings.push(fieldInvalid(policyPath.child('periodSeconds'), periodSeconds, 'must be greater than zero'));
    if (periodSeconds > MAX_PERIOD_SECONDS) findings.push(fieldInvalid(policyPath.child('periodSeconds'), periodSeconds, `must be less than or equal to ${MAX_PERIOD_SECONDS}`));
  });
}
