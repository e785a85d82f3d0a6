import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../machinery/virtual-clock.ts';
import { ClosedError, CompactedError, DataFolderInUseError, ReadOnlyError, StoreError } from '../errors.ts';
import { describeStore } from '../store.contract.ts';
import { prefixRange } from '../store.ts';
import type { Entry, Store, StoreEvent } from '../store.ts';
import { openEnvironment } from './environment.ts';
import type { Environment } from './environment.ts';
import { LmdbStore } from './lmdb-store.ts';
import { open } from './open.ts';
import type { LmdbStoreOptions } from './open.ts';
import { encodeNumber, formatKey } from './records.ts';

async function newFolder(): Promise<string> {
  return mkdtemp(path.join(tmpdir(), 'steersman-store-'));
}

describeStore('the LMDB store keeps the contract', async () => {
  const folder = await newFolder();
  const clock = new VirtualClock();
  const store = await open({ folder, clock });
  return {
    store,
    elapse: (ms) => clock.advance(ms),
    dispose: async () => {
      await store.close();
      await rm(folder, { recursive: true });
      expect(clock.pendingTimers).toBe(0);
    },
  };
}, { runs: 25 });

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function folderForTest(): Promise<string> {
  const folder = await newFolder();
  cleanups.push(() => rm(folder, { recursive: true }));
  return folder;
}

async function openForTest(options: Partial<LmdbStoreOptions> & { readonly folder: string }): Promise<Store> {
  const store = await open({ clock: new VirtualClock(), ...options });
  cleanups.push(() => store.close());
  return store;
}

async function put(store: Store, key: string, value: string | Uint8Array, ttlSeconds?: number): Promise<number> {
  const result = await store.commit({ compares: [], operations: [{ type: 'put', key, value: Buffer.from(value), ...(ttlSeconds !== undefined && { ttlSeconds }) }] });
  if (!result.ok) throw new Error('a compare failed');
  return result.revision;
}

async function remove(store: Store, key: string): Promise<number> {
  const result = await store.commit({ compares: [], operations: [{ type: 'delete', key }] });
  if (!result.ok) throw new Error('a compare failed');
  return result.revision;
}

function text(entry: Entry | undefined): string | undefined {
  return entry && Buffer.from(entry.value).toString();
}

/** Everything a watch tells from a revision until one is reached. */
function eventsThrough(store: Store, startRevision: number, revision: number): Promise<StoreEvent[]> {
  return new Promise((resolve, reject) => {
    const events: StoreEvent[] = [];
    const watch = store.watch(prefixRange('/'), {
      onEvents: (batch, reached) => {
        events.push(...batch);
        if (reached < revision) return;
        watch.cancel();
        resolve(events);
      },
      onProgress: () => undefined,
      onEnd: reject,
    }, { startRevision });
  });
}

describe('over a restart', () => {
  test('entries, revisions and history stay', async () => {
    const folder = await folderForTest();
    const first = await openForTest({ folder });
    const created = await put(first, '/a', '1');
    await put(first, '/a', '2');
    const deleted = await remove(first, '/b').then(() => put(first, '/b', 'x'));
    await remove(first, '/b');
    await first.close();

    const second = await openForTest({ folder });
    expect(await second.currentRevision()).toBe(deleted + 1);
    expect(await second.get('/a')).toMatchObject({ createRevision: created, modRevision: created + 1 });
    expect(text(await second.get('/a', { revision: created }))).toBe('1');
    expect(text(await second.get('/b', { revision: deleted }))).toBe('x');
    expect(await second.get('/b')).toBeUndefined();
    expect(await put(second, '/c', '1')).toBe(deleted + 2);
  });

  test('a watch goes on from the last revision it heard of', async () => {
    const folder = await folderForTest();
    const first = await openForTest({ folder });
    const heard = await put(first, '/a', '1');
    await put(first, '/a', '2');
    await remove(first, '/a');
    await first.close();

    const second = await openForTest({ folder });
    const last = await put(second, '/a', '3');
    const events = await eventsThrough(second, heard + 1, last);
    expect(events.map((event) => [event.type, text(event.entry), text(event.previous)])).toEqual([['put', '2', '1'], ['delete', undefined, '2'], ['put', '3', undefined]]);
  });

  test('what was compacted stays so', async () => {
    const folder = await folderForTest();
    const first = await openForTest({ folder });
    const old = await put(first, '/a', '1');
    const compacted = await put(first, '/a', '2');
    await first.compact(compacted);
    await first.close();

    const second = await openForTest({ folder });
    expect(await second.compactedRevision()).toBe(compacted);
    await expect(second.get('/a', { revision: old })).rejects.toBeInstanceOf(CompactedError);
    expect(text(await second.get('/a', { revision: compacted }))).toBe('2');
  });

  test('a time to live goes on, and what fell due meanwhile vanishes', async () => {
    const folder = await folderForTest();
    const clock = new VirtualClock();
    const first = await openForTest({ folder, clock });
    await put(first, '/later', '1', 100);
    await put(first, '/soon', '1', 10);
    const last = await put(first, '/stays', '1');
    await first.close();

    await clock.advance(20_000);
    const second = await openForTest({ folder, clock });
    const gone = eventsThrough(second, last + 1, last + 1);
    await clock.advance(0);
    expect((await gone).map((event) => [event.type, event.key])).toEqual([['delete', '/soon']]);
    const alsoGone = eventsThrough(second, last + 2, last + 2);
    await clock.advance(80_000);
    expect((await alsoGone).map((event) => event.key)).toEqual(['/later']);
    expect((await second.list(prefixRange('/'))).entries.map((entry) => entry.key)).toEqual(['/stays']);
  });

  test('a closed store has written what was under way', async () => {
    const folder = await folderForTest();
    const first = await openForTest({ folder });
    const writes = Array.from({ length: 50 }, (_, i) => put(first, `/k${i}`, `${i}`));
    await first.close();
    await Promise.all(writes);
    const second = await openForTest({ folder });
    expect((await second.list(prefixRange('/'))).count).toBe(50);
  });
});

describe('the data folder', () => {
  test('is held by one store at a time', async () => {
    const folder = await folderForTest();
    const first = await openForTest({ folder });
    await expect(open({ folder, clock: new VirtualClock() })).rejects.toBeInstanceOf(DataFolderInUseError);
    expect(await put(first, '/a', '1')).toBeGreaterThan(0);
    await first.close();
    const second = await openForTest({ folder });
    expect(text(await second.get('/a'))).toBe('1');
  });

  test('of another format is refused, and released', async () => {
    const folder = await folderForTest();
    await (await openForTest({ folder })).close();
    const environment = await openEnvironment(folder);
    await environment.write((writer) => writer.put(formatKey, encodeNumber(99)));
    await environment.close();
    for (let i = 0; i < 2; i++) {
      const error: unknown = await open({ folder, clock: new VirtualClock() }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(StoreError);
      expect(error).not.toBeInstanceOf(DataFolderInUseError);
      expect(String(error)).toContain('format 99');
    }
  });

  test('is made where it is missing, a dot in its name notwithstanding', async () => {
    const folder = path.join(await folderForTest(), 'deep', 'data.d');
    const store = await openForTest({ folder });
    expect(await put(store, '/a', '1')).toBe(2);
  });
});

describe('history', () => {
  test.each([
    ['the number of revisions', { maxRevisions: 200 }, 200],
    ['the bytes of replaced values', { maxBytes: 20_000 }, 200],
  ])('is bounded by %s', async (_name, history, kept) => {
    const store = await openForTest({ folder: await folderForTest(), history });
    for (let round = 0; round < 40; round++) await Promise.all(Array.from({ length: 100 }, (_, i) => put(store, `/k${i}`, 'v'.repeat(100))));
    await put(store, '/last', '');
    const length = (await store.currentRevision()) - (await store.compactedRevision());
    expect(length).toBeGreaterThanOrEqual(kept);
    expect(length).toBeLessThanOrEqual(kept + 300);
  });

  test('is bounded by age', async () => {
    const clock = new VirtualClock();
    const store = await openForTest({ folder: await folderForTest(), clock, history: { maxAgeMs: 60_000 } });
    const revisions: number[] = [];
    for (let i = 0; i < 60; i++) {
      revisions.push(await put(store, '/a', `${i}`));
      await clock.advance(5_000);
    }
    const compacted = await store.compactedRevision();
    expect(compacted).toBeGreaterThanOrEqual(revisions[44]!);
    expect(compacted).toBeLessThanOrEqual(revisions[48]!);
  });

  test('and the file stay bounded however long the same keys are written, from a small map on', async () => {
    const store = await openForTest({ folder: await folderForTest(), mapBytes: 1024 * 1024, history: { maxRevisions: 500 } });
    const value = Buffer.alloc(4000, 'v');
    const round = async (): Promise<void> => {
      await Promise.all(Array.from({ length: 250 }, (_, i) => put(store, `/k${i % 100}`, value)));
    };
    for (let i = 0; i < 20; i++) await round();
    const settled = await store.size();
    for (let i = 0; i < 60; i++) await round();
    expect(await store.size()).toBeLessThan(settled * 1.6);
    expect(settled).toBeLessThan(24 * 1024 * 1024);
    expect((await store.list(prefixRange('/k'))).count).toBe(100);
  });

  test('that was compacted by call is removed from the file even when nothing more is written', async () => {
    const folder = await folderForTest();
    const store = await openForTest({ folder });
    for (let i = 0; i < 20; i++) await Promise.all(Array.from({ length: 100 }, (_, k) => put(store, `/k${k}`, `${i}`)));
    await store.compact(await store.currentRevision());
    // Each batch sweeps a part; an unrelated write is acknowledged after those before it.
    for (let i = 0; i < 8; i++) await put(store, '/other', `${i}`);
    await store.close();
    const environment = await openEnvironment(folder);
    const records = environment.count({ start: Buffer.from([3]), end: Buffer.from([4]) });
    await environment.close();
    expect(records).toBeLessThanOrEqual(100 + 8);
  });
});

describe('a list of many entries', () => {
  const fill = async (store: Store, count: number): Promise<void> => {
    for (let done = 0; done < count; done += 500) await Promise.all(Array.from({ length: 500 }, (_, i) => put(store, `/k/${String(done + i).padStart(6, '0')}`, 'old')));
  };

  test('is of one moment, while other work and writes go on in between', async () => {
    const store = await openForTest({ folder: await folderForTest() });
    await fill(store, 5_000);
    const revision = await store.currentRevision();
    let turns = 0;
    const state = { listed: false };
    const list = store.list(prefixRange('/k/')).finally(() => (state.listed = true));
    const limited = store.list(prefixRange('/k/'), { limit: 2_500 });
    const writes: Promise<number>[] = [];
    for (; !state.listed; turns++) {
      writes.push(put(store, '/k/004999', 'new'), put(store, `/k/zzz${turns}`, 'new'));
      await new Promise(setImmediate);
    }
    const whole = await list;
    expect([whole.entries.length, whole.count, whole.more, whole.revision]).toEqual([5_000, 5_000, false, revision]);
    expect(whole.entries.every((entry) => text(entry) === 'old')).toBe(true);
    const part = await limited;
    expect([part.entries.length, part.count, part.more, part.revision]).toEqual([2_500, 5_000, true, revision]);
    expect(turns).toBeGreaterThan(3);
    await Promise.all(writes);
  });

  test('ends when the store is closed', async () => {
    const store = await openForTest({ folder: await folderForTest() });
    await fill(store, 3_000);
    const list = store.list(prefixRange('/k/'));
    const refused = expect(list).rejects.toBeInstanceOf(ClosedError);
    await store.close();
    await refused;
  });
});

describe('when a batch cannot be made durable', () => {
  /** A real environment whose writes can be held and made to fail. */
  async function breakable(): Promise<{ readonly store: LmdbStore; readonly fail: (error: Error) => void; readonly hold: () => () => void }> {
    const real = await openEnvironment(await folderForTest());
    let failure: Error | undefined;
    let held: Promise<void> | undefined;
    const environment: Environment = {
      get: (key) => real.get(key),
      range: (range) => real.range(range),
      count: (range) => real.count(range),
      size: () => real.size(),
      hold: () => real.hold(),
      renewSnapshot: () => real.renewSnapshot(),
      close: () => real.close(),
      write: async (fill) => {
        await held;
        if (failure) throw failure;
        await real.write(fill);
      },
    };
    const store = new LmdbStore({ environment, state: { revision: 1, compacted: 0, swept: 1, historyBytes: 0 }, clock: new VirtualClock(), release: () => undefined });
    cleanups.push(() => store.close());
    return {
      store,
      fail: (error) => (failure = error),
      hold: () => {
        const { promise, resolve } = Promise.withResolvers<void>();
        held = promise;
        return resolve;
      },
    };
  }

  test('all that built on it fails, the store turns read-only, and reads go on', async () => {
    const { store, fail, hold } = await breakable();
    const kept = await put(store, '/a', 'kept');
    const events: StoreEvent[] = [];
    store.watch(prefixRange('/'), { onEvents: (batch) => events.push(...batch), onProgress: () => undefined, onEnd: () => undefined });
    fail(new Error('No space left on device'));
    const release = hold();
    const lost = put(store, '/a', 'lost');
    await new Promise(setImmediate);
    const built = store.getForUpdate('/a').then((entry) => store.commit({ compares: [{ key: '/a', modRevision: entry!.modRevision }], operations: [{ type: 'delete', key: '/a' }] }));
    const refused = store.commit({ compares: [{ key: '/a', modRevision: kept }], operations: [] });
    const settled = Promise.allSettled([lost, built, refused]);
    release();
    for (const result of await settled) {
      expect(result.status).toBe('rejected');
      expect((result as PromiseRejectedResult).reason).toBeInstanceOf(ReadOnlyError);
    }
    await expect(put(store, '/b', 'more')).rejects.toThrow(/No space left on device/);
    await expect(store.compact(kept)).rejects.toBeInstanceOf(ReadOnlyError);
    expect(await store.currentRevision()).toBe(kept);
    expect(text(await store.get('/a'))).toBe('kept');
    expect(text(await store.getForUpdate('/a'))).toBe('kept');
    expect((await store.list(prefixRange('/'))).entries.map(text)).toEqual(['kept']);
    expect(events).toEqual([]);
  });

  test('nobody sees what is proposed before it is durable', async () => {
    const { store, hold } = await breakable();
    const before = await put(store, '/a', '1');
    const events: StoreEvent[] = [];
    store.watch(prefixRange('/'), { onEvents: (batch) => events.push(...batch), onProgress: () => undefined, onEnd: () => undefined });
    const release = hold();
    const write = put(store, '/a', '2');
    await new Promise(setImmediate);
    expect([text(await store.get('/a')), text(await store.getForUpdate('/a'))]).toEqual(['1', '2']);
    expect([await store.currentRevision(), (await store.list(prefixRange('/'))).entries.map(text), events]).toEqual([before, ['1'], []]);
    release();
    expect(await write).toBe(before + 1);
    expect([text(await store.get('/a')), events.length]).toEqual(['2', 1]);
  });

  test('an answer that rests on a proposal waits for it', async () => {
    const { store, hold } = await breakable();
    const release = hold();
    const first = store.commit({ compares: [{ key: '/a', modRevision: 0 }], operations: [{ type: 'put', key: '/a', value: Buffer.from('1') }] });
    let answered = false;
    const second = store.commit({ compares: [{ key: '/a', modRevision: 0 }], operations: [] }).then((result) => {
      answered = true;
      return result;
    });
    await new Promise(setImmediate);
    expect(answered).toBe(false);
    release();
    expect([await first, (await second).ok]).toEqual([{ ok: true, revision: 2 }, false]);
  });
});
