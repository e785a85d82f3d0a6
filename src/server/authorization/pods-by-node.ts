import type { DeepReadonly } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { WatchCache } from '../watch-cache/watch-cache.ts';
import type { PodsOnNode } from './node-graph.ts';

type PodCache = Pick<WatchCache, 'get' | 'watchFromNow'>;

/**
 * An index of pods by node over the pods' watch cache, made when first asked and kept by following the cache. A write to
 * a pod costs it a note of the key; the pod is read when somebody asks next. When the cache ends its watch, the index is
 * made anew with the next question.
 */
export function podsByNode(cache: PodCache): PodsOnNode {
  let index: NodeIndex | undefined;
  return (nodeName) => {
    index ??= new NodeIndex(cache, () => (index = undefined));
    return index.podsOn(nodeName);
  };
}

class NodeIndex {
  readonly #cache: PodCache;
  readonly #nodeOfKey = new Map<string, string>();
  readonly #keysOfNode = new Map<string, Set<string>>();
  readonly #changed = new Set<string>();

  constructor(cache: PodCache, onEnd: () => void) {
    this.#cache = cache;
    const { snapshot } = cache.watchFromNow('', { onEvent: ({ key }) => this.#changed.add(key), onEnd });
    for (const key of snapshot.tree.keys()) this.#changed.add(key);
  }

  podsOn(nodeName: string): readonly DeepReadonly<KubeObject>[] {
    for (const key of this.#changed) this.#place(key);
    this.#changed.clear();
    const pods: DeepReadonly<KubeObject>[] = [];
    for (const key of this.#keysOfNode.get(nodeName) ?? []) {
      const pod = this.#cache.get(key)?.object();
      if (pod !== undefined) pods.push(pod);
    }
    return pods;
  }

  #place(key: string): void {
    const spec = this.#cache.get(key)?.object()['spec'] as { readonly nodeName?: string } | undefined;
    const nodeName = spec?.nodeName ?? '';
    const before = this.#nodeOfKey.get(key) ?? '';
    if (nodeName === before) return;
    if (before !== '') this.#remove(key, before);
    if (nodeName === '') {
      this.#nodeOfKey.delete(key);
      return;
    }
    this.#nodeOfKey.set(key, nodeName);
    const keys = this.#keysOfNode.get(nodeName);
    if (keys === undefined) this.#keysOfNode.set(nodeName, new Set([key]));
    else keys.add(key);
  }

  #remove(key: string, nodeName: string): void {
    const keys = this.#keysOfNode.get(nodeName);
    keys?.delete(key);
    if (keys?.size === 0) this.#keysOfNode.delete(nodeName);
  }
}
