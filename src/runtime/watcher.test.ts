import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ConfigMap } from '../api/types/generated/core-v1.ts';
import { BUILTIN } from '../client/builtin-resources.ts';
import type { TransportCall } from '../client/transport.ts';
import { Informer } from './informer.ts';
import { seededRandom, TestCluster } from './test-cluster.contract.ts';

const isWatch = (call: TransportCall): boolean => call.path.includes('watch=true');
const isInitial = (call: TransportCall): boolean => call.path.includes('sendInitialEvents=true');

describe('a watch', () => {
  let cluster: TestCluster;
  let informer: Informer<ConfigMap>;
  let calls: string[];
  let errors: string[];

  const others = (): ReturnType<typeof cluster.admin.resource<ConfigMap>> => cluster.admin.resource(BUILTIN.configMaps).inNamespace('test');
  const create = (name: string): Promise<ConfigMap> => others().create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'test' } });
  const kindOf = (call: TransportCall): string => (isInitial(call) ? 'stream' : isWatch(call) ? 'watch' : call.path.includes('continue=') ? 'page' : call.path.includes('limit=') ? 'pages' : 'list');

  beforeEach(async () => {
    cluster = await TestCluster.open();
    calls = [];
    errors = [];
    cluster.fault = (call) => {
      calls.push(kindOf(call));
      return undefined;
    };
    informer = new Informer({
      resource: cluster.client.resource(BUILTIN.configMaps).inNamespace('test'),
      clock: cluster.clock,
      random: seededRandom(3),
      onError: (error) => errors.push(error.message),
    });
  });
  afterEach(async () => {
    await informer.stop();
    await cluster.close();
  });

  const names = (): string[] => [...informer.store.keys()].map((key) => key.slice('test/'.length)).sort();

  test('begins with the state in one stream', async () => {
    await create('a');
    informer.start();
    await informer.waitForSync();
    await create('b');
    await cluster.clock.advance(0);
    expect([calls, names()]).toEqual([['stream'], ['a', 'b']]);
  });

  test('falls back to pages where the server does not know initial events, and stays with them', async () => {
    for (const name of ['a', 'b', 'c']) await create(name);
    cluster.fault = (call) => {
      calls.push(kindOf(call));
      return isInitial(call) ? { type: 'answer', status: 422, body: '{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Invalid","message":"sendInitialEvents: Forbidden","code":422}' } : undefined;
    };
    informer.start();
    await cluster.clock.advanceUntil(() => informer.hasSynced);
    await create('d');
    await cluster.clock.advanceUntil(() => names().length === 4);
    expect(calls).toEqual(['stream', 'pages', 'watch']);
  });

  test('asks for pages when a server takes the parameter for nothing and never completes the state', async () => {
    await create('a');
    // The server's marked bookmark does not come through.
    cluster.fault = (call) => {
      calls.push(kindOf(call));
      return isInitial(call) ? { type: 'stall', afterBytes: 50 } : undefined;
    };
    informer.start();
    await cluster.clock.advanceUntil(() => informer.hasSynced);
    expect([calls.slice(0, 2), names()]).toEqual([['stream', 'pages'], ['a']]);
  });

  test('resumes where it was when the connection breaks, without reading the state again', async () => {
    informer.start();
    await informer.waitForSync();
    cluster.faults.breakConnections();
    await create('a');
    await cluster.clock.advanceUntil(() => names().length === 1);
    expect([calls, errors]).toEqual([['stream', 'watch'], ['read ECONNRESET']]);
  });

  test('is renewed when it was silent for too long', async () => {
    cluster.fault = (call) => {
      calls.push(kindOf(call));
      return calls.length === 2 ? { type: 'stall', afterBytes: 0 } : undefined;
    };
    informer.start();
    await informer.waitForSync();
    cluster.faults.breakConnections();
    await cluster.clock.advanceUntil(() => calls.length === 2);
    await create('a');
    const before = cluster.clock.now();
    await cluster.clock.advanceUntil(() => names().length === 1);
    expect(calls).toEqual(['stream', 'watch', 'watch']);
    expect(cluster.clock.now() - before).toBeLessThanOrEqual(150_000);
  });

  test('is kept by bookmarks while nothing happens', async () => {
    informer.start();
    await informer.waitForSync();
    const first = informer.resourceVersion;
    await cluster.admin.resource(BUILTIN.namespaces).create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'elsewhere' } });
    await cluster.clock.advance(200_000);
    expect([calls, errors]).toEqual([['stream'], []]);
    expect(Number(informer.resourceVersion)).toBeGreaterThan(Number(first));
  });

  test('is opened anew when the server ends it after its time', async () => {
    informer.start();
    await informer.waitForSync();
    await cluster.clock.advance(1_300_000);
    expect(calls.length).toBeGreaterThan(2);
    expect(calls.slice(1).every((call) => call === 'watch')).toBe(true);
    expect(errors).toEqual([]);
  });

  test('begins from nothing when what it knew was compacted', async () => {
    informer.start();
    await informer.waitForSync();
    cluster.stopServer();
    await cluster.startServer();
    await create('a');
    await create('b');
    await others().delete('a');
    await cluster.store.compact(await cluster.store.currentRevision());
    cluster.stopServer();
    await cluster.startServer();
    await cluster.clock.advanceUntil(() => names().join() === 'b');
    expect(calls.at(-1)).toBe('stream');
  });

  test('asks ever less often while the server is down, and is back soon after it is', async () => {
    informer.start();
    await informer.waitForSync();
    cluster.stopServer();
    await cluster.clock.advance(600_000);
    const tries = calls.length;
    expect(tries).toBeLessThan(40);
    await cluster.startServer();
    await create('a');
    const before = cluster.clock.now();
    await cluster.clock.advanceUntil(() => names().length === 1);
    expect(cluster.clock.now() - before).toBeLessThanOrEqual(60_000);
  });

  test('waits as long as the server asks it to', async () => {
    cluster.fault = (call) => {
      calls.push(kindOf(call));
      return calls.length === 1 ? { type: 'answer', status: 429, headers: { 'retry-after': '7' } } : undefined;
    };
    const before = cluster.clock.now();
    informer.start();
    await cluster.clock.advanceUntil(() => informer.hasSynced);
    expect(cluster.clock.now() - before).toBe(7000);
  });

  test('stops in the middle of anything, and leaves no timer', async () => {
    const before = cluster.clock.pendingTimers;
    for (const fault of [undefined, { type: 'hang' }, { type: 'refuse' }, { type: 'stall', afterBytes: 0 }] as const) {
      const short = new Informer({ resource: cluster.client.resource(BUILTIN.configMaps), clock: cluster.clock, random: seededRandom(3) });
      cluster.fault = () => fault;
      short.start();
      await cluster.clock.advance(100);
      await short.stop();
      expect(await short.waitForSync()).toBe(fault === undefined);
    }
    await cluster.clock.advance(0);
    expect(cluster.clock.pendingTimers).toBe(before);
  });
});
