import type { DeepReadonly } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { Attributes } from './authorizer.ts';

/** rbac.authorization.k8s.io/v1 PolicyRule: a rule is about resources or about non-resource URLs, never both. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

export const ALL = '*';
const NONE: readonly string[] = [];

/**
 * The rules of a Role or ClusterRole; one without rules (or with `rules: null`) has none. Roles that are being written
 * are not validated yet: a rule without verbs says nothing.
 */
export function rulesOf(role: DeepReadonly<KubeObject>): readonly PolicyRule[] {
  const rules = role['rules'];
  if (!Array.isArray(rules)) return [];
  const whole = rules as readonly PolicyRule[];
  return whole.every(saysSomething) ? whole : whole.filter(saysSomething);
}

function saysSomething(rule: Partial<PolicyRule> | null): boolean {
  return Array.isArray(rule?.verbs);
}

export function hasOrAll(values: readonly string[] | undefined, wanted: string): boolean {
  return values !== undefined && (values.includes(wanted) || values.includes(ALL));
}

/** What a rule's `resources` must name: `pods`, or `pods/log` for a subresource. */
export function combinedResource(resource: string, subresource: string): string {
  return subresource === '' ? resource : `${resource}/${subresource}`;
}

/** An asterisk covers everything; an asterisk before a subresource covers that one of every resource; behind a resource it means nothing. */
export function resourceMatches(resources: readonly string[], combined: string, subresource: string): boolean {
  for (const resource of resources) {
    if (resource === ALL || resource === combined) return true;
    if (subresource !== '' && resource === `*/${subresource}`) return true;
  }
  return false;
}

/** A URL that ends in `*` covers all that begin with what stands before. */
export function urlMatches(urls: readonly string[], path: string): boolean {
  for (const url of urls) {
    if (url === ALL || url === path) return true;
    if (url.endsWith(ALL) && path.startsWith(url.replace(/\*+$/, ''))) return true;
  }
  return false;
}

/** True when this one rule allows what is asked. */
export function ruleAllows(attributes: Attributes, rule: PolicyRule): boolean {
  if (!hasOrAll(rule.verbs, attributes.verb)) return false;
  if (!attributes.resourceRequest) return urlMatches(rule.nonResourceURLs ?? NONE, attributes.path);
  if (!hasOrAll(rule.apiGroups, attributes.group)) return false;
  const combined = combinedResource(attributes.resource, attributes.subresource);
  return resourceMatches(rule.resources ?? NONE, combined, attributes.subresource) && resourceNameMatches(rule, attributes.name);
}

/** A rule without names is about all objects; with names it never covers requests that name none (create, list). */
export function resourceNameMatches(rule: PolicyRule, name: string): boolean {
  const names = rule.resourceNames;
  return names === undefined || names.length === 0 || names.includes(name);
}
