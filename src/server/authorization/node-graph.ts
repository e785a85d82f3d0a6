import type { GroupResource } from '../../machinery/group-version.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { ObjectReader } from '../object-reader.ts';
import { driverSecrets, podReferences, type PodReferences } from './pod-references.ts';

const PODS: GroupResource = { group: '', resource: 'pods' };
const CLAIMS: GroupResource = { group: '', resource: 'persistentvolumeclaims' };
const VOLUMES: GroupResource = { group: '', resource: 'persistentvolumes' };
const ATTACHMENTS: GroupResource = { group: 'storage.k8s.io', resource: 'volumeattachments' };
const SLICES: GroupResource = { group: 'resource.k8s.io', resource: 'resourceslices' };

type Pod = DeepReadonly<KubeObject>;

/** Finds the pods that are bound to a node; the watch cache answers it from its index. */
export type PodsOnNode = (nodeName: string) => readonly Pod[];

/** What a node has to do with an object: it runs a pod that uses it. */
export type NodeRelation = 'pod' | 'secret' | 'configmap' | 'persistentvolumeclaim' | 'persistentvolume' | 'serviceaccount' | 'resourceclaim' | 'volumeattachment' | 'resourceslice';

interface VolumeSpec {
  readonly claimRef?: { readonly namespace?: string; readonly name?: string; readonly uid?: string };
  readonly [source: string]: unknown;
}

/**
 * The relations between nodes and objects, read off the pods of a node when asked: a node runs some hundred pods at the
 * most, however many there are. What a pod refers to is read once for each of its revisions.
 */
export class NodeGraph {
  readonly #reader: ObjectReader;
  readonly #podsOnNode: PodsOnNode;
  readonly #references = new WeakMap<Pod, PodReferences>();

  constructor(reader: ObjectReader, podsOnNode: PodsOnNode = scanPods(reader)) {
    this.#reader = reader;
    this.#podsOnNode = podsOnNode;
  }

  isRelated(nodeName: string, relation: NodeRelation, { namespace, name }: { readonly namespace: string; readonly name: string }): boolean {
    switch (relation) {
      case 'pod':
        return specOf(this.#reader.get(PODS, namespace, name))?.['nodeName'] === nodeName;
      case 'volumeattachment':
        return specOf(this.#reader.get(ATTACHMENTS, '', name))?.['nodeName'] === nodeName;
      case 'resourceslice':
        return specOf(this.#reader.get(SLICES, '', name))?.['nodeName'] === nodeName;
      case 'configmap':
        return this.#somePod(nodeName, namespace, ({ configMaps }) => configMaps.has(name));
      case 'serviceaccount':
        return this.#somePod(nodeName, namespace, ({ serviceAccount }) => serviceAccount === name);
      case 'resourceclaim':
        return this.#somePod(nodeName, namespace, ({ resourceClaims }) => resourceClaims.has(name));
      case 'persistentvolumeclaim':
        return this.#somePod(nodeName, namespace, ({ claims }) => claims.has(name));
      case 'persistentvolume':
        return this.#usesVolume(nodeName, name);
      case 'secret':
      default:
        return this.#somePod(nodeName, namespace, ({ secrets }) => secrets.has(name)) || this.#needsForVolume(nodeName, { namespace, name });
    }
  }

  /** '' for any namespace. */
  #somePod(nodeName: string, namespace: string, uses: (references: PodReferences, pod: Pod) => boolean): boolean {
    return this.#podsOnNode(nodeName).some((pod) => (namespace === '' || pod.metadata.namespace === namespace) && uses(this.#referencesOf(pod), pod));
  }

  #referencesOf(pod: Pod): PodReferences {
    let references = this.#references.get(pod);
    if (references === undefined) this.#references.set(pod, (references = podReferences(pod)));
    return references;
  }

  /** A volume belongs to the claim that it names itself; what a claim says of a volume does not count. */
  #usesVolume(nodeName: string, volumeName: string): boolean {
    const claim = (specOf(this.#reader.get(VOLUMES, '', volumeName)) as VolumeSpec | undefined)?.claimRef;
    const name = claim?.name;
    return claim?.namespace !== undefined && name !== undefined && this.#somePod(nodeName, claim.namespace, ({ claims }) => claims.has(name));
  }

  /** Secrets with which a driver opens the volume behind a claim of one of the node's pods. */
  #needsForVolume(nodeName: string, secret: { readonly namespace: string; readonly name: string }): boolean {
    return this.#somePod(nodeName, '', ({ claims }, pod) => {
      const namespace = pod.metadata.namespace ?? '';
      return [...claims].some((claim) => {
        const volumeName = specOf(this.#reader.get(CLAIMS, namespace, claim))?.['volumeName'];
        if (typeof volumeName !== 'string') return false;
        const volume = specOf(this.#reader.get(VOLUMES, '', volumeName)) as VolumeSpec | undefined;
        return volume?.claimRef?.namespace === namespace && volume.claimRef.name === claim && volumeSecrets(volume).some((used) => used.namespace === secret.namespace && used.name === secret.name);
      });
    });
  }
}

/** A reference without a namespace means the claim's. */
function volumeSecrets(volume: VolumeSpec): { readonly namespace: string; readonly name: string }[] {
  const claimNamespace = volume.claimRef?.namespace ?? '';
  return Object.entries(volume).flatMap(([source, settings]) => {
    if (typeof settings !== 'object' || settings === null || Array.isArray(settings) || source === 'claimRef') return [];
    const known = settings as Readonly<Record<string, unknown>>;
    if (source === 'azureFile') return driverSecrets(source, known).map((name) => ({ namespace: (known['secretNamespace'] as string | undefined) || claimNamespace, name }));
    return Object.entries(known).flatMap(([key, value]) => {
      const ref = value as { readonly name?: string; readonly namespace?: string } | null;
      return /secretref$/i.test(key) && ref?.name ? [{ namespace: ref.namespace || claimNamespace, name: ref.name }] : [];
    });
  });
}

function specOf(object: DeepReadonly<KubeObject> | undefined): Readonly<Record<string, unknown>> | undefined {
  return object?.['spec'] as Readonly<Record<string, unknown>> | undefined;
}

/** For readers without an index: all pods, sorted by node anew when a pod has changed. */
function scanPods(reader: ObjectReader): PodsOnNode {
  let revision = -1;
  let byNode = new Map<string, Pod[]>();
  return (nodeName) => {
    if (reader.revision(PODS) !== revision) {
      revision = reader.revision(PODS);
      byNode = Map.groupBy(reader.list(PODS, ''), (pod) => (specOf(pod)?.['nodeName'] as string | undefined) ?? '');
    }
    return byNode.get(nodeName) ?? [];
  };
}
