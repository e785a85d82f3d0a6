import { equalJson } from '../../../machinery/json.ts';
import { parseApiVersion } from '../../../machinery/group-version.ts';
import type { KubeObject, OwnerReference } from '../../../machinery/object-meta.ts';
import type { Attributes, Authorizer } from '../../authorization/authorizer.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission-plugin.ts';
import { admissionRefusal } from '../admission-refusal.ts';
import { isAbout, isWrite } from '../admitted-pod.ts';

/** The resources that serve a kind, in no order; empty for kinds that nobody serves. */
export type ResourcesOfKind = (group: string, version: string, kind: string) => readonly { readonly resource: string; readonly namespaced: boolean }[];

export interface OwnerReferencesOptions {
  readonly authorizer: Authorizer;
  readonly resourcesOfKind: ResourcesOfKind;
}

/**
 * Who sets an owner can have the object deleted with it, and who blocks an owner's deletion holds the owner: both need
 * the right to do so directly.
 */
export function ownerReferencesPermissionEnforcement(options: OwnerReferencesOptions): AdmissionPlugin {
  return {
    name: 'OwnerReferencesPermissionEnforcement',
    handles: isWrite,
    validate(request) {
      // Nodes report on pods and cannot change their owners by it.
      if (isAbout(request, '', 'pods', 'status') || equalJson(ownersOf(request.object), ownersOf(request.oldObject))) return undefined;
      return checkOwners(request, options);
    },
  };
}

async function checkOwners(request: AdmissionRequest, options: OwnerReferencesOptions): Promise<void> {
  if (request.operation !== 'CREATE') await checkDeletion(request, options);
  for (const owner of newlyBlocked(request)) await checkFinalizers(request, owner, options);
}

function ownersOf(object: KubeObject | undefined): readonly OwnerReference[] {
  return object?.metadata.ownerReferences ?? [];
}

async function checkDeletion(request: AdmissionRequest, { authorizer }: OwnerReferencesOptions): Promise<void> {
  const { resource, subresource, namespace, name, user } = request;
  const asked: Attributes = { user, verb: 'delete', resourceRequest: true, path: '', group: resource.group, version: resource.version, resource: resource.resource, subresource, namespace, name };
  const result = await authorizer.authorize(asked);
  if (result.decision !== 'allow') throw admissionRefusal(request, `cannot set an ownerRef on a resource you can't delete: ${result.reason ?? ''}, ${result.evaluationError ?? '<nil>'}`);
}

/** Owners whose deletion this write comes to block. */
function newlyBlocked({ object, oldObject }: AdmissionRequest): readonly OwnerReference[] {
  const before = new Set(ownersOf(oldObject).filter(blocks).map(({ uid }) => uid));
  return ownersOf(object).filter((owner) => blocks(owner) && !before.has(owner.uid));
}

function blocks({ blockOwnerDeletion }: OwnerReference): boolean {
  return blockOwnerDeletion === true;
}

async function checkFinalizers(request: AdmissionRequest, owner: OwnerReference, { authorizer, resourcesOfKind }: OwnerReferencesOptions): Promise<void> {
  const gv = parseApiVersion(owner.apiVersion);
  const resources = gv === undefined ? [] : resourcesOfKind(gv.group, gv.version, owner.kind);
  if (gv === undefined || resources.length === 0) {
    const problem = `no matches for kind ${JSON.stringify(owner.kind)} in version ${JSON.stringify(owner.apiVersion)}`;
    throw admissionRefusal(request, `cannot set blockOwnerDeletion in this case because cannot find RESTMapping for APIVersion ${owner.apiVersion} Kind ${owner.kind}: ${problem}`);
  }
  for (const { resource, namespaced } of resources) {
    const result = await authorizer.authorize({
      user: request.user,
      verb: 'update',
      resourceRequest: true,
      path: '',
      group: gv.group,
      version: gv.version,
      resource,
      subresource: 'finalizers',
      namespace: namespaced ? request.namespace : '',
      name: owner.name,
    });
    if (result.decision === 'allow') continue;
    throw admissionRefusal(request, `cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on: ${result.reason ?? ''}, ${result.evaluationError ?? '<nil>'}`);
  }
}
