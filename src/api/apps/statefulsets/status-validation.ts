import { FieldPath, type FieldError } from '../../../machinery/field-error.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { checkCollisionCount, checkCounts, checkNotAbove } from '../status-counts.ts';
import type { StatefulSet } from '../workload.ts';

const STATUS = FieldPath.root('status');
const COUNTS = ['replicas', 'readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas', 'observedGeneration', 'collisionCount'];

export function validateStatusUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const status = (object as StatefulSet).status ?? {};
  const findings: FieldError[] = [];
  checkCounts(findings, status, COUNTS, STATUS);
  checkNotAbove(findings, status, ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'], {
    field: 'replicas',
    path: STATUS,
    message: 'cannot be greater than status.replicas',
  });
  checkNotAbove(findings, status, ['availableReplicas'], { field: 'readyReplicas', path: STATUS, message: 'cannot be greater than status.readyReplicas' });
  checkCollisionCount(findings, status, (old as StatefulSet).status ?? {}, STATUS);
  return findings;
}
