import { formatHumanDuration } from '../../../machinery/duration.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { ageOf } from '../../pod-template/age.ts';
import { containerCells, formatSelector } from '../../pod-template/cells.ts';
import { hasTrueCondition, type Job } from './job.ts';

export function cells(object: KubeObject, { nowMs }: { readonly nowMs: number }): (string | number)[] {
  const job = object as Job;
  return [
    job.metadata.name ?? '',
    statusCell(job),
    completionsCell(job),
    durationCell(job, nowMs),
    ageOf(object, nowMs),
    ...containerCells(job.spec?.template?.spec?.containers),
    formatSelector(job.spec?.selector),
  ];
}

/** What is most telling comes first: an end, then what leads to one. */
function statusCell({ metadata, status }: Job): string {
  for (const type of ['Complete', 'Failed']) if (hasTrueCondition(status, type)) return type;
  if (metadata.deletionTimestamp !== undefined) return 'Terminating';
  for (const type of ['Suspended', 'FailureTarget', 'SuccessCriteriaMet']) if (hasTrueCondition(status, type)) return type;
  return 'Running';
}

/** A work queue's completions are not known ahead: any one will do. */
function completionsCell({ spec, status }: Job): string {
  const succeeded = status?.succeeded ?? 0;
  if (spec?.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec?.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function durationCell({ status }: Job, nowMs: number): string {
  if (status?.startTime === undefined) return '';
  const endMs = status.completionTime === undefined ? nowMs : Date.parse(status.completionTime);
  return formatHumanDuration(endMs - Date.parse(status.startTime));
}
