import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ConfigMap } from '../api/types/generated/core-v1.ts';
import { BUILTIN } from '../client/builtin-resources.ts';
import type { ResourceClient } from '../client/resource-client.ts';
import { SharedInformers } from './shared-informers.ts';
import { seededRandom, TestCluster } from './test-cluster.contract.ts';

function configMap(name: string, data: Record<string, string> = {}, labels: Record<string, string> = {}): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'test', labels }, data };
}

describe('an informer', () => {
  let cluster: TestCluster;
  let informers: SharedInformers;
  let others: ResourceClient<ConfigMap>;

  beforeEach(async () => {
    cluster = await TestCluster.open();
    informers = new SharedInformers({ client: cluster.client, random: seededRandom(7) });
    others = cluster.admin.resource(BUILTIN.configMaps).inNamespace('test');
  });
  afterEach(async () => {
    await informers.stop();
    await cluster.close();
  });

  test('shows the state, tells it to handlers, and follows it', async () => {
    await others.create(configMap('a'));
    const informer = informers.get(BUILTIN.configMaps, { namespace: 'test' });
    const told: string[] = [];
    informer.addHandler({
      onAdd: (object, initial) => told.push(`add ${object.metadata.name} ${initial}`),
      onUpdate: (object, old) => told.push(`update ${object.metadata.name} ${old.data?.['x']} ${object.data?.['x']}`),
      onDelete: (object, unknown) => told.push(`delete ${object.metadata.name} ${unknown}`),
    });
    informers.start();
    expect(informer.hasSynced).toBe(false);
    expect(await informers.waitForSync()).toBe(true);
    await others.create(configMap('b', { x: '1' }));
    await others.patch('b', 'merge', { data: { x: '2' } });
    await others.delete('b');
    await cluster.clock.advance(0);
    expect(told).toEqual(['add a true', 'add b false', 'update b 1 2', 'delete b false']);
    expect(informer.store.get('test/a')?.metadata.name).toBe('a');
    expect(informer.store.size).toBe(1);
  });

  test('tells a handler that comes late what is there', async () => {
    await others.create(configMap('a'));
    const informer = informers.get(BUILTIN.configMaps, { namespace: 'test' });
    informers.start();
    await informers.waitForSync();
    const told: string[] = [];
    informer.addHandler({ onAdd: (object, initial) => told.push(`${object.metadata.name} ${initial}`) });
    expect(told).toEqual(['a true']);
  });

  test('finds objects by index, as they are now', async () => {
    const informer = informers.get(BUILTIN.configMaps, { namespace: 'test' });
    informer.store.addIndex('color', (object) => (object.data?.['color'] === undefined ? [] : [object.data['color']]));
    informers.start();
    await informers.waitForSync();
    await others.create(configMap('a', { color: 'red' }));
    await others.create(configMap('b', { color: 'red' }));
    await others.patch('a', 'merge', { data: { color: 'blue' } });
    await cluster.clock.advance(0);
    const names = (color: string): (string | undefined)[] => informer.store.byIndex('color', color).map((object) => object.metadata.name);
    expect([names('red'), names('blue'), names('constructor')]).toEqual([['b'], ['a'], []]);
    expect(informer.store.inNamespace('test')).toHaveLength(2);
  });

  test('is shared by all who ask for the same selection, and by no one else', () => {
    const one = informers.get(BUILTIN.configMaps, { namespace: 'test' });
    expect(informers.get(BUILTIN.configMaps, { namespace: 'test' })).toBe(one);
    expect(informers.get(BUILTIN.configMaps)).not.toBe(one);
    expect(informers.get(BUILTIN.configMaps, { namespace: 'test', labelSelector: 'a=b' })).not.toBe(one);
  });

  test('shows a write of its own client before it says that it is caught up', async () => {
    const informer = informers.get(BUILTIN.configMaps, { namespace: 'test' });
    informers.start();
    await informers.waitForSync();
    const own = cluster.client.resource(BUILTIN.configMaps).inNamespace('test');
    const written = await own.create(configMap('mine', { x: '1' }));
    expect(await informer.waitUntilCaughtUp()).toBe(true);
    expect(informer.store.get('test/mine')?.metadata.resourceVersion).toBe(written.metadata.resourceVersion);
    await own.delete('mine');
    expect(await informer.waitUntilCaughtUp()).toBe(true);
    expect(informer.store.get('test/mine')).toBeUndefined();
  });

  test('waits for no write that it does not select', async () => {
    const informer = informers.get(BUILTIN.configMaps, { namespace: 'test', labelSelector: 'app=web' });
    informers.start();
    await informers.waitForSync();
    const own = cluster.client.resource(BUILTIN.configMaps).inNamespace('test');
    await own.create(configMap('other'));
    expect(informer.isCaughtUp).toBe(true);
    await own.create(configMap('web', {}, { app: 'web' }));
    expect(await informer.waitUntilCaughtUp()).toBe(true);
    expect(informer.store.size).toBe(1);
  });

  test('opens a watch anew that does not show its own writes', async () => {
    const informer = informers.get(BUILTIN.configMaps, { namespace: 'test' });
    cluster.fault = (call) => (call.path.includes('sendInitialEvents') ? { type: 'stall', afterBytes: 100_000 } : undefined);
    informers.start();
    await informers.waitForSync();
    const own = cluster.client.resource(BUILTIN.configMaps).inNamespace('test');
    await own.create(configMap('big', { x: 'x'.repeat(200_000) }));
    const waiting = informer.waitUntilCaughtUp();
    await cluster.clock.advance(5000);
    expect(await waiting).toBe(true);
    expect(informer.store.get('test/big')).toBeDefined();
  });

  test('gives up waiting for its own writes when no watch shows them, and says so', async () => {
    const informer = informers.get(BUILTIN.configMaps, { namespace: 'test' });
    informers.start();
    await informers.waitForSync();
    cluster.fault = (call) => (call.path.includes('watch=true') ? { type: 'refuse' } : undefined);
    cluster.faults.breakConnections();
    await cluster.clock.advance(0);
    const own = cluster.client.resource(BUILTIN.configMaps).inNamespace('test');
    await own.create(configMap('a'));
    const waiting = informer.waitUntilCaughtUp(20_000);
    await cluster.clock.advance(20_000);
    expect([await waiting, informer.isCaughtUp]).toEqual([false, true]);
    cluster.fault = undefined;
    await cluster.clock.advanceUntil(() => informer.store.get('test/a') !== undefined);
  });

  test('tells a new object under an old name as a deletion and an addition', async () => {
    const informer = informers.get(BUILTIN.configMaps, { namespace: 'test' });
    await others.create(configMap('a', { x: '1' }));
    informers.start();
    await informers.waitForSync();
    const told: string[] = [];
    informer.addHandler({ onAdd: (o) => told.push(`add ${o.data?.['x']}`), onUpdate: () => told.push('update'), onDelete: (o, unknown) => told.push(`delete ${o.data?.['x']} ${unknown}`) });
    // While the connection is down and the history is forgotten, the object is replaced.
    cluster.stopServer();
    await cluster.clock.advance(0);
    await cluster.startServer();
    await others.delete('a');
    await others.create(configMap('a', { x: '2' }));
    await cluster.store.compact(await cluster.store.currentRevision());
    cluster.stopServer();
    await cluster.startServer();
    await cluster.clock.advanceUntil(() => informer.store.get('test/a')?.data?.['x'] === '2');
    expect(told).toEqual(['add 1', 'delete 1 true', 'add 2']);
  });

  test('tells the end of what vanished while nobody watched', async () => {
    const informer = informers.get(BUILTIN.configMaps, { namespace: 'test' });
    await others.create(configMap('a'));
    await others.create(configMap('b'));
    informers.start();
    await informers.waitForSync();
    const told: string[] = [];
    informer.addHandler({ onUpdate: (o) => told.push(`update ${o.metadata.name}`), onDelete: (o, unknown) => told.push(`delete ${o.metadata.name} ${unknown}`) });
    cluster.fault = (call) => (call.path.includes('watch=true') ? { type: 'refuse' } : undefined);
    cluster.faults.breakConnections();
    await cluster.clock.advance(0);
    await others.delete('a');
    await cluster.store.compact(await cluster.store.currentRevision());
    cluster.stopServer();
    await cluster.startServer();
    cluster.fault = undefined;
    await cluster.clock.advanceUntil(() => informer.store.size === 1);
    expect(told).toEqual(['delete a true']);
  });

  test('tells everything again when it is to resync', async () => {
    const resyncing = new SharedInformers({ client: cluster.client, random: seededRandom(7), resyncMs: 60_000 });
    await others.create(configMap('a'));
    const informer = resyncing.get(BUILTIN.configMaps, { namespace: 'test' });
    let updates = 0;
    informer.addHandler({ onUpdate: (object, old) => (updates += object === old ? 1 : 0) });
    resyncing.start();
    await resyncing.waitForSync();
    await cluster.clock.advance(180_000);
    expect(updates).toBe(3);
    await resyncing.stop();
  });

  test('goes on when a handler throws, and reports it', async () => {
    const errors: string[] = [];
    const reporting = new SharedInformers({ client: cluster.client, random: seededRandom(7), onError: (error, { resource }) => errors.push(`${resource}: ${error.message}`) });
    const informer = reporting.get(BUILTIN.configMaps, { namespace: 'test' });
    informer.addHandler({
      onAdd: () => {
        throw new Error('handler');
      },
    });
    let adds = 0;
    informer.addHandler({ onAdd: () => (adds += 1) });
    reporting.start();
    await others.create(configMap('a'));
    await reporting.waitForSync();
    await cluster.clock.advance(0);
    expect([errors, adds]).toEqual([['configmaps: handler'], 1]);
    await reporting.stop();
  });

  test('leaves no timer behind when it is stopped', async () => {
    const before = cluster.clock.pendingTimers;
    informers.get(BUILTIN.configMaps);
    informers.get(BUILTIN.pods);
    informers.start();
    await informers.waitForSync();
    await informers.stop();
    await cluster.clock.advance(0);
    expect(cluster.clock.pendingTimers).toBe(before);
  });
});
