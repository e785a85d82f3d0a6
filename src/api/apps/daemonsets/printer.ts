import type { KubeObject } from '../../../machinery/object-meta.ts';
import { ageOf } from '../../pod-template/age.ts';
import { containerCells, formatLabels, formatSelector } from '../../pod-template/cells.ts';
import type { DaemonSet } from '../workload.ts';

export function cells(object: KubeObject, { nowMs }: { readonly nowMs: number }): (string | number)[] {
  const { metadata, spec, status } = object as DaemonSet;
  return [
    metadata.name ?? '',
    status?.desiredNumberScheduled ?? 0,
    status?.currentNumberScheduled ?? 0,
    status?.numberReady ?? 0,
    status?.updatedNumberScheduled ?? 0,
    status?.numberAvailable ?? 0,
    formatLabels(spec?.template?.spec?.nodeSelector),
    ageOf(object, nowMs),
    ...containerCells(spec?.template?.spec?.containers),
    formatSelector(spec?.selector ?? undefined),
  ];
}
