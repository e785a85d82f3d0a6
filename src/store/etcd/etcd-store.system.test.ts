import { setTimeout as realTime } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../machinery/clock.ts';
import { UnavailableError, UncertainError } from '../errors.ts';
import { describeStore } from '../store.contract.ts';
import { prefixRange } from '../store.ts';
import type { Store } from '../store.ts';
import { EtcdServer } from './etcd-server.fixture.ts';
import { open } from './etcd-store.ts';

let server: EtcdServer;
let tests = 0;
beforeAll(async () => {
  server = await EtcdServer.start();
}, 60_000);
afterAll(() => server.dispose());

function openForTest(timeoutMs?: number): Promise<Store> {
  return open({ endpoints: [server.endpoint], clock: systemClock, prefix: `/test-${++tests}`, ...(timeoutMs !== undefined && { timeoutMs }) });
}

async function put(store: Store, key: string, value: string): Promise<number> {
  const result = await store.commit({ compares: [], operations: [{ type: 'put', key, value: Buffer.from(value) }] });
  if (!result.ok) throw new Error('a compare failed');
  return result.revision;
}

/** Resolves with the keys told of, as soon as the revision is reached. */
function watchUntil(store: Store, revision: () => number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const keys: string[] = [];
    const watch = store.watch(prefixRange('/k'), {
      onEvents: (events, reached) => {
        keys.push(...events.map((event) => `${event.type} ${event.key}`));
        if (reached < revision()) return;
        watch.cancel();
        resolve(keys);
      },
      onProgress: () => undefined,
      onEnd: reject,
    });
  });
}

describeStore('the etcd store keeps the contract', async () => {
  const store = await openForTest();
  return { store, elapse: (ms) => realTime(ms), dispose: () => store.close() };
}, { ttlSeconds: 4, runs: 15, timeoutMs: 60_000 });

describe('when etcd is away', () => {
  test('calls fail as unavailable, and a watch goes on where it was when etcd is back', async () => {
    const store = await openForTest(1_000);
    let last = Infinity;
    const told = watchUntil(store, () => last);
    await put(store, '/k/a', '1');
    await server.kill();
    await expect(store.get('/k/a')).rejects.toBeInstanceOf(UnavailableError);
    const error: unknown = await put(store, '/k/b', '1').catch((reason: unknown) => reason);
    expect(error instanceof UnavailableError || error instanceof UncertainError).toBe(true);
    await server.run();
    const other = await open({ endpoints: [server.endpoint], clock: systemClock, prefix: `/test-${tests}` });
    await put(other, '/k/c', '1');
    last = await put(other, '/k/d', '1');
    expect(await told).toEqual(['put /k/a', 'put /k/c', 'put /k/d']);
    expect(Buffer.from((await store.get('/k/d'))!.value).toString()).toBe('1');
    await put(store, '/k/e', '1');
    await other.close();
    await store.close();
  }, 60_000);

  test('a write that is never answered is uncertain, a read unavailable', async () => {
    const store = await openForTest(1_000);
    await put(store, '/k/a', '1');
    server.pause();
    try {
      await expect(put(store, '/k/b', '1')).rejects.toBeInstanceOf(UncertainError);
      await expect(store.get('/k/a')).rejects.toBeInstanceOf(UnavailableError);
    } finally {
      server.resume();
    }
    await store.close();
  }, 60_000);

  test('opening fails as unavailable', async () => {
    await expect(open({ endpoints: ['http://127.0.0.1:1'], clock: systemClock, timeoutMs: 500 })).rejects.toBeInstanceOf(UnavailableError);
  });
});

test('stores with different prefixes do not see each other', async () => {
  const [one, two] = [await openForTest(), await openForTest()];
  await put(one, '/k/a', 'one');
  expect(await two.get('/k/a')).toBeUndefined();
  expect((await two.list(prefixRange('/k'))).count).toBe(0);
  expect((await one.list(prefixRange('/k'))).entries.map((entry) => entry.key)).toEqual(['/k/a']);
  await one.close();
  await two.close();
});
