import type { KubeObject } from '../../../machinery/object-meta.ts';
import { ageOf, ageSince } from '../../pod-template/age.ts';
import { containerCells, formatSelector } from '../../pod-template/cells.ts';
import type { CronJob } from './cron-job.ts';

export function cells(object: KubeObject, { nowMs }: { readonly nowMs: number }): (string | number)[] {
  const { metadata, spec, status } = object as CronJob;
  const jobSpec = spec?.jobTemplate?.spec;
  return [
    metadata.name ?? '',
    spec?.schedule ?? '',
    spec?.timeZone ?? '<none>',
    suspendCell(spec?.suspend),
    status?.active?.length ?? 0,
    status?.lastScheduleTime === undefined ? '<none>' : ageSince(status.lastScheduleTime, nowMs),
    ageOf(object, nowMs),
    ...containerCells(jobSpec?.template?.spec?.containers),
    formatSelector(jobSpec?.selector),
  ];
}

function suspendCell(suspend: boolean | undefined): string {
  if (suspend === undefined) return '<unset>';
  return suspend ? 'True' : 'False';
}
