import type { KubeObject } from '../../../machinery/object-meta.ts';
import { defaultPodTemplate } from '../../pod-template/defaults.ts';
import type { Job, JobSpec } from './job.ts';

const MAX_INT32 = 2 ** 31 - 1;
const BACKOFF_LIMIT = 6;

export function defaults(object: KubeObject): void {
  const job = object as Job;
  const spec = (job.spec ??= {});
  defaultJobTemplate(spec);
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? BACKOFF_LIMIT : MAX_INT32;
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed';
  spec.manualSelector ??= false;
  takeTemplateLabels(job);
}

/** What a job's spec gets in a cron job's template too. */
export function defaultJobTemplate(spec: JobSpec): void {
  const template = (spec.template ??= {});
  template.spec ??= {};
  defaultPodTemplate(template);
  for (const rule of spec.podFailurePolicy?.rules ?? []) {
    for (const condition of rule.onPodConditions ?? []) condition.status ||= 'True';
  }
}

/**
 * A job without labels has those of its template: the very same map, so that labels which the server adds to the template
 * later become the job's as well, as in Kubernetes.
 */
export function takeTemplateLabels(job: Job): void {
  const labels = job.spec?.template?.metadata?.labels;
  if (labels !== undefined && Object.keys(job.metadata.labels ?? {}).length === 0) job.metadata.labels = labels;
}
