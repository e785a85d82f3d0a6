import type { DeepReadonly } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { podReferences } from '../../authorization/pod-references.ts';
import type { AdmittedPod } from '../admitted-pod.ts';

const MIRROR = 'kubernetes.io/config.mirror';

/**
 * What is wrong with a pod that a node makes: it may only show what it runs of its own accord, owned by itself, and
 * without anything by which it would come to read other objects. Undefined when nothing is.
 */
export function mirrorPodFault(pod: AdmittedPod, nodeName: string, node: DeepReadonly<KubeObject> | undefined): string | undefined {
  const name = JSON.stringify(nodeName);
  if (!Object.hasOwn(pod.metadata.annotations ?? {}, MIRROR)) return `pod does not have ${JSON.stringify(MIRROR)} annotation, node ${name} can only create mirror pods`;
  if (pod.spec.nodeName !== nodeName) return `node ${name} can only create pods with spec.nodeName set to itself`;
  return ownerFault(pod, nodeName, node) ?? referenceFault(pod, nodeName);
}

function ownerFault({ metadata }: AdmittedPod, nodeName: string, node: DeepReadonly<KubeObject> | undefined): string | undefined {
  const name = JSON.stringify(nodeName);
  const [owner, ...others] = metadata.ownerReferences ?? [];
  if (others.length > 0) return `node ${name} can only create pods with a single owner reference set to itself`;
  if (owner === undefined || owner.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== nodeName) return `node ${name} can only create pods with an owner reference set to itself`;
  if (owner.controller !== true) return `node ${name} can only create pods with a controller owner reference set to itself`;
  if (owner.blockOwnerDeletion === true) return `node ${name} must not set blockOwnerDeletion on an owner reference`;
  const uid = node?.metadata.uid ?? '';
  return owner.uid === uid ? undefined : `node ${name} UID mismatch: expected ${owner.uid} got ${uid}`;
}

function referenceFault(pod: AdmittedPod, nodeName: string): string | undefined {
  // The authorizer takes mirror pods to refer to nothing: here it is asked what this one would refer to.
  const references = podReferences({ apiVersion: pod.apiVersion, kind: pod.kind, metadata: {}, spec: pod.spec });
  const trusts = (pod.spec.volumes ?? []).some(({ projected }) => projected?.sources?.some(({ clusterTrustBundle }) => clusterTrustBundle !== undefined));
  const kinds: readonly (readonly [refers: boolean, what: string])[] = [
    [(pod.spec.serviceAccountName ?? '') !== '', 'a service account'],
    [references.secrets.size > 0, 'secrets'],
    [references.configMaps.size > 0, 'configmaps'],
    [trusts, 'clustertrustbundles'],
    [references.claims.size > 0, 'persistentvolumeclaims'],
    [(pod.spec.resourceClaims?.length ?? 0) > 0, 'resourceclaims'],
  ];
  const found = kinds.find(([refers]) => refers);
  return found && `node ${JSON.stringify(nodeName)} can not create pods that reference ${found[1]}`;
}
