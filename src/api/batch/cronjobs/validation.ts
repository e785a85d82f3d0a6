import { FieldPath, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../../../machinery/field-error.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { shownSelector } from '../../apps/selectors.ts';
import { checkNonnegative, checkRequiredOneOf } from '../../pod-template/findings.ts';
import { checkJobSpec } from '../jobs/spec-validation.ts';
import type { CronJob } from './cron-job.ts';
import { scheduleFault } from './schedule.ts';
import { isTimeZone } from './time-zone.ts';

type Spec = NonNullable<CronJob['spec']>;

const SPEC = FieldPath.root('spec');
/** A job's name has eleven characters more: a dash and the time. */
const MAX_NAME_LENGTH = 52;

export function validate(object: KubeObject): FieldError[] {
  const findings = specFindings((object as CronJob).spec ?? {}, undefined);
  const name = object.metadata.name ?? '';
  if (Buffer.byteLength(name) > MAX_NAME_LENGTH) findings.push(fieldInvalid('metadata.name', name, `must be no more than ${MAX_NAME_LENGTH} characters`));
  return findings;
}

export function validateUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  return specFindings((object as CronJob).spec ?? {}, (old as CronJob).spec ?? {});
}

function specFindings(spec: Spec, old: Spec | undefined): FieldError[] {
  const findings: FieldError[] = [];
  checkSchedule(findings, spec, old);
  checkNonnegative(findings, SPEC.child('startingDeadlineSeconds'), spec.startingDeadlineSeconds);
  if (old === undefined || old.timeZone !== spec.timeZone) checkTimeZone(findings, spec.timeZone, SPEC.child('timeZone'));
  checkRequiredOneOf(findings, SPEC.child('concurrencyPolicy'), spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace']);
  checkJobTemplate(findings, spec);
  checkNonnegative(findings, SPEC.child('successfulJobsHistoryLimit'), spec.successfulJobsHistoryLimit);
  checkNonnegative(findings, SPEC.child('failedJobsHistoryLimit'), spec.failedJobsHistoryLimit);
  return findings;
}

function checkSchedule(findings: FieldError[], { schedule = '', timeZone }: Spec, old: Spec | undefined): void {
  const path = SPEC.child('schedule');
  if (schedule === '') {
    findings.push(fieldRequired(path));
    return;
  }
  const fault = scheduleFault(schedule);
  if (fault !== undefined) findings.push(fieldInvalid(path, schedule, fault));
  if (!schedule.includes('TZ')) return;
  // Never meant to be, but once let through: who has it may keep it.
  const mayHaveZone = old?.schedule?.includes('TZ') ?? false;
  if (!mayHaveZone) findings.push(fieldInvalid(path, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'));
  else if (timeZone !== undefined) findings.push(fieldInvalid(path, schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule'));
}

function checkTimeZone(findings: FieldError[], timeZone: string | undefined, path: FieldPath): void {
  if (timeZone === undefined) return;
  if (timeZone === '') {
    findings.push(fieldInvalid(path, timeZone, 'must be nil or non-empty string'));
    return;
  }
  if (timeZone.toLowerCase() === 'local') {
    findings.push(fieldInvalid(path, timeZone, 'must be an explicit time zone as defined in https://www.iana.org/time-zones'));
  }
  if (timeZone !== 'Local' && !isTimeZone(timeZone)) findings.push(fieldInvalid(path, timeZone, `unknown time zone ${timeZone}`));
}

function checkJobTemplate(findings: FieldError[], { jobTemplate }: Spec): void {
  const path = SPEC.child('jobTemplate', 'spec');
  const spec = jobTemplate?.spec ?? {};
  if (spec.selector !== undefined) findings.push(fieldInvalid(path.child('selector'), shownSelector(spec.selector), '`selector` will be auto-generated'));
  if (spec.manualSelector === true) findings.push(fieldNotSupported(path.child('manualSelector'), true, ['nil', 'false']));
  checkJobSpec(findings, spec, path);
}
