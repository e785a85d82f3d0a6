import { fieldDuplicate, fieldInvalid, fieldNotSupported, fieldRequired, FieldPath, type FieldError } from '../../machinery/field-error.ts';
import { validateLabelSelector, type LabelSelectorObject } from '../../machinery/label-selector.ts';
import { equalJson } from '../../machinery/json.ts';
import { isDns1035Label, isDns1123Subdomain, isPortNumber } from '../../machinery/names.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { checkOneOf, type Findings } from '../pod-template/findings.ts';
import type { ExpressionChecker } from './expressions.ts';
import type { Webhook, WebhookConfiguration } from './shapes.ts';
import { checkMatchConditions } from './validate-match-conditions.ts';
import { checkRule, checkSelector, FAILURE_POLICIES, MATCH_POLICIES } from './validate-match-rules.ts';
import { checkWebhookUrl } from './webhook-url.ts';

const WEBHOOKS = FieldPath.root('webhooks');
const REVIEW_VERSIONS = ['v1', 'v1beta1'];
const HARMLESS = ['None', 'NoneOnDryRun'];
const SIDE_EFFECTS = ['None', 'NoneOnDryRun', 'Some', 'Unknown'];
const REINVOCATION_POLICIES = ['IfNeeded', 'Never'];
const MAX_TIMEOUT_SECONDS = 30;

/** What an update need not mend, since the configuration was so before. */
interface Tolerance {
  readonly matchConditions: boolean;
  readonly sideEffects: boolean;
  readonly unknownReviewVersions: boolean;
  readonly duplicateNames: boolean;
  readonly invalidLabelValues: boolean;
}

const STRICT: Tolerance = { matchConditions: false, sideEffects: false, unknownReviewVersions: false, duplicateNames: false, invalidLabelValues: false };

export function validateWebhooks(object: KubeObject, checker: ExpressionChecker): FieldError[] {
  return findingsOf(webhooksOf(object), STRICT, checker);
}

export function validateWebhooksUpdate(object: KubeObject, old: KubeObject, checker: ExpressionChecker): FieldError[] {
  const webhooks = webhooksOf(object);
  return findingsOf(webhooks, toleranceOf(webhooks, webhooksOf(old)), checker);
}

function webhooksOf(object: KubeObject): readonly Webhook[] {
  return (object as WebhookConfiguration).webhooks ?? [];
}

function toleranceOf(webhooks: readonly Webhook[], old: readonly Webhook[]): Tolerance {
  const names = old.map((webhook) => webhook.name ?? '');
  const conditionsOf = (list: readonly Webhook[]): unknown => list.map((webhook) => webhook.matchConditions ?? []);
  return {
    matchConditions: equalJson(conditionsOf(webhooks), conditionsOf(old)),
    sideEffects: old.some((webhook) => !HARMLESS.includes(webhook.sideEffects ?? '')),
    unknownReviewVersions: old.some((webhook) => !(webhook.admissionReviewVersions ?? []).some((version) => REVIEW_VERSIONS.includes(version))),
    duplicateNames: new Set(names).size < names.length,
    invalidLabelValues: old.some((webhook) => hasInvalidLabelValue(webhook.namespaceSelector) || hasInvalidLabelValue(webhook.objectSelector)),
  };
}

function hasInvalidLabelValue(given: Webhook['namespaceSelector']): boolean {
  const selector = given as LabelSelectorObject | undefined;
  return validateLabelSelector(selector, WEBHOOKS).length > validateLabelSelector(selector, WEBHOOKS, { allowInvalidLabelValues: true }).length;
}

function findingsOf(webhooks: readonly Webhook[], tolerance: Tolerance, checker: ExpressionChecker): FieldError[] {
  const findings: Findings = [];
  const names = new Set<string>();
  webhooks.forEach((webhook, i) => {
    const path = WEBHOOKS.index(i);
    const { name = '' } = webhook;
    checkWebhook(findings, webhook, path, tolerance);
    if (!tolerance.matchConditions) {
      checkMatchConditions(findings, webhook.matchConditions, path.child('matchConditions'), checker.begin({ hasParams: false }));
    }
    checkReviewVersions(findings, webhook.admissionReviewVersions ?? [], path.child('admissionReviewVersions'), tolerance);
    if (!tolerance.duplicateNames && name !== '' && names.has(name)) findings.push(fieldDuplicate(path.child('name'), name));
    names.add(name);
  });
  return findings;
}

function checkWebhook(findings: Findings, webhook: Webhook, path: FieldPath, tolerance: Tolerance): void {
  checkHookName(findings, webhook.name ?? '', path.child('name'));
  (webhook.rules ?? []).forEach((rule, i) => checkRule(findings, rule, path.child('rules').index(i)));
  if (webhook.failurePolicy !== undefined) checkOneOf(findings, path.child('failurePolicy'), webhook.failurePolicy, FAILURE_POLICIES);
  if (webhook.matchPolicy !== undefined) checkOneOf(findings, path.child('matchPolicy'), webhook.matchPolicy, MATCH_POLICIES);
  const allowed = tolerance.sideEffects ? SIDE_EFFECTS : HARMLESS;
  if (webhook.sideEffects === undefined) findings.push(fieldRequired(path.child('sideEffects'), `must specify one of ${allowed.join(', ')}`));
  else if (!allowed.includes(webhook.sideEffects)) findings.push(fieldNotSupported(path.child('sideEffects'), webhook.sideEffects, allowed));
  const timeout = webhook.timeoutSeconds;
  if (timeout !== undefined && (timeout < 1 || timeout > MAX_TIMEOUT_SECONDS)) {
    findings.push(fieldInvalid(path.child('timeoutSeconds'), timeout, 'the timeout value must be between 1 and 30 seconds'));
  }
  checkSelector(findings, webhook.namespaceSelector, path.child('namespaceSelector'), tolerance.invalidLabelValues);
  checkSelector(findings, webhook.objectSelector, path.child('objectSelector'), tolerance.invalidLabelValues);
  if (webhook.reinvocationPolicy !== undefined) checkOneOf(findings, path.child('reinvocationPolicy'), webhook.reinvocationPolicy, REINVOCATION_POLICIES);
  checkClientConfig(findings, webhook.clientConfig ?? {}, path.child('clientConfig'));
}

function checkHookName(findings: Findings, name: string, path: FieldPath): void {
  const texts = isDns1123Subdomain(name);
  if (name === '') findings.push(fieldRequired(path));
  else if (texts.length > 0) findings.push(fieldInvalid(path, name, texts.join(',')));
  else if (name.split('.').length < 3) findings.push(fieldInvalid(path, name, 'should be a domain with at least three segments separated by dots'));
}

function checkClientConfig(findings: Findings, config: NonNullable<Webhook['clientConfig']>, path: FieldPath): void {
  const { url, service } = config;
  if ((url === undefined) === (service === undefined)) findings.push(fieldRequired(path, 'exactly one of url or service is required'));
  else if (url !== undefined) checkWebhookUrl(findings, url, path.child('url'));
  else if (service !== undefined) checkService(findings, service, path.child('service'));
}

function checkService(findings: Findings, service: NonNullable<NonNullable<Webhook['clientConfig']>['service']>, path: FieldPath): void {
  const { name = '', namespace = '', port = 0 } = service;
  if (name === '') findings.push(fieldRequired(path.child('name')));
  if (namespace === '') findings.push(fieldRequired(path.child('namespace')));
  const texts = isPortNumber(port);
  if (texts.length > 0) findings.push(fieldInvalid(path.child('port'), port, `port is not valid: ${texts.join(',')}`));
  if (service.path !== undefined) checkUrlPath(findings, service.path, path.child('path'));
}

/** Segments between slashes, each a DNS subdomain. */
function checkUrlPath(findings: Findings, text: string, path: FieldPath): void {
  if (text === '' || text === '/') return;
  if (text === '//') {
    findings.push(fieldInvalid(path, text, 'segment[0] may not be empty'));
    return;
  }
  if (!text.startsWith('/')) findings.push(fieldInvalid(path, text, "must start with a '/'"));
  const steps = text.slice(1).replace(/\/$/, '').split('/');
  steps.forEach((step, i) => {
    if (step === '') findings.push(fieldInvalid(path, text, `segment[${i}] may not be empty`));
    else for (const failure of isDns1123Subdomain(step)) findings.push(fieldInvalid(path, text, `segment[${i}]: ${failure}`));
  });
}

function checkReviewVersions(findings: Findings, versions: readonly string[], path: FieldPath, tolerance: Tolerance): void {
  if (versions.length === 0) {
    findings.push(fieldRequired(path, `must specify one of ${REVIEW_VERSIONS.join(', ')}`));
    return;
  }
  const seen = new Set<string>();
  versions.forEach((version, i) => {
    if (seen.has(version)) findings.push(fieldInvalid(path.index(i), version, 'duplicate version'));
    else for (const text of isDns1035Label(version)) findings.push(fieldInvalid(path.index(i), version, text));
    seen.add(version);
  });
  if (!tolerance.unknownReviewVersions && !versions.some((version) => REVIEW_VERSIONS.includes(version))) {
    findings.push(fieldInvalid(path, versions, `must include at least one of ${REVIEW_VERSIONS.join(', ')}`));
  }
}
