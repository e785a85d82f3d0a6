import type { Deployment, ReplicaSet, StatefulSet } from '../../api/types/generated/apps-v1.ts';
import type { ReplicationController } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import type { Client } from '../../client/client.ts';
import type { ApiObject } from '../../client/resource-definition.ts';
import { parseApiVersion } from '../../machinery/group-version.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import type { OwnerReference } from '../../machinery/object-meta.ts';
import { hasReason } from '../../machinery/status-error.ts';
import type { Informer } from '../../runtime/informer.ts';
import type { SharedInformers } from '../../runtime/shared-informers.ts';
import { KindResources } from '../discovery/kind-resources.ts';
import { controllerOf } from '../ownership/controller-ref.ts';
import type { SharedPod } from '../pods/pod-state.ts';

/** Pods belong to a controller that cannot be found. */
export class NoControllersError extends Error {}

export interface ExpectedPods {
  readonly count: number;
  /** Pods that nobody would make again. */
  readonly unmanaged: readonly SharedPod[];
}

interface Scale {
  readonly uid: string;
  readonly replicas: number;
}

/** How many pods the controllers of pods want. Of kinds that it does not know it asks the scale subresource. */
export class PodScales {
  readonly replicaSets: Informer<ReplicaSet>;
  readonly deployments: Informer<Deployment>;
  readonly statefulSets: Informer<StatefulSet>;
  readonly replicationControllers: Informer<ReplicationController>;
  readonly #client: Client;
  readonly #kinds: KindResources;

  constructor(client: Client, informers: SharedInformers) {
    this.#client = client;
    this.#kinds = new KindResources(client);
    this.replicaSets = informers.get<ReplicaSet>(BUILTIN.replicaSets);
    this.deployments = informers.get<Deployment>(BUILTIN.deployments);
    this.statefulSets = informers.get<StatefulSet>(BUILTIN.statefulSets);
    this.replicationControllers = informers.get<ReplicationController>(BUILTIN.replicationControllers);
  }

  /** Throws NoControllersError, or why a scale cannot be had. */
  async expected(pods: readonly SharedPod[], signal: AbortSignal): Promise<ExpectedPods> {
    const scales = new Map<string, number>();
    const seen = new Set<string>();
    const unmanaged: SharedPod[] = [];
    for (const pod of pods) {
      const owner = controllerOf(pod);
      if (!owner) unmanaged.push(pod);
      if (!owner || seen.has(owner.uid)) continue;
      const scale = this.#known(owner, pod) ?? (await this.#asked(owner, pod, signal));
      if (!scale) throw new NoControllersError(`found no controllers for pod "${pod.metadata.name ?? ''}"`);
      seen.add(owner.uid);
      scales.set(scale.uid, scale.replicas);
    }
    return { count: [...scales.values()].reduce((sum, replicas) => sum + replicas, 0), unmanaged };
  }

  #known(owner: DeepReadonly<OwnerReference>, { metadata }: SharedPod): Scale | undefined {
    const { group = '' } = parseApiVersion(owner.apiVersion) ?? {};
    const key = `${metadata.namespace ?? ''}/${owner.name}`;
    switch (`${owner.kind}.${group}`) {
      case 'ReplicaSet.apps': {
        const set = this.replicaSets.store.get(key);
        if (set?.metadata.uid !== owner.uid) return undefined;
        const above = controllerOf(set);
        if (above?.kind !== 'Deployment') return scaleOf(set, owner.uid);
        return scaleOf(this.deployments.store.get(`${metadata.namespace ?? ''}/${above.name}`), above.uid);
      }
      case 'StatefulSet.apps':
        return scaleOf(this.statefulSets.store.get(key), owner.uid);
      case 'ReplicationController.':
        return scaleOf(this.replicationControllers.store.get(key), owner.uid);
      default:
        return undefined;
    }
  }

  async #asked(owner: DeepReadonly<OwnerReference>, { metadata }: SharedPod, signal: AbortSignal): Promise<Scale | undefined> {
    const resource = await this.#kinds.inVersion(owner, signal);
    const { group, version, resource: plural, namespaced, subresources } = resource;
    if (!subresources.includes('scale')) throw new Error(`${plural}.${group} does not implement the scale subresource`);
    const objects = this.#client.resource<ApiObject>({ group, version, resource: plural, namespaced }).inNamespace(metadata.namespace ?? '');
    try {
      const scale = await objects.getScale(owner.name, { signal });
      return scale.metadata.uid === owner.uid ? { uid: owner.uid, replicas: scale.spec?.replicas ?? 0 } : undefined;
    } catch (error) {
      if (hasReason(error, 'NotFound')) return undefined;
      throw error;
    }
  }
}

function scaleOf(object: DeepReadonly<ApiObject & { spec?: { replicas?: number } }> | undefined, uid: string): Scale | undefined {
  return object?.metadata.uid === uid ? { uid, replicas: object.spec?.replicas ?? 1 } : undefined;
}
