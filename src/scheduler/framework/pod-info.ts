import { affinityTermsOf, type AffinityTerms } from './affinity-terms.ts';
import { hostPortsOf, type HostPort } from './host-ports.ts';
import { RequiredNodeAffinity } from './node-selector.ts';
import type { SharedPod } from './objects.ts';
import { podRequests, type PodRequests } from './pod-requests.ts';

/** A pod with what the scheduler reads in it again and again, computed once. Immutable. */
export class PodInfo {
  readonly pod: SharedPod;
  /** `namespace/name` */
  readonly key: string;
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly priority: number;
  readonly requests: PodRequests;
  readonly hostPorts: readonly HostPort[];
  readonly affinity: AffinityTerms;
  /** Claims of persistent volumes that it uses, `namespace/name`. */
  readonly claims: readonly string[];
  #nodeAffinity: RequiredNodeAffinity | undefined;

  constructor(pod: SharedPod) {
    const { namespace = '', name = '', uid = '' } = pod.metadata;
    this.pod = pod;
    this.key = `${namespace}/${name}`;
    this.uid = uid;
    this.namespace = namespace;
    this.name = name;
    this.priority = pod.spec?.priority ?? 0;
    this.requests = podRequests(pod);
    this.hostPorts = hostPortsOf(pod);
    this.affinity = affinityTermsOf(pod);
    this.claims = claimsOf(pod);
  }

  get nodeAffinity(): RequiredNodeAffinity {
    this.#nodeAffinity ??= new RequiredNodeAffinity(this.pod);
    return this.#nodeAffinity;
  }

  /** '' until it is bound. */
  get nodeName(): string {
    return this.pod.spec?.nodeName ?? '';
  }
}

/** A generic ephemeral volume's claim is named after the pod and the volume. */
function claimsOf({ spec, metadata }: SharedPod): string[] {
  const found: string[] = [];
  for (const { name, persistentVolumeClaim, ephemeral } of spec?.volumes ?? []) {
    const claim = persistentVolumeClaim?.claimName ?? (ephemeral === undefined ? undefined : `${metadata.name}-${name}`);
    if (claim !== undefined) found.push(`${metadata.namespace}/${claim}`);
  }
  return found;
}
