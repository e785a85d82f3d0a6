import { FieldPath, fieldInvalid, fieldRequired, type FieldError } from '../../../machinery/field-error.ts';
import { getOwn } from '../../../machinery/json.ts';
import { compileSelector, shownLabels, shownSelector } from '../../apps/selectors.ts';
import type { Job } from './job.ts';

export const JOB_NAME_LABEL = 'batch.kubernetes.io/job-name';
export const CONTROLLER_UID_LABEL = 'batch.kubernetes.io/controller-uid';
const LEGACY_JOB_NAME_LABEL = 'job-name';
const LEGACY_CONTROLLER_UID_LABEL = 'controller-uid';

const TEMPLATE_LABELS = FieldPath.root('spec').child('template', 'metadata', 'labels');
const SELECTOR = FieldPath.root('spec').child('selector');

/**
 * Makes a job's selector out of its uid, with labels to match on its template, unless the writer brings a selector of
 * their own. What the writer has set already stays, and is found by `checkGeneratedSelector`. Needs name and uid.
 */
export function generateSelector(job: Job): void {
  const spec = (job.spec ??= {});
  if (spec.manualSelector === true) return;
  const name = job.metadata.name ?? '';
  const uid = job.metadata.uid ?? '';
  const template = (spec.template ??= {});
  const labels = ((template.metadata ??= {}).labels ??= {});
  labels[LEGACY_JOB_NAME_LABEL] ??= name;
  labels[JOB_NAME_LABEL] ??= name;
  labels[LEGACY_CONTROLLER_UID_LABEL] ??= uid;
  labels[CONTROLLER_UID_LABEL] ??= uid;
  const matchLabels = ((spec.selector ??= {}).matchLabels ??= {});
  matchLabels[CONTROLLER_UID_LABEL] ??= uid;
}

/** `wantsPrefixed`: jobs made before 1.27 have the labels without a domain only. */
export function checkGeneratedSelector(findings: FieldError[], job: Job, wantsPrefixed: boolean): void {
  const spec = job.spec ?? {};
  if (spec.manualSelector === true || spec.selector === undefined) return;
  const name = job.metadata.name ?? '';
  const uid = job.metadata.uid ?? '';
  if (uid === '') findings.push(fieldRequired(FieldPath.root('metadata').child('uid')));
  const expected: [string, string][] = [
    [LEGACY_CONTROLLER_UID_LABEL, uid],
    [LEGACY_JOB_NAME_LABEL, name],
  ];
  if (wantsPrefixed) expected.push([CONTROLLER_UID_LABEL, uid], [JOB_NAME_LABEL, name]);
  for (const [key, value] of expected) checkLabel(findings, job, key, value);
  const selector = compileSelector(spec.selector);
  if (selector !== undefined && !selector.matches(Object.fromEntries(expected))) {
    findings.push(fieldInvalid(SELECTOR, shownSelector(spec.selector), '`selector` not auto-generated'));
  }
}

function checkLabel(findings: FieldError[], job: Job, key: string, expected: string): void {
  const labels = job.spec?.template?.metadata?.labels;
  const actual = getOwn(labels ?? {}, key);
  if (actual === undefined) findings.push(fieldRequired(TEMPLATE_LABELS.key(key), `must be '${expected}'`));
  else if (actual !== expected) findings.push(fieldInvalid(TEMPLATE_LABELS.key(key), shownLabels(labels), `must be '${expected}'`));
}
