import { formatGroupResource, type GroupVersionResource } from '../../machinery/group-version.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { notFound } from '../../machinery/status-error.ts';
import type { AdmissionRequest } from '../../server/admission/admission-plugin.ts';
import type { Authorizer } from '../../server/authorization/authorizer.ts';
import type { ObjectReader } from '../../server/object-reader.ts';
import type { RegistryContext } from '../../server/registry/api-call.ts';
import { celAuthorizer } from './cel-authorizer.ts';
import type { LazyPolicyEngine } from './lazy-policy-engine.ts';
import { isNamespace, namespaceOf, type MatchContext } from './match-criteria.ts';
import type { RequestFacts } from './policy-input.ts';
import { ResourceViews } from './resource-views.ts';

export interface PolicyPluginOptions {
  readonly context: Pick<RegistryContext, 'caches' | 'catalog'>;
  /** Must read namespaces, policies and bindings. */
  readonly reader: ObjectReader;
  readonly authorizer: Authorizer;
  readonly engine: LazyPolicyEngine;
}

const NAMESPACES = { group: '', resource: 'namespaces' };
const POLICY_GROUP = 'admissionregistration.k8s.io';

/** Nobody can lock himself out of his policies by one of them. */
const POLICY_RESOURCES: ReadonlySet<string> = new Set(['validatingadmissionpolicies', 'validatingadmissionpolicybindings', 'mutatingadmissionpolicies', 'mutatingadmissionpolicybindings']);

/** Questions, not objects: policies are not asked about them. */
const EXCLUDED: ReadonlySet<string> = new Set([
  'selfsubjectreviews.authentication.k8s.io',
  'tokenreviews.authentication.k8s.io',
  'localsubjectaccessreviews.authorization.k8s.io',
  'selfsubjectaccessreviews.authorization.k8s.io',
  'selfsubjectrulesreviews.authorization.k8s.io',
  'subjectaccessreviews.authorization.k8s.io',
]);

export function isExempt(resource: GroupVersionResource): boolean {
  return (resource.group === POLICY_GROUP && POLICY_RESOURCES.has(resource.resource)) || EXCLUDED.has(formatGroupResource(resource));
}

/** What the plugins of both kinds of policies work with. */
export class PolicyContext implements MatchContext {
  readonly reader: ObjectReader;
  readonly views: ResourceViews;
  readonly #authorizer: Authorizer;

  constructor({ reader, authorizer, context }: PolicyPluginOptions) {
    this.reader = reader;
    this.#authorizer = authorizer;
    this.views = new ResourceViews(context.catalog);
  }

  equivalents(resource: GroupVersionResource, subresource: string): readonly GroupVersionResource[] {
    return this.views.equivalents(resource, subresource);
  }

  /** Throws NotFound for a namespace that does not exist. */
  factsOf(request: AdmissionRequest): RequestFacts {
    const namespace = this.#namespaceOf(request);
    return {
      request,
      requestKind: this.views.kindOf(request),
      authorizer: celAuthorizer(this.#authorizer, request.user),
      ...(namespace && { namespace }),
    };
  }

  #namespaceOf(request: AdmissionRequest): DeepReadonly<KubeObject> | undefined {
    const name = isNamespace(request.resource) ? '' : namespaceOf(request);
    if (name === '') return undefined;
    const found = this.reader.get(NAMESPACES, '', name);
    if (!found) throw notFound(NAMESPACES, name);
    return found;
  }
}
