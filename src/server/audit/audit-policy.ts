import type { DeepReadonly } from '../../machinery/json.ts';
import type { Attributes } from '../authorization/authorizer.ts';
import { AUDIT_LEVELS, AUDIT_STAGES, type AuditLevel, type AuditStage } from './audit-event.ts';

export interface AuditRule {
  level: AuditLevel;
  users?: string[];
  userGroups?: string[];
  verbs?: string[];
  resources?: { group?: string; resources?: string[]; resourceNames?: string[] }[];
  namespaces?: string[];
  nonResourceURLs?: string[];
  omitStages?: AuditStage[];
  omitManagedFields?: boolean;
}

/** audit.k8s.io/v1 Policy. */
export interface AuditPolicy {
  rules: AuditRule[];
  omitStages?: AuditStage[];
  omitManagedFields?: boolean;
}

/** How a request is told of. */
export interface AuditDecision {
  readonly level: AuditLevel;
  readonly omitStages: ReadonlySet<AuditStage>;
  readonly omitManagedFields: boolean;
}

/** What is wrong with a policy, in one line. */
export class AuditPolicyError extends Error {
  override readonly name = 'AuditPolicyError';
}

const NOTHING: AuditDecision = { level: 'None', omitStages: new Set(AUDIT_STAGES), omitManagedFields: false };

/** The first rule that matches decides; without one nothing is told. */
export function auditDecision(policy: DeepReadonly<AuditPolicy>, attributes: Attributes): AuditDecision {
  const rule = policy.rules.find((candidate) => matches(candidate, attributes));
  if (!rule) return NOTHING;
  return {
    level: rule.level,
    omitStages: new Set([...(policy.omitStages ?? []), ...(rule.omitStages ?? [])]),
    omitManagedFields: rule.omitManagedFields ?? policy.omitManagedFields ?? false,
  };
}

type Rule = DeepReadonly<AuditRule>;

function matches(rule: Rule, attributes: Attributes): boolean {
  const { users = [], userGroups = [], verbs = [], namespaces = [], resources = [], nonResourceURLs = [] } = rule;
  const { user, verb, namespace, resourceRequest, path } = attributes;
  if (users.length > 0 && !users.includes(user.name)) return false;
  if (userGroups.length > 0 && !user.groups.some((group) => userGroups.includes(group))) return false;
  if (verbs.length > 0 && !verbs.includes(verb)) return false;
  if (namespaces.length > 0 || resources.length > 0) {
    return resourceRequest && (namespaces.length === 0 || namespaces.includes(namespace)) && (resources.length === 0 || resources.some((one) => matchesResource(one, attributes)));
  }
  if (nonResourceURLs.length > 0) return !resourceRequest && nonResourceURLs.some((pattern) => matchesPath(pattern, path));
  return true;
}

/** `pods`, `pods/log`, `pods/*`, `*`, `*\/scale`; of all resources of a group when none is named. */
function matchesResource({ group = '', resources = [], resourceNames = [] }: NonNullable<Rule['resources']>[number], attributes: Attributes): boolean {
  if (group !== attributes.group) return false;
  if (resources.length === 0) return true;
  const { resource, subresource } = attributes;
  const combined = subresource === '' ? resource : `${resource}/${subresource}`;
  if (resourceNames.length > 0 && !resourceNames.includes(attributes.name)) return false;
  return resources.some((pattern) => pattern === '*' || pattern === combined || (subresource !== '' && (pattern === `${resource}/*` || pattern === `*/${subresource}`)));
}

function matchesPath(pattern: string, path: string): boolean {
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
}

/** Reads a parsed policy file. Throws AuditPolicyError. */
export function readAuditPolicy(value: unknown): AuditPolicy {
  const { kind, apiVersion, rules } = (value ?? {}) as { kind?: unknown; apiVersion?: unknown; rules?: unknown };
  if (kind !== 'Policy' || apiVersion !== 'audit.k8s.io/v1') throw new AuditPolicyError(`expected a Policy of audit.k8s.io/v1, found ${JSON.stringify(kind ?? '')} of ${JSON.stringify(apiVersion ?? '')}`);
  if (!Array.isArray(rules) || rules.length === 0) throw new AuditPolicyError('loaded illegal policy with 0 rules');
  const policy = value as AuditPolicy;
  checkStages(policy.omitStages, 'omitStages');
  policy.rules.forEach(checkRule);
  return policy;
}

function checkRule(rule: AuditRule, i: number): void {
  const path = `rules[${i}]`;
  if (!AUDIT_LEVELS.includes(rule.level)) throw new AuditPolicyError(`${path}.level: Unsupported value: ${JSON.stringify(rule.level ?? '')}: supported values: ${AUDIT_LEVELS.map((level) => JSON.stringify(level)).join(', ')}`);
  checkStages(rule.omitStages, `${path}.omitStages`);
  for (const url of rule.nonResourceURLs ?? []) {
    if (url !== '*' && !url.startsWith('/')) throw new AuditPolicyError(`${path}.nonResourceURLs: Invalid value: ${JSON.stringify(url)}: non-resource URL rules must begin with a '/' character`);
    if (url.slice(0, -1).includes('*')) throw new AuditPolicyError(`${path}.nonResourceURLs: Invalid value: ${JSON.stringify(url)}: non-resource URL wildcards '*' must be the final character of the rule`);
  }
  const aboutResources = (rule.resources ?? []).length > 0 || (rule.namespaces ?? []).length > 0;
  if ((rule.nonResourceURLs ?? []).length > 0 && aboutResources) throw new AuditPolicyError(`${path}.nonResourceURLs: Invalid value: rules cannot apply to both regular resources and non-resource URLs`);
  for (const { resources = [], resourceNames = [] } of rule.resources ?? []) {
    if (resourceNames.length > 0 && resources.length === 0) throw new AuditPolicyError(`${path}.resources[0].resourceNames: Invalid value: using resourceNames requires at least one resource`);
  }
}

function checkStages(stages: readonly AuditStage[] | undefined, path: string): void {
  const unknown = stages?.find((stage) => !AUDIT_STAGES.includes(stage));
  if (unknown !== undefined) throw new AuditPolicyError(`${path}: Invalid value: ${JSON.stringify(unknown)}: allowed stages are ${AUDIT_STAGES.join(',')}`);
}
