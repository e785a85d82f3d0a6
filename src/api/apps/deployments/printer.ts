import type { KubeObject } from '../../../machinery/object-meta.ts';
import { ageOf } from '../../pod-template/age.ts';
import { containerCells, formatSelector } from '../../pod-template/cells.ts';
import type { Deployment } from '../workload.ts';

export function cells(object: KubeObject, { nowMs }: { readonly nowMs: number }): (string | number)[] {
  const { metadata, spec, status } = object as Deployment;
  return [
    metadata.name ?? '',
    `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`,
    status?.updatedReplicas ?? 0,
    status?.availableReplicas ?? 0,
    ageOf(object, nowMs),
    ...containerCells(spec?.template?.spec?.containers),
    formatSelector(spec?.selector ?? undefined),
  ];
}
