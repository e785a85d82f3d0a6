import type { FieldPath } from '../../../machinery/field-error.ts';
import { podTemplateWarnings } from '../../pod-template/warnings.ts';
import { isIndexed, type JobSpec } from './job.ts';

const MANY_COMPLETIONS = 100_000;
const MANY_AT_ONCE = 10_000;

/** Of a job's spec, in a cron job's template too. */
export function jobSpecWarnings(spec: JobSpec, path: FieldPath): string[] {
  const warnings: string[] = [];
  if (isIndexed(spec) && (spec.completions ?? 0) > MANY_COMPLETIONS && (spec.parallelism ?? 0) > MANY_AT_ONCE) {
    warnings.push(
      `${path.text}: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail`,
    );
  }
  return [...warnings, ...podTemplateWarnings(spec.template ?? {}, path.child('template'))];
}
