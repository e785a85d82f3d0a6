import type { KubeObject } from '../../../machinery/object-meta.ts';
import { ageOf } from '../../pod-template/age.ts';
import { containerCells } from '../../pod-template/cells.ts';
import type { StatefulSet } from '../workload.ts';

export function cells(object: KubeObject, { nowMs }: { readonly nowMs: number }): (string | number)[] {
  const { metadata, spec, status } = object as StatefulSet;
  return [metadata.name ?? '', `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`, ageOf(object, nowMs), ...containerCells(spec?.template?.spec?.containers)];
}
