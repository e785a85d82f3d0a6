import type { KubeObject } from '../../machinery/object-meta.ts';
import type { MatchResources, MutatingBinding, MutatingPolicy, Rule, Webhook, WebhookConfiguration } from './shapes.ts';

export function validatingWebhookDefaults(object: KubeObject): void {
  for (const webhook of (object as WebhookConfiguration).webhooks ?? []) setWebhookDefaults(webhook);
}

export function mutatingWebhookDefaults(object: KubeObject): void {
  for (const webhook of (object as WebhookConfiguration).webhooks ?? []) {
    setWebhookDefaults(webhook);
    webhook.reinvocationPolicy ??= 'Never';
  }
}

/** Of policies of both kinds. */
export function policyDefaults(object: KubeObject): void {
  const spec = ((object as MutatingPolicy).spec ??= {});
  spec.failurePolicy ??= 'Fail';
  setMatchDefaults(spec.matchConstraints);
}

/** Of bindings of both kinds. */
export function bindingDefaults(object: KubeObject): void {
  setMatchDefaults((object as MutatingBinding).spec?.matchResources);
}

function setWebhookDefaults(webhook: Webhook): void {
  webhook.failurePolicy ??= 'Fail';
  webhook.matchPolicy ??= 'Equivalent';
  webhook.namespaceSelector ??= {};
  webhook.objectSelector ??= {};
  webhook.timeoutSeconds ??= 10;
  const service = webhook.clientConfig?.service;
  if (service !== undefined) service.port ??= 443;
  setRuleDefaults(webhook.rules);
}

function setMatchDefaults(match: MatchResources | undefined): void {
  if (match === undefined) return;
  match.matchPolicy ??= 'Equivalent';
  match.namespaceSelector ??= {};
  match.objectSelector ??= {};
  setRuleDefaults(match.resourceRules);
  setRuleDefaults(match.excludeResourceRules);
}

function setRuleDefaults(rules: Rule[] | undefined): void {
  for (const rule of rules ?? []) rule.scope ??= '*';
}
