import { FieldPath, fieldInvalid, type FieldError } from '../../../machinery/field-error.ts';
import { parseApiVersion } from '../../../machinery/group-version.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { checkCounts } from '../../apps/status-counts.ts';
import { checkBehavior } from './behavior-validation.ts';
import type { HorizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts';
import { checkMetrics } from './metric-validation.ts';
import { checkReference, hasGroup } from './reference-validation.ts';

const SPEC = FieldPath.root('spec');
const STATUS = FieldPath.root('status');

export function validate(object: KubeObject): FieldError[] {
  return specFindings(object as HorizontalPodAutoscaler, undefined);
}

export function validateUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  return specFindings(object as HorizontalPodAutoscaler, old as HorizontalPodAutoscaler);
}

export function validateStatusUpdate(object: KubeObject): FieldError[] {
  const findings: FieldError[] = [];
  checkCounts(findings, (object as HorizontalPodAutoscaler).status ?? {}, ['currentReplicas', 'desiredReplicas'], STATUS);
  return findings;
}

function specFindings({ spec = {} }: HorizontalPodAutoscaler, old: HorizontalPodAutoscaler | undefined): FieldError[] {
  const findings: FieldError[] = [];
  const { minReplicas, maxReplicas = 0 } = spec;
  // Scaling to zero is off by default; where it was once on, zero stays.
  const lowest = old?.spec?.minReplicas === 0 ? 0 : 1;
  if (minReplicas !== undefined && minReplicas < lowest) findings.push(fieldInvalid(SPEC.child('minReplicas'), minReplicas, `must be greater than or equal to ${lowest}`));
  if (maxReplicas < 1) findings.push(fieldInvalid(SPEC.child('maxReplicas'), maxReplicas, 'must be greater than 0'));
  if (minReplicas !== undefined && maxReplicas < minReplicas) {
    findings.push(fieldInvalid(SPEC.child('maxReplicas'), maxReplicas, 'must be greater than or equal to `minReplicas`'));
  }
  const target = spec.scaleTargetRef ?? {};
  const oldTarget = old?.spec?.scaleTargetRef;
  checkReference(findings, target, SPEC.child('scaleTargetRef'), {
    needsGroup: target.kind !== 'ReplicationController' && (oldTarget === undefined || hasGroup(oldTarget)),
    checksApiVersion: oldTarget === undefined || parseApiVersion(oldTarget.apiVersion ?? '') !== undefined,
  });
  checkMetrics(findings, spec.metrics ?? [], SPEC.child('metrics'), minReplicas);
  checkBehavior(findings, spec.behavior, SPEC.child('behavior'));
  return findings;
}
