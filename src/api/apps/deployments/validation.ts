import { FieldPath, fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../../../machinery/field-error.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { checkNonnegative } from '../../pod-template/findings.ts';
import { checkAtMostAll, checkIntOrPercent, intOrPercentValue } from '../int-or-percent.ts';
import { checkRequiredSelector, checkSelectorUnchanged } from '../selectors.ts';
import { checkCollisionCount, checkCounts, checkNotAbove } from '../status-counts.ts';
import { checkReplicaTemplate } from '../workload-template.ts';
import type { Deployment } from '../workload.ts';

type Spec = NonNullable<Deployment['spec']>;
type Strategy = NonNullable<Spec['strategy']>;

const SPEC = FieldPath.root('spec');
const STATUS = FieldPath.root('status');
const COUNTS = ['observedGeneration', 'replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas', 'unavailableReplicas', 'terminatingReplicas', 'collisionCount'];

export function validate(object: KubeObject): FieldError[] {
  const spec = (object as Deployment).spec ?? {};
  const findings: FieldError[] = [];
  checkNonnegative(findings, SPEC.child('replicas'), spec.replicas);
  checkRequiredSelector(findings, spec.selector, SPEC.child('selector'), 'deployment');
  checkReplicaTemplate(findings, spec, SPEC);
  checkStrategy(findings, spec.strategy ?? {}, SPEC.child('strategy'));
  checkNonnegative(findings, SPEC.child('minReadySeconds'), spec.minReadySeconds);
  checkNonnegative(findings, SPEC.child('revisionHistoryLimit'), spec.revisionHistoryLimit);
  checkProgressDeadline(findings, spec);
  return findings;
}

export function validateUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const findings = validate(object);
  checkSelectorUnchanged(findings, (object as Deployment).spec?.selector, (old as Deployment).spec?.selector, SPEC.child('selector'));
  return findings;
}

export function validateStatusUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const status = (object as Deployment).status ?? {};
  const findings: FieldError[] = [];
  checkCounts(findings, status, COUNTS, STATUS);
  checkNotAbove(findings, status, ['updatedReplicas', 'readyReplicas', 'availableReplicas'], { field: 'replicas', path: STATUS, message: 'cannot be greater than status.replicas' });
  checkNotAbove(findings, status, ['availableReplicas'], { field: 'readyReplicas', path: STATUS, message: 'cannot be greater than readyReplicas' });
  checkCollisionCount(findings, status, (old as Deployment).status ?? {}, STATUS);
  return findings;
}

function checkStrategy(findings: FieldError[], strategy: Strategy, path: FieldPath): void {
  const rollingPath = path.child('rollingUpdate');
  const rolling = strategy.rollingUpdate;
  const type: string = strategy.type ?? '';
  switch (type) {
    case 'Recreate':
      if (rolling !== undefined) findings.push(fieldForbidden(rollingPath, "may not be specified when strategy `type` is 'Recreate'"));
      return;
    case 'RollingUpdate':
      if (rolling === undefined) findings.push(fieldRequired(rollingPath, 'this should be defaulted and never be nil'));
      else checkRollingUpdate(findings, rolling, rollingPath);
      return;
    default: {
      const shown = { Type: type, RollingUpdate: rolling === undefined ? null : { MaxUnavailable: rolling.maxUnavailable ?? 0, MaxSurge: rolling.maxSurge ?? 0 } };
      findings.push(fieldNotSupported(path, shown, ['Recreate', 'RollingUpdate']));
    }
  }
}

function checkRollingUpdate(findings: FieldError[], { maxUnavailable = 0, maxSurge = 0 }: NonNullable<Strategy['rollingUpdate']>, path: FieldPath): void {
  checkIntOrPercent(findings, path.child('maxUnavailable'), maxUnavailable);
  checkIntOrPercent(findings, path.child('maxSurge'), maxSurge);
  if (intOrPercentValue(maxUnavailable) === 0 && intOrPercentValue(maxSurge) === 0) {
    findings.push(fieldInvalid(path.child('maxUnavailable'), maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
  }
  checkAtMostAll(findings, path.child('maxUnavailable'), maxUnavailable);
}

function checkProgressDeadline(findings: FieldError[], { progressDeadlineSeconds: deadline, minReadySeconds = 0 }: Spec): void {
  if (deadline === undefined) return;
  const path = SPEC.child('progressDeadlineSeconds');
  checkNonnegative(findings, path, deadline);
  if (deadline <= minReadySeconds) findings.push(fieldInvalid(path, deadline, 'must be greater than minReadySeconds'));
}
