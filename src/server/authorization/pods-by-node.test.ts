import { expect, test } from 'vitest';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { CacheWatcher, WatchCache } from '../watch-cache/watch-cache.ts';
import { object } from './memory-reader.test-data.ts';
import { podsByNode } from './pods-by-node.ts';

/** As much of a watch cache as the index sees. */
class Pods {
  readonly #pods = new Map<string, KubeObject>();
  readonly watchers: CacheWatcher[] = [];

  readonly cache = {
    get: (key: string) => {
      const pod = this.#pods.get(key);
      return pod && { object: () => pod };
    },
    watchFromNow: (_scope: string, watcher: CacheWatcher) => {
      this.watchers.push(watcher);
      return { snapshot: { revision: 1, tree: new Map(this.#pods) }, cancel: () => {} };
    },
  } as unknown as WatchCache;

  put(key: string, nodeName?: string): void {
    this.#pods.set(key, object('v1', 'Pod', { name: key }, { spec: nodeName === undefined ? {} : { nodeName } }));
    for (const watcher of this.watchers) watcher.onEvent({ type: 'put', revision: 2, key });
  }

  remove(key: string): void {
    this.#pods.delete(key);
    for (const watcher of this.watchers) watcher.onEvent({ type: 'delete', revision: 2, key });
  }
}

test('pods are found by their node, as they come, move and go', () => {
  const pods = new Pods();
  pods.put('x/a', 'n1');
  pods.put('x/b');
  const on = podsByNode(pods.cache);
  const names = (node: string): unknown[] => on(node).map((pod) => pod.metadata.name);
  expect([names('n1'), names('n2'), names('')]).toEqual([['x/a'], [], []]);
  pods.put('x/b', 'n1');
  pods.put('x/c', 'n2');
  expect([names('n1'), names('n2')]).toEqual([['x/a', 'x/b'], ['x/c']]);
  pods.put('x/a', 'n2');
  pods.remove('x/c');
  expect([names('n1'), names('n2')]).toEqual([['x/b'], ['x/a']]);
  expect(pods.watchers).toHaveLength(1);
});

test('a watch that ends is followed by a new one', () => {
  const pods = new Pods();
  pods.put('x/a', 'n1');
  const on = podsByNode(pods.cache);
  expect(on('n1')).toHaveLength(1);
  pods.watchers[0]?.onEnd(new Error('gone'));
  pods.watchers.length = 0;
  pods.put('x/b', 'n1');
  expect(on('n1')).toHaveLength(2);
});
