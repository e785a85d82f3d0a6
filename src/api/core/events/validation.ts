import { fieldInvalid, fieldRequired, type FieldError } from '../../../machinery/field-error.ts';
import { equalJson } from '../../../machinery/json.ts';
import { isDns1123Subdomain, isQualifiedName } from '../../../machinery/names.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { RuleContext } from '../../kind-rules.ts';
import type { Event } from './event.ts';

const MAX_TEXT = 128;
const MAX_MESSAGE = 1024;
/** Compared at an update through events.k8s.io, in Kubernetes' order, which lists the reason twice. */
const FIXED_FIELDS = ['involvedObject', 'reason', 'message', 'source', 'firstTimestamp', 'lastTimestamp', 'count', 'reason', 'type'] as const;
const MORE_FIXED_FIELDS = ['action', 'related', 'reportingComponent', 'reportingInstance'] as const;

export function validate(object: KubeObject, context: RuleContext): FieldError[] {
  const event = object as Event;
  const findings = validateAnyEvent(event, context);
  if (!isNewStyle(context)) return findings;
  checkSeries(findings, event);
  if (event.eventTime == null) findings.push(fieldRequired('eventTime'));
  if (event.type !== 'Normal' && event.type !== 'Warning') findings.push(fieldInvalid('type', '', `has invalid value: ${event.type ?? ''}`));
  const unset = 'needs to be unset';
  if (event.firstTimestamp != null) findings.push(fieldInvalid('firstTimestamp', '', unset));
  if (event.lastTimestamp != null) findings.push(fieldInvalid('lastTimestamp', '', unset));
  if (event.count) findings.push(fieldInvalid('count', '', unset));
  if (event.source?.component || event.source?.host) findings.push(fieldInvalid('source', '', unset));
  return findings;
}

/** Through events.k8s.io only the series may change; the older API lets everything through. */
export function validateUpdate(object: KubeObject, oldObject: KubeObject, context: RuleContext): FieldError[] {
  const event = object as Event;
  const old = oldObject as Event;
  const findings = validateAnyEvent(event, context);
  if (!isNewStyle(context)) return findings;
  if (!equalJson(event.series, old.series)) checkSeries(findings, event);
  const compare = (field: keyof Event & string, shown: string): void => {
    if (!equalJson(event[field] ?? null, old[field] ?? null)) findings.push(fieldInvalid(shown, event[field] ?? '', 'field is immutable'));
  };
  for (const field of FIXED_FIELDS) compare(field, field);
  compare('eventTime', 'eventTime');
  for (const field of MORE_FIXED_FIELDS) compare(field, field === 'reportingComponent' ? 'reportingController' : field);
  return findings;
}

function isNewStyle(context: RuleContext): boolean {
  return context.requestApiVersion === 'events.k8s.io/v1';
}

function validateAnyEvent(event: Event, context: RuleContext): FieldError[] {
  const findings: FieldError[] = [];
  const namespace = event.metadata.namespace ?? '';
  const about = event.involvedObject?.namespace ?? '';
  const mismatch = (): void => void findings.push(fieldInvalid('involvedObject.namespace', about, 'does not match event.namespace'));
  if (event.eventTime == null) {
    // Of things without a namespace the older API speaks in the default one.
    if (about === '' ? namespace !== '' && namespace !== 'default' : namespace !== about) mismatch();
  } else {
    if (about === '' && namespace !== 'default' && namespace !== 'kube-system') mismatch();
    checkReporter(findings, event, isNewStyle(context) ? 'reportingController' : 'reportingComponent');
  }
  for (const text of isDns1123Subdomain(namespace)) findings.push(fieldInvalid('namespace', namespace, text));
  return findings;
}

function checkReporter(findings: FieldError[], event: Event, controllerField: string): void {
  const controller = event.reportingComponent ?? '';
  if (controller === '') findings.push(fieldRequired(controllerField));
  for (const text of isQualifiedName(controller)) findings.push(fieldInvalid(controllerField, controller, text));
  for (const field of ['reportingInstance', 'action', 'reason'] as const) {
    const text = event[field] ?? '';
    if (text === '') findings.push(fieldRequired(field));
    if (Buffer.byteLength(text) > MAX_TEXT) findings.push(fieldInvalid(field, '', `can have at most ${MAX_TEXT} characters`));
  }
  if (Buffer.byteLength(event.message ?? '') > MAX_MESSAGE) findings.push(fieldInvalid('message', '', `can have at most ${MAX_MESSAGE} characters`));
}

function checkSeries(findings: FieldError[], { series }: Event): void {
  if (series === undefined) return;
  if ((series.count ?? 0) < 2) findings.push(fieldInvalid('series.count', '', 'should be at least 2'));
  if (series.lastObservedTime == null) findings.push(fieldRequired('series.lastObservedTime'));
}
