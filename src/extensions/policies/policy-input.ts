import { namespaceJson } from '../../cel/admission-types.ts';
import type { PolicyInput } from '../../cel/policy-environment.ts';
import type { GroupVersionKind, GroupVersionResource } from '../../machinery/group-version.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { AdmissionOperation, AdmissionRequest } from '../../server/admission/admission-plugin.ts';
import type { WaitingAuthorizer } from './cel-authorizer.ts';
import { namespaceOf } from './match-criteria.ts';
import type { ResourceView } from './resource-views.ts';

/** What is the same for all policies that one request is judged by. */
export interface RequestFacts {
  readonly request: AdmissionRequest;
  /** Of what the request itself brings. */
  readonly requestKind: GroupVersionKind;
  /** The namespace the object stands in; absent in the cluster's scope, and for namespaces themselves. */
  readonly namespace?: DeepReadonly<KubeObject>;
  readonly authorizer: WaitingAuthorizer;
}

/** How a policy came to see the request. */
export interface Match {
  readonly resource: GroupVersionResource;
  readonly view: ResourceView;
}

/** What expressions see of a request, but for parameters. `object` is as the view reads it. */
export function policyInput(facts: RequestFacts, match: Match, object: unknown): PolicyInput {
  const { request, namespace, authorizer } = facts;
  const { group, resource } = request.resource;
  return {
    object: object ?? null,
    oldObject: request.oldObject === undefined ? null : match.view.read(request.oldObject as DeepReadonly<KubeObject>),
    request: requestJson(facts, match) as unknown as Readonly<Record<string, unknown>>,
    namespaceObject: namespace === undefined ? null : namespaceJson(namespace),
    authorizer,
    requestResource: { group, resource, subresource: request.subresource, namespace: request.namespace, name: request.name },
  };
}

/** An AdmissionReview's `request` without its uid and its objects. */
export interface RequestJson {
  readonly kind: GroupVersionKind;
  readonly resource: GroupVersionResource;
  readonly subResource?: string;
  readonly requestKind: GroupVersionKind;
  readonly requestResource: GroupVersionResource;
  readonly requestSubResource?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly operation: AdmissionOperation;
  readonly userInfo: { readonly username?: string; readonly uid?: string; readonly groups?: readonly string[]; readonly extra?: Readonly<Record<string, readonly string[]>> };
  readonly dryRun: boolean;
  readonly options: Readonly<Record<string, unknown>>;
}

/** What is empty is absent, as it is there. */
export function requestJson({ request, requestKind }: RequestFacts, { resource, view }: Match): RequestJson {
  const { subresource, name, user } = request;
  const namespace = namespaceOf(request);
  return {
    kind: gvkJson(view.kind),
    resource: gvrJson(resource),
    ...(subresource !== '' && { subResource: subresource, requestSubResource: subresource }),
    requestKind: gvkJson(requestKind),
    requestResource: gvrJson(request.resource),
    ...(name !== '' && { name }),
    ...(namespace !== '' && { namespace }),
    operation: request.operation,
    userInfo: {
      ...(user.name !== '' && { username: user.name }),
      ...(user.uid !== undefined && user.uid !== '' && { uid: user.uid }),
      ...(user.groups.length > 0 && { groups: user.groups }),
      ...(user.extra !== undefined && { extra: user.extra }),
    },
    dryRun: request.dryRun,
    options: request.options,
  };
}

/** Only what the type has: both may be given as something that knows more. */
function gvkJson({ group, version, kind }: GroupVersionKind): GroupVersionKind {
  return { group, version, kind };
}

function gvrJson({ group, version, resource }: GroupVersionResource): GroupVersionResource {
  return { group, version, resource };
}
