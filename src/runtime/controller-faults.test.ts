import { expect, test } from 'vitest';
import type { ConfigMap } from '../api/types/generated/core-v1.ts';
import { BUILTIN } from '../client/builtin-resources.ts';
import { parseObjectKey } from '../client/resource-definition.ts';
import { hasReason } from '../machinery/status-error.ts';
import { Controller } from './controller.ts';
import { SharedInformers } from './shared-informers.ts';
import { seededRandom, TestCluster } from './test-cluster.contract.ts';

/**
 * A control loop as they are written: each object with `want: N` gets N children with generated names, which it finds
 * again by an index. Only a loop that never acts on a state older than its own writes makes no child too many.
 */
function replicator(cluster: TestCluster, informers: SharedInformers): { controller: Controller; surplus: () => number } {
  const maps = cluster.client.resource(BUILTIN.configMaps).inNamespace('test');
  const informer = informers.get(BUILTIN.configMaps, { namespace: 'test' });
  const ownerOf = (object: { readonly metadata: { readonly ownerReferences?: readonly { readonly uid: string; readonly name: string }[] } }) => object.metadata.ownerReferences?.[0];
  informer.store.addIndex('owner', (object) => [ownerOf(object)?.uid ?? '']);
  let surplus = 0;
  const controller = new Controller({
    name: 'replicator',
    clock: cluster.clock,
    workers: 2,
    reconcile: async (key) => {
      const parent = informer.store.get(key);
      const want = Number(parent?.data?.['want'] ?? 0);
      const { uid, name } = parent?.metadata ?? {};
      if (uid === undefined || name === undefined || want === 0) return;
      const have = informer.store.byIndex('owner', uid);
      const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name, uid, controller: true }];
      for (let i = have.length; i < want; i++) await maps.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: `${name}-`, ownerReferences } });
      for (const extra of have.slice(want)) {
        surplus++;
        await maps.delete(extra.metadata.name ?? '').catch((error: unknown) => {
          if (!hasReason(error, 'NotFound')) throw error;
        });
      }
    },
  });
  controller.watch(informer, { keysOf: (object) => [`test/${ownerOf(object)?.name ?? object.metadata.name}`] });
  return { controller, surplus: () => surplus };
}

async function childrenOf(cluster: TestCluster, parent: ConfigMap): Promise<number> {
  const { items } = await cluster.admin.resource(BUILTIN.configMaps).inNamespace('test').list();
  return items.filter((item) => item.metadata.ownerReferences?.[0]?.uid === parent.metadata.uid).length;
}

test.each([1, 2, 3, 4])('a control loop gets there through faults and restarts, and without lost answers makes nothing twice (seed %i)', async (seed) => {
  const random = seededRandom(seed);
  const cluster = await TestCluster.open(random);
  const informers = new SharedInformers({ client: cluster.client, random });
  const { controller, surplus } = replicator(cluster, informers);
  cluster.fault = (call) => {
    const isRead = call.method === 'GET';
    const n = random();
    if (n < 0.15) return { type: 'refuse' };
    if (n < 0.25) return { type: 'answer', status: 500, body: 'x' };
    if (n < 0.35) return { type: 'delay', ms: 700 };
    if (n < 0.4 && isRead) return { type: 'break', afterBytes: Math.floor(random() * 3000) };
    if (n < 0.45 && isRead) return { type: 'stall', afterBytes: Math.floor(random() * 3000) };
    if (n < 0.8 && isRead) return { type: 'lag', ms: Math.floor(random() * 1500) };
    return undefined;
  };
  informers.start();
  controller.start();
  const maps = cluster.admin.resource(BUILTIN.configMaps).inNamespace('test');
  const parents: ConfigMap[] = [];
  for (let i = 0; i < 4; i++) {
    parents.push(await maps.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `parent-${i}` }, data: { want: String(i + 1) } }));
    await cluster.clock.advance(3000);
    if (i === 2) {
      cluster.stopServer();
      await cluster.clock.advance(5000);
      await cluster.startServer();
    }
  }
  // A child that somebody deletes is made again.
  const { items } = await maps.list();
  const victim = items.find((item) => item.metadata.ownerReferences !== undefined);
  if (victim) await maps.delete(victim.metadata.name ?? '');
  await cluster.clock.advance(120_000);
  cluster.fault = undefined;
  await cluster.clock.advance(400_000);
  expect(await Promise.all(parents.map((parent) => childrenOf(cluster, parent)))).toEqual([1, 2, 3, 4]);
  expect(surplus()).toBe(0);
  expect(parseObjectKey(controller.runs().at(-1)?.key ?? '').namespace).toBe('test');
  await controller.stop();
  await informers.stop();
  await cluster.clock.advance(0);
  await cluster.close();
  expect(cluster.clock.pendingTimers).toBe(0);
}, 30_000);
