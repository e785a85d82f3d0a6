import type { MatchResources, Rule } from '../../api/admissionregistration/shapes.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import { labelSelectorFromObject, type LabelSelector, type LabelSelectorObject } from '../../machinery/label-selector.ts';
import type { GroupVersionResource } from '../../machinery/group-version.ts';
import { notFound } from '../../machinery/status-error.ts';
import type { AdmissionRequest } from '../../server/admission/admission-plugin.ts';
import type { ObjectReader } from '../../server/object-reader.ts';

const NAMESPACES = { group: '', resource: 'namespaces' };

/** The resource that a rule was written for: the request's own, or one that holds the same objects. */
export type MatchedResource = GroupVersionResource;

/** What matching has to know beyond the request. */
export interface MatchContext {
  readonly reader: ObjectReader;
  /** The same objects in other versions and groups, without the resource itself. */
  equivalents(resource: GroupVersionResource, subresource: string): readonly GroupVersionResource[];
}

/** `matchConstraints` of a policy or `matchResources` of a binding, made once and asked for every write. */
export class MatchCriteria {
  readonly #rules: readonly DeepReadonly<Rule>[];
  readonly #excluded: readonly DeepReadonly<Rule>[];
  readonly #equivalent: boolean;
  readonly #namespaces: LabelSelector;
  readonly #objects: LabelSelector;

  /** An absent selector selects everything. Throws LabelSelectorError for selectors that are none. */
  constructor(match: DeepReadonly<MatchResources>) {
    this.#rules = match.resourceRules ?? [];
    this.#excluded = match.excludeResourceRules ?? [];
    this.#equivalent = match.matchPolicy === 'Equivalent';
    this.#namespaces = labelSelectorFromObject((match.namespaceSelector ?? {}) as LabelSelectorObject);
    this.#objects = labelSelectorFromObject((match.objectSelector ?? {}) as LabelSelectorObject);
  }

  /**
   * What the request matches as; undefined where it does not. Throws NotFound for a namespace that is to be judged by
   * its labels and does not exist.
   */
  match(request: AdmissionRequest, context: MatchContext): MatchedResource | undefined {
    if (!this.#selectsObject(request)) return undefined;
    if (this.#matchRules(this.#excluded, request, context) !== undefined) return undefined;
    const matched = this.#rules.length === 0 ? request.resource : this.#matchRules(this.#rules, request, context);
    if (matched === undefined || !this.#selectsNamespace(request, context.reader)) return undefined;
    return matched;
  }

  #selectsObject({ object, oldObject }: AdmissionRequest): boolean {
    const selector = this.#objects;
    if (selector.isEverything) return true;
    return (object !== undefined && selector.matches(object.metadata.labels)) || (oldObject !== undefined && selector.matches(oldObject.metadata.labels));
  }

  #selectsNamespace(request: AdmissionRequest, reader: ObjectReader): boolean {
    if (this.#namespaces.isEverything) return true;
    const namespace = namespaceOf(request);
    if (namespace === '') return true;
    if (isNamespace(request.resource) && request.subresource === '' && (request.operation === 'CREATE' || request.operation === 'UPDATE')) {
      return this.#namespaces.matches(request.object?.metadata.labels);
    }
    const found = reader.get(NAMESPACES, '', namespace);
    if (found === undefined) throw notFound(NAMESPACES, namespace);
    return this.#namespaces.matches(found.metadata.labels);
  }

  #matchRules(rules: readonly DeepReadonly<Rule>[], request: AdmissionRequest, context: MatchContext): MatchedResource | undefined {
    if (rules.length === 0) return undefined;
    const { resource } = request;
    if (rules.some((rule) => matchesRule(rule, request, resource))) return resource;
    if (!this.#equivalent) return undefined;
    const others = context.equivalents(resource, request.subresource);
    for (const rule of rules) {
      const other = others.find((equivalent) => matchesRule(rule, request, equivalent));
      if (other) return other;
    }
    return undefined;
  }
}

function matchesRule(rule: DeepReadonly<Rule>, request: AdmissionRequest, resource: GroupVersionResource): boolean {
  return (
    matchesScope(rule.scope, request, resource) &&
    names(rule.operations, request.operation) &&
    names(rule.apiGroups, resource.group) &&
    names(rule.apiVersions, resource.version) &&
    matchesResource(rule.resources ?? [], resource.resource, request.subresource) &&
    ((rule.resourceNames ?? []).length === 0 || (rule.resourceNames ?? []).includes(request.name))
  );
}

function names(given: readonly string[] | undefined, wanted: string): boolean {
  return given !== undefined && (given.includes('*') || given.includes(wanted));
}

/** `pods`, `pods/log`, `*`, `pods/*`: without a slash it is the resource itself. */
function matchesResource(patterns: readonly string[], resource: string, subresource: string): boolean {
  return patterns.some((pattern) => {
    const slash = pattern.indexOf('/');
    const main = slash < 0 ? pattern : pattern.slice(0, slash);
    const sub = slash < 0 ? '' : pattern.slice(slash + 1);
    return (main === '*' || main === resource) && (sub === '*' || sub === subresource);
  });
}

/** A namespace stands in the cluster's scope, though requests about it name it as theirs. */
function matchesScope(scope: string | undefined, request: AdmissionRequest, resource: GroupVersionResource): boolean {
  if (scope === undefined || scope === '*') return true;
  const clusterWide = isNamespace(resource) || request.namespace === '';
  return scope === 'Cluster' ? clusterWide : scope === 'Namespaced' && !clusterWide;
}

export function isNamespace({ group, resource }: GroupVersionResource): boolean {
  return group === '' && resource === 'namespaces';
}

/** The namespace that a request is judged by: a namespace's own for requests about it; '' in the cluster's scope. */
export function namespaceOf(request: AdmissionRequest): string {
  return request.namespace === '' && isNamespace(request.resource) ? request.name : request.namespace;
}
