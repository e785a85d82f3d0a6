import { FieldPath } from '../../../machinery/field-error.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { KindRules } from '../../kind-rules.ts';
import { podNameWarnings } from '../../apps/workload-template.ts';
import { jobSpecWarnings } from '../jobs/warnings.ts';
import type { CronJob } from './cron-job.ts';
import { defaults } from './defaults.ts';
import { cells } from './printer.ts';
import { validate, validateUpdate } from './validation.ts';

const JOB_SPEC = FieldPath.root('spec').child('jobTemplate', 'spec');

export const rules: KindRules = {
  defaults,
  validate,
  validateUpdate,
  warningsOnCreate: (object) => [...podNameWarnings(object.metadata.name), ...templateWarnings(object), ...scheduleWarnings(object)],
  warningsOnUpdate: (object, old) => [...(object.metadata.generation === old.metadata.generation ? [] : templateWarnings(object)), ...scheduleWarnings(object)],
  tracksGeneration: true,
  cells,
};

function templateWarnings(object: KubeObject): string[] {
  return jobSpecWarnings((object as CronJob).spec?.jobTemplate?.spec ?? {}, JOB_SPEC);
}

function scheduleWarnings(object: KubeObject): string[] {
  if (!((object as CronJob).spec?.schedule ?? '').includes('TZ')) return [];
  return ['CRON_TZ or TZ used in spec.schedule is not officially supported, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details'];
}
