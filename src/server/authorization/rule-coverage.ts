import { ALL, hasOrAll, urlMatches, type PolicyRule } from './policy-rule.ts';

/** What a writer of roles and bindings may grant: never more than is held. */
export interface Coverage {
  readonly covered: boolean;
  /** The smallest rules that are wanted and not held. */
  readonly missing: readonly PolicyRule[];
}

/** Roles come from clients: a product of long lists must not exhaust the server. */
const MAX_SIMPLE_RULES = 100_000;

/** Splits rules into ones with a single verb, group, resource and name (or URL), in their order. */
function* breakDown(rule: PolicyRule): Generator<PolicyRule> {
  for (const group of rule.apiGroups ?? []) {
    for (const resource of rule.resources ?? []) {
      for (const verb of rule.verbs) {
        if (rule.resourceNames === undefined || rule.resourceNames.length === 0) {
          yield { apiGroups: [group], resources: [resource], verbs: [verb] };
        } else {
          for (const name of rule.resourceNames) yield { apiGroups: [group], resources: [resource], verbs: [verb], resourceNames: [name] };
        }
      }
    }
  }
  for (const url of rule.nonResourceURLs ?? []) {
    for (const verb of rule.verbs) yield { nonResourceURLs: [url], verbs: [verb] };
  }
}

/** Whether one owner's rule covers one broken-down rule. */
function ruleCovers(owner: PolicyRule, wanted: PolicyRule): boolean {
  if (!wanted.verbs.every((verb) => hasOrAll(owner.verbs, verb))) return false;
  const url = wanted.nonResourceURLs?.[0];
  if (url !== undefined) return urlMatches(owner.nonResourceURLs ?? [], url);
  const group = wanted.apiGroups?.[0] ?? '';
  const resource = wanted.resources?.[0] ?? '';
  if (!hasOrAll(owner.apiGroups, group) || !resourceCovers(owner.resources ?? [], resource)) return false;
  const ownNames = owner.resourceNames ?? [];
  if (ownNames.length === 0) return true;
  const name = wanted.resourceNames?.[0];
  return name !== undefined && ownNames.includes(name);
}

function resourceCovers(owned: readonly string[], wanted: string): boolean {
  if (owned.includes(ALL) || owned.includes(wanted)) return true;
  const slash = wanted.indexOf('/');
  return slash >= 0 && owned.includes(`*${wanted.slice(slash)}`);
}

/** Compares what is wanted with what is held, piece by piece. */
export function rulesCover(owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): Coverage {
  const missing: PolicyRule[] = [];
  let seen = 0;
  for (const rule of wanted) {
    for (const simple of breakDown(rule)) {
      if (++seen > MAX_SIMPLE_RULES) return { covered: false, missing: [rule] };
      if (!owned.some((held) => ruleCovers(held, simple))) missing.push(simple);
    }
  }
  return { covered: missing.length === 0, missing };
}

/** Joins broken-down rules that differ in their verbs alone, keeping the order in which each was first seen. */
export function compactRules(rules: readonly PolicyRule[]): PolicyRule[] {
  const byTarget = new Map<string, { rule: PolicyRule; verbs: string[] }>();
  for (const rule of rules) {
    const { verbs, ...target } = rule;
    const key = JSON.stringify([target.apiGroups, target.resources, target.resourceNames, target.nonResourceURLs]);
    const known = byTarget.get(key);
    if (known === undefined) byTarget.set(key, { rule, verbs: [...verbs] });
    else for (const verb of verbs) if (!known.verbs.includes(verb)) known.verbs.push(verb);
  }
  return [...byTarget.values()].map(({ rule, verbs }) => ({ ...rule, verbs }));
}

/** A list of strings as Go's %q shows it: `["a" "b"]`. */
export function quoteList(values: readonly string[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(' ')}]`;
}

/** `{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}` */
export function formatRule(rule: PolicyRule): string {
  const parts: string[] = [];
  const add = (label: string, values: readonly string[] | undefined): void => {
    if (values !== undefined && values.length > 0) parts.push(`${label}:${quoteList(values)}`);
  };
  add('APIGroups', rule.apiGroups);
  add('Resources', rule.resources);
  add('NonResourceURLs', rule.nonResourceURLs);
  add('ResourceNames', rule.resourceNames);
  add('Verbs', rule.verbs);
  return `{${parts.join(', ')}}`;
}
