import type { Attributes, AuthorizationResult } from './authorizer.ts';
import { ALL, combinedResource, hasOrAll, resourceNameMatches, urlMatches, type PolicyRule } from './policy-rule.ts';
import type { Grant } from './role-resolver.ts';

interface Entry {
  readonly rule: PolicyRule;
  readonly allowed: AuthorizationResult;
}

const NONE: readonly Entry[] = [];

/** A user's grants, found by the resource asked for instead of one rule after the other. */
export class GrantTable {
  readonly #byResource = new Map<string, Entry[]>();
  readonly #anyResource: Entry[] = [];
  readonly #urls: Entry[] = [];
  readonly #refusal: AuthorizationResult;

  /** `refusalReason` is told with every refusal; '' for none. */
  constructor(grants: readonly Grant[], refusalReason: string) {
    this.#refusal = refusalReason === '' ? { decision: 'no-opinion' } : { decision: 'no-opinion', reason: refusalReason };
    for (const grant of grants) {
      const allowed: AuthorizationResult = { decision: 'allow', reason: grant.reason };
      for (const rule of grant.rules) this.#add({ rule, allowed });
    }
  }

  #add(entry: Entry): void {
    if (entry.rule.nonResourceURLs?.length) this.#urls.push(entry);
    for (const resource of new Set(entry.rule.resources)) {
      if (resource === ALL) {
        this.#anyResource.push(entry);
        continue;
      }
      const entries = this.#byResource.get(resource);
      if (entries === undefined) this.#byResource.set(resource, [entry]);
      else entries.push(entry);
    }
  }

  decide(attributes: Attributes): AuthorizationResult {
    const found = attributes.resourceRequest ? this.#findResource(attributes) : this.#findUrl(attributes);
    return found?.allowed ?? this.#refusal;
  }

  #findResource(attributes: Attributes): Entry | undefined {
    const { resource, subresource } = attributes;
    return (
      firstMatch(this.#byResource.get(combinedResource(resource, subresource)) ?? NONE, attributes) ??
      (subresource === '' ? undefined : firstMatch(this.#byResource.get(`*/${subresource}`) ?? NONE, attributes)) ??
      firstMatch(this.#anyResource, attributes)
    );
  }

  #findUrl({ verb, path }: Attributes): Entry | undefined {
    return this.#urls.find(({ rule }) => hasOrAll(rule.verbs, verb) && urlMatches(rule.nonResourceURLs ?? [], path));
  }
}

function firstMatch(entries: readonly Entry[], { verb, group, name }: Attributes): Entry | undefined {
  for (const entry of entries) {
    const { rule } = entry;
    if (hasOrAll(rule.verbs, verb) && hasOrAll(rule.apiGroups, group) && resourceNameMatches(rule, name)) return entry;
  }
  return undefined;
}
