import type { Taint } from '../../../api/pod-template/shapes.ts';
import type { GroupResource } from '../../../machinery/group-version.ts';
import { cloneJson, equalJson, type DeepReadonly } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { notFound } from '../../../machinery/status-error.ts';
import type { Authorizer } from '../../authorization/authorizer.ts';
import { nodeOf } from '../../authorization/node-authorizer.ts';
import type { ObjectReader } from '../../object-reader.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission-plugin.ts';
import { admissionRefusal } from '../admission-refusal.ts';
import { asPod } from '../admitted-pod.ts';
import { readRequestSubject } from '../certificates/request-subject.ts';
import { bindingFault, boundPodFault, type BoundObjectReference } from './bound-token.ts';
import { mirrorPodFault } from './mirror-pods.ts';
import { forbiddenLabelChanges } from './node-labels.ts';
import { mayHaveAudience } from './token-audience.ts';

const PODS: GroupResource = { group: '', resource: 'pods' };
const NODES: GroupResource = { group: '', resource: 'nodes' };
const LEASE_NAMESPACE = 'kube-node-lease';
const NODE_SIGNERS: ReadonlySet<string> = new Set(['kubernetes.io/kube-apiserver-client-kubelet', 'kubernetes.io/kubelet-serving']);

export interface NodeRestrictionOptions {
  readonly reader: ObjectReader;
  /** Asked for audiences of tokens beyond those that pods use. */
  readonly authorizer: Authorizer;
}

/** One write of a node, and who it is. */
interface NodeWrite extends NodeRestrictionOptions {
  readonly request: AdmissionRequest;
  readonly nodeName: string;
}

/** What forbids the write; undefined when nothing does. */
type Rule = (write: NodeWrite) => string | undefined | Promise<string | undefined>;

/** Lets nodes write only what is about themselves: their Node, their pods and leases. Everybody else passes. */
export function nodeRestriction(options: NodeRestrictionOptions): AdmissionPlugin {
  return {
    name: 'NodeRestriction',
    handles: (operation) => operation !== 'CONNECT',
    admit(request) {
      const nodeName = nodeOf(request.user);
      return nodeName === undefined ? undefined : restrict({ ...options, request, nodeName });
    },
  };
}

async function restrict(write: NodeWrite): Promise<void> {
  const { request, nodeName } = write;
  if (nodeName === '') throw admissionRefusal(request, `could not determine node from user ${JSON.stringify(request.user.name)}`);
  const fault = await RULES.get(`${request.resource.group}/${request.resource.resource}`)?.(write);
  if (fault !== undefined) throw admissionRefusal(request, fault);
}

const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['/pods', checkPod],
  ['/nodes', checkNode],
  ['/persistentvolumeclaims', checkClaim],
  ['/serviceaccounts', checkTokenRequest],
  ['coordination.k8s.io/leases', checkLease],
  ['storage.k8s.io/csinodes', (write) => (nameOf(write) === write.nodeName ? undefined : 'can only access CSINode with the same name as the requesting node')],
  ['resource.k8s.io/resourceslices', checkResourceSlice],
  ['certificates.k8s.io/certificatesigningrequests', checkSigningRequest],
]);

function nameOf({ request }: NodeWrite): string {
  return request.name || (request.object?.metadata.name ?? '');
}

function nodeNameOf(pod: DeepReadonly<KubeObject> | undefined): string {
  return (pod?.['spec'] as { nodeName?: string } | undefined)?.nodeName ?? '';
}

function storedPod({ reader, request }: NodeWrite, name: string): DeepReadonly<KubeObject> {
  const pod = reader.get(PODS, request.namespace, name);
  if (pod === undefined) throw notFound(PODS, name);
  return pod;
}

function checkPod(write: NodeWrite): string | undefined {
  const { request, nodeName, reader } = write;
  const node = JSON.stringify(nodeName);
  switch (request.subresource) {
    case '':
      if (request.operation === 'CREATE' && request.object !== undefined) return mirrorPodFault(asPod(request.object), nodeName, reader.get(NODES, '', nodeName));
      if (request.operation !== 'DELETE') return `unexpected operation ${JSON.stringify(request.operation)}, node ${node} can only create and delete mirror pods`;
      return nodeNameOf(storedPod(write, request.name)) === nodeName ? undefined : `node ${node} can only delete pods with spec.nodeName set to itself`;
    case 'status':
      return checkPodStatus(write);
    case 'eviction':
      if (request.operation !== 'CREATE') return `unexpected operation ${request.operation}`;
      return nodeNameOf(storedPod(write, nameOf(write))) === nodeName ? undefined : `node ${nodeName} can only evict pods with spec.nodeName set to itself`;
    default:
      return `unexpected pod subresource ${JSON.stringify(request.subresource)}, only 'status' and 'eviction' are allowed`;
  }
}

function checkPodStatus({ request: { operation, object, oldObject }, nodeName }: NodeWrite): string | undefined {
  const node = JSON.stringify(nodeName);
  if (operation !== 'UPDATE') return `unexpected operation ${JSON.stringify(operation)}`;
  if (nodeNameOf(oldObject) !== nodeName) return `node ${node} can only update pod status for pods with spec.nodeName set to itself`;
  if (!equalJson(object?.metadata.labels ?? {}, oldObject?.metadata.labels ?? {})) return `node ${node} cannot update labels through pod status`;
  const claims = (pod: KubeObject | undefined): unknown => (pod?.['status'] as { resourceClaimStatuses?: unknown[] } | undefined)?.resourceClaimStatuses ?? [];
  return equalJson(claims(object), claims(oldObject)) ? undefined : `node ${node} cannot update resource claim statuses`;
}

function checkNode(write: NodeWrite): string | undefined {
  const { request, nodeName } = write;
  const { operation, object, oldObject } = request;
  const node = JSON.stringify(nodeName);
  if (operation === 'CREATE') {
    const labels = forbiddenLabelChanges(object?.metadata.labels, undefined);
    if (labels.length > 0) return `node ${node} is not allowed to set the following labels: ${labels.join(', ')}`;
  }
  const name = nameOf(write);
  if (name !== nodeName) return `node ${node} is not allowed to modify node ${JSON.stringify(name)}`;
  if (operation !== 'UPDATE') return undefined;
  if (!equalJson(taintsOf(object), taintsOf(oldObject))) return `node ${node} is not allowed to modify taints`;
  const labels = forbiddenLabelChanges(object?.metadata.labels, oldObject?.metadata.labels);
  if (labels.length > 0) return `node ${node} is not allowed to modify labels: ${labels.join(', ')}`;
  return equalJson(object?.metadata.ownerReferences ?? [], oldObject?.metadata.ownerReferences ?? []) ? undefined : `node ${node} is not allowed to modify ownerReferences`;
}

function taintsOf(node: KubeObject | undefined): readonly Taint[] {
  return (node?.['spec'] as { taints?: Taint[] } | undefined)?.taints ?? [];
}

/** A node that has grown a volume says how large it is now, and whether that worked. */
function checkClaim({ request: { operation, subresource, object, oldObject }, nodeName }: NodeWrite): string | undefined {
  if (subresource !== 'status') return 'may only update PVC status';
  if (operation !== 'UPDATE') return `unexpected operation ${JSON.stringify(operation)}`;
  if (equalJson(withoutVolumeState(object), withoutVolumeState(oldObject))) return undefined;
  return `node ${JSON.stringify(nodeName)} is not allowed to update fields other than status.quantity and status.conditions`;
}

const VOLUME_STATE = ['capacity', 'conditions', 'allocatedResources', 'allocatedResourceStatuses'];

function withoutVolumeState(claim: KubeObject | undefined): unknown {
  if (claim === undefined) return undefined;
  const { metadata, ...rest } = cloneJson(claim);
  const { managedFields: _fields, resourceVersion: _version, ...meta } = metadata;
  const status = Object.fromEntries(Object.entries((rest['status'] ?? {}) as object).filter(([field]) => !VOLUME_STATE.includes(field)));
  return { ...rest, metadata: meta, status };
}

async function checkTokenRequest(write: NodeWrite): Promise<string | undefined> {
  const { request, nodeName, reader, authorizer } = write;
  if (request.operation !== 'CREATE' || request.subresource !== 'token') return undefined;
  const { boundObjectRef, audiences = [] } = (request.object?.['spec'] ?? {}) as { boundObjectRef?: BoundObjectReference; audiences?: string[] };
  const fault = bindingFault(boundObjectRef);
  if (fault !== undefined) return fault;
  const pod = storedPod(write, boundObjectRef?.name ?? '');
  const podFault = boundPodFault(pod, nodeName, boundObjectRef?.uid ?? '');
  if (podFault !== undefined) return podFault;
  if (audiences.length > 1) return 'node may only request 0 or 1 audiences';
  const [audience = ''] = audiences;
  if (await mayHaveAudience({ pod, serviceAccount: request.name, user: request.user, audience }, reader, authorizer)) return undefined;
  return `audience ${JSON.stringify(audience)} not found in pod spec volume, ${request.user.name} is not authorized to request tokens for this audience`;
}

function checkLease(write: NodeWrite): string | undefined {
  if (write.request.namespace !== LEASE_NAMESPACE) return `can only access leases in the ${JSON.stringify(LEASE_NAMESPACE)} system namespace`;
  return nameOf(write) === write.nodeName ? undefined : 'can only access node lease with the same name as the requesting node';
}

/** Updates are the authorizer's business: the node of a slice cannot change. */
function checkResourceSlice({ request: { operation, object, oldObject }, nodeName }: NodeWrite): string | undefined {
  if (operation === 'UPDATE') return undefined;
  const verb = operation === 'CREATE' ? 'create' : 'delete';
  return nodeNameOf(operation === 'CREATE' ? object : oldObject) === nodeName ? undefined : `can only ${verb} ResourceSlice with the same NodeName as the requesting node`;
}

/** A node asks for certificates in its own name. */
function checkSigningRequest({ request: { operation, subresource, object, user } }: NodeWrite): string | undefined {
  if (operation !== 'CREATE' || subresource !== '') return undefined;
  const { signerName = '', request = '' } = (object?.['spec'] ?? {}) as { signerName?: string; request?: string };
  if (!NODE_SIGNERS.has(signerName)) return undefined;
  try {
    const { commonName } = readRequestSubject(request);
    return commonName.startsWith('system:node:') && commonName !== user.name ? `can only create a node CSR with CN=${user.name}` : undefined;
  } catch (error) {
    return `unable to parse csr: ${error instanceof Error ? error.message : String(error)}`;
  }
}
