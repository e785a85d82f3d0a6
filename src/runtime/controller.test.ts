import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ConfigMap } from '../api/types/generated/core-v1.ts';
import { BUILTIN } from '../client/builtin-resources.ts';
import { describeCause } from './cause.ts';
import { Controller, type ControllerOptions } from './controller.ts';
import { SharedInformers } from './shared-informers.ts';
import { seededRandom, TestCluster } from './test-cluster.contract.ts';

describe('a controller', () => {
  let cluster: TestCluster;
  let informers: SharedInformers;
  let controllers: Controller[];

  beforeEach(async () => {
    cluster = await TestCluster.open();
    informers = new SharedInformers({ client: cluster.client, random: seededRandom(5) });
    controllers = [];
  });
  afterEach(async () => {
    await Promise.all(controllers.map((controller) => controller.stop()));
    await informers.stop();
    await cluster.close();
  });

  const maps = (): ReturnType<typeof cluster.client.resource<ConfigMap>> => cluster.client.resource(BUILTIN.configMaps).inNamespace('test');
  const others = (): ReturnType<typeof cluster.client.resource<ConfigMap>> => cluster.admin.resource(BUILTIN.configMaps).inNamespace('test');
  const map = (name: string, data: Record<string, string> = {}): ConfigMap => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'test' }, data });

  async function run(options: Partial<ControllerOptions> & Pick<ControllerOptions, 'reconcile'>): Promise<Controller> {
    const controller = new Controller({ name: 'test', clock: cluster.clock, ...options });
    controllers.push(controller);
    controller.watch(informers.get(BUILTIN.configMaps, { namespace: 'test' }));
    informers.start();
    controller.start();
    await cluster.clock.advanceUntil(() => informers.get(BUILTIN.configMaps, { namespace: 'test' }).hasSynced);
    await cluster.clock.advance(10);
    return controller;
  }

  test('reconciles what is there, and what changes', async () => {
    await others().create(map('a'));
    const keys: string[] = [];
    await run({
      reconcile: async (key) => {
        keys.push(key);
      },
    });
    await others().create(map('b'));
    await others().delete('a');
    await cluster.clock.advance(10);
    expect(keys).toEqual(['test/a', 'test/b', 'test/a']);
  });

  test('says of each run why it ran: which object, which fields, written by whom', async () => {
    await others().create(map('a', { x: '1' }));
    const controller = await run({ reconcile: async () => undefined });
    const patched = await others().patch('a', 'merge', { data: { x: '2' } });
    await cluster.clock.advance(10);
    const [first, second] = controller.runs('test/a');
    expect(first?.causes.map(describeCause)).toEqual([expect.stringMatching(/^add of configmaps test\/a at \d+$/)]);
    expect(second?.causes.map(describeCause)).toEqual([`update of configmaps test/a at ${patched.metadata.resourceVersion} (data.x by admin)`]);
    expect(second?.outcome).toEqual({ type: 'done' });
  });

  test('runs a key again after a failure, ever later, and forgets the failures when it succeeds', async () => {
    const errors: string[] = [];
    let left = 3;
    const controller = await run({
      reconcile: async () => {
        if (left-- > 0) throw new Error(`no ${left}`);
      },
      onError: (error) => errors.push(error.message),
    });
    await others().create(map('a'));
    await cluster.clock.advance(1000);
    expect(errors).toEqual(['no 2', 'no 1', 'no 0']);
    expect(controller.runs().map(({ outcome }) => (outcome.type === 'failed' ? outcome.retryAfterMs : outcome.type))).toEqual([5, 10, 20, 'done']);
    expect(controller.queue.failures('test/a')).toBe(0);
    expect(controller.runs().at(-1)?.causes.map(describeCause)).toEqual(['again after a failure: no 0']);
  });

  test('survives a reconciler that throws at once, and a listener that throws', async () => {
    let runs = 0;
    await run({
      reconcile: () => {
        runs++;
        throw new Error('at once');
      },
      onError: () => {
        throw new Error('listener');
      },
    });
    await others().create(map('a'));
    await cluster.clock.advance(1000);
    expect(runs).toBeGreaterThan(5);
  });

  test('runs a key again when the reconciler asks for it', async () => {
    const times: number[] = [];
    await others().create(map('a'));
    const start = cluster.clock.now();
    await run({
      reconcile: async () => {
        times.push(cluster.clock.now() - start);
        return times.length < 3 ? { requeueAfterMs: 60_000 } : undefined;
      },
    });
    await cluster.clock.advance(300_000);
    expect(times).toEqual([0, 60_000, 120_000]);
  });

  test('sees its own writes in the next run: it creates each child once', async () => {
    const informer = informers.get(BUILTIN.configMaps, { namespace: 'test' });
    const children = (): string[] => [...informer.store.keys()].filter((key) => key.includes('child'));
    let created = 0;
    // Events come half a second late; without waiting for its own writes the loop would create child after child.
    cluster.fault = (call) => (call.path.includes('watch=true') ? { type: 'lag', ms: 500 } : undefined);
    await run({
      workers: 3,
      reconcile: async (key) => {
        if (!key.includes('parent') || children().length >= 1) return;
        created++;
        await maps().create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'child-', namespace: 'test' } });
      },
    });
    await others().create(map('parent'));
    for (let i = 0; i < 20; i++) {
      await others().patch('parent', 'merge', { data: { i: String(i) } });
      await cluster.clock.advance(50);
    }
    await cluster.clock.advance(20_000);
    expect([created, children().length]).toEqual([1, 1]);
  });

  test('maps objects to the keys of others, also those that they no longer belong to', async () => {
    const keys: string[] = [];
    const controller = new Controller({
      name: 'owners',
      clock: cluster.clock,
      reconcile: async (key) => {
        keys.push(key);
      },
    });
    controllers.push(controller);
    controller.watch(informers.get(BUILTIN.configMaps, { namespace: 'test' }), { keysOf: (object) => (object.data?.['owner'] === undefined ? [] : [object.data['owner']]) });
    informers.start();
    controller.start();
    await others().create(map('a', { owner: 'one' }));
    await informers.waitForSync();
    await cluster.clock.advance(10);
    await others().patch('a', 'merge', { data: { owner: 'two' } });
    await cluster.clock.advance(10);
    expect(keys).toEqual(['one', 'two', 'one']);
  });

  test('works on several keys at once, and on no key twice at once', async () => {
    const running = new Set<string>();
    let most = 0;
    const complaints: string[] = [];
    await run({
      workers: 2,
      reconcile: async (key, { signal }) => {
        if (running.has(key)) complaints.push(key);
        running.add(key);
        most = Math.max(most, running.size);
        await new Promise<void>((resolve) => {
          const timer = cluster.clock.setTimer(100, resolve);
          signal.addEventListener('abort', () => {
            timer.cancel();
            resolve();
          });
        });
        running.delete(key);
      },
    });
    for (const name of ['a', 'b', 'c']) await others().create(map(name));
    for (let i = 0; i < 5; i++) {
      await others().patch('a', 'merge', { data: { i: String(i) } });
      await cluster.clock.advance(70);
    }
    await cluster.clock.advance(1000);
    expect([most, complaints]).toEqual([2, []]);
  });

  test('remembers only so many runs', async () => {
    const controller = await run({ reconcile: async () => undefined, recordedRuns: 3 });
    for (const name of ['a', 'b', 'c', 'd', 'e']) controller.enqueue(name, 'asked');
    await cluster.clock.advance(10);
    expect(controller.runs().map(({ key }) => key)).toEqual(['c', 'd', 'e']);
    expect(controller.runs('e')[0]?.causes.map(describeCause)).toEqual(['asked']);
  });

  test('stops at once, telling what runs, and leaves no timer', async () => {
    const before = cluster.clock.pendingTimers;
    let aborted = false;
    const controller = await run({
      reconcile: (_key, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted = true;
            reject(new Error('aborted'));
          });
        }),
    });
    controller.queue.addAfter('later', 60_000);
    await others().create(map('a'));
    await cluster.clock.advance(10);
    await controller.stop();
    await informers.stop();
    await cluster.clock.advance(0);
    expect([aborted, cluster.clock.pendingTimers]).toEqual([true, before]);
  });
});
