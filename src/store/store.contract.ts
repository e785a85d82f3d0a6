import * as fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { ClosedError, CompactedError, FutureRevisionError } from './errors.ts';
import { compareKeys } from './key-order.ts';
import { prefixRange } from './store.ts';
import type { CommitResult, Compare, Entry, KeyRange, Operation, Store, StoreEvent, Watch } from './store.ts';
import { InvalidTransactionError } from './transaction-limits.ts';

/** An engine under test, on its own, empty. */
export interface StoreHarness {
  readonly store: Store;
  /** Lets this much of the store's time pass. */
  readonly elapse: (ms: number) => Promise<void>;
  /** Called after the test; the store may be closed already. */
  readonly dispose: () => Promise<void>;
}

export interface ContractOptions {
  /** Real clusters keep time to livings in whole seconds, and not short ones. Default 10. */
  readonly ttlSeconds?: number;
  /** Random sequences tried by the property test. Default 60. */
  readonly runs?: number;
}

const pods = prefixRange('/registry/pods/');
const everything: KeyRange = { start: '/', end: '0' };

/** The suite every engine passes. The callers are a few lines each. */
export function describeStore(name: string, create: () => Promise<StoreHarness>, options: ContractOptions = {}): void {
  describe(name, () => {
    const harnesses: StoreHarness[] = [];
    const open = async (): Promise<StoreHarness> => {
      const harness = await create();
      harnesses.push(harness);
      return harness;
    };
    const openStore = async (): Promise<Store> => (await open()).store;
    afterEach(async () => {
      for (const harness of harnesses.splice(0)) await harness.dispose();
    });
    describeRevisions(openStore);
    describeTransactions(openStore);
    describeLists(openStore);
    describeHistory(openStore);
    describeWatches(openStore);
    describeCompaction(openStore);
    describeExpiry(open, options.ttlSeconds ?? 10);
    describeLoad(openStore);
    describeClose(openStore);
    describeModel(openStore, options.runs ?? 60);
  });
}

type Open = () => Promise<Store>;

function describeRevisions(open: Open): void {
  test('every transaction that changes something takes the next revision', async () => {
    const store = await open();
    const start = await store.currentRevision();
    expect(start).toBeGreaterThanOrEqual(1);
    expect(await put(store, '/registry/pods/a', '1')).toBe(start + 1);
    expect(await put(store, '/registry/pods/a', '1')).toBe(start + 2);
    expect(await commit(store, [remove('/registry/pods/absent')])).toBe(start + 2);
    expect(await commit(store, [])).toBe(start + 2);
    expect(await commit(store, [remove('/registry/pods/a')])).toBe(start + 3);
    expect(await store.currentRevision()).toBe(start + 3);
  });

  test('an entry tells when it was created and last written', async () => {
    const store = await open();
    const created = await put(store, '/registry/pods/a', 'one');
    const updated = await put(store, '/registry/pods/a', 'two');
    expect(plain(await store.get('/registry/pods/a'))).toEqual({ key: '/registry/pods/a', value: 'two', createRevision: created, modRevision: updated });
    await commit(store, [remove('/registry/pods/a')]);
    expect(await store.get('/registry/pods/a')).toBeUndefined();
    const again = await put(store, '/registry/pods/a', 'three');
    expect(plain(await store.get('/registry/pods/a'))).toEqual({ key: '/registry/pods/a', value: 'three', createRevision: again, modRevision: again });
  });

  test('values are bytes, empty ones and any byte included', async () => {
    const store = await open();
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    await commit(store, [{ type: 'put', key: '/registry/a', value: bytes }, { type: 'put', key: '/registry/b', value: new Uint8Array() }]);
    expect([...(await store.get('/registry/a'))!.value]).toEqual([...bytes]);
    expect((await store.get('/registry/b'))!.value.length).toBe(0);
  });
}

function describeTransactions(open: Open): void {
  test('a compare with 0 holds only while the key is absent', async () => {
    const store = await open();
    const key = '/registry/pods/a';
    expect(await store.commit({ compares: [{ key, modRevision: 0 }], operations: [putOf(key, '1')] })).toMatchObject({ ok: true });
    const entry = await store.get(key);
    const second = await store.commit({ compares: [{ key, modRevision: 0 }], operations: [putOf(key, '2')] });
    expect(failures(second)).toEqual([[key, plain(entry)]]);
    expect(text(await store.get(key))).toBe('1');
  });

  test('a compare with a revision holds only while the key was not written since', async () => {
    const store = await open();
    const key = '/registry/pods/a';
    const first = await put(store, key, '1');
    const second = await put(store, key, '2');
    expect(await store.commit({ compares: [{ key, modRevision: first }], operations: [remove(key)] })).toMatchObject({ ok: false });
    expect(await store.commit({ compares: [{ key, modRevision: second }], operations: [remove(key)] })).toMatchObject({ ok: true });
    const gone = await store.commit({ compares: [{ key, modRevision: second }], operations: [putOf(key, '3')] });
    expect(failures(gone)).toEqual([[key, undefined]]);
  });

  test('several keys are written all together or not at all, at one revision', async () => {
    const store = await open();
    const before = await put(store, '/registry/pods/old', 'x');
    const compares: Compare[] = [{ key: '/registry/pods/old', modRevision: before }, { key: '/registry/pods/new', modRevision: 0 }];
    const revision = await commit(store, [putOf('/registry/pods/new', 'y'), remove('/registry/pods/old'), remove('/registry/pods/absent')], compares);
    expect(revision).toBe(before + 1);
    expect((await store.get('/registry/pods/new'))?.modRevision).toBe(revision);
    expect(await store.get('/registry/pods/old')).toBeUndefined();

    const failed = await store.commit({ compares, operations: [putOf('/registry/pods/third', 'z')] });
    expect(failures(failed).map(([key, entry]) => [key, entry?.modRevision])).toEqual([['/registry/pods/old', undefined], ['/registry/pods/new', revision]]);
    expect(await store.get('/registry/pods/third')).toBeUndefined();
    expect(await store.currentRevision()).toBe(revision);
  });

  test('only the compares that failed are reported', async () => {
    const store = await open();
    const revision = await put(store, '/registry/a', '1');
    const result = await store.commit({
      compares: [{ key: '/registry/a', modRevision: revision }, { key: '/registry/b', modRevision: 7 }],
      operations: [putOf('/registry/c', '1')],
    });
    expect(failures(result)).toEqual([['/registry/b', undefined]]);
  });

  test('what is proposed builds on what was proposed, before any of it is acknowledged', async () => {
    const store = await open();
    const key = '/registry/pods/a';
    const chain: Promise<CommitResult>[] = [];
    for (let i = 0; i < 20; i++) {
      const entry = await store.getForUpdate(key);
      chain.push(store.commit({ compares: [{ key, modRevision: entry?.modRevision ?? 0 }], operations: [putOf(key, `${Number(text(entry) ?? '0') + 1}`)] }));
      // Engines over a network know a write only when it is acknowledged.
      if (i % 3 === 0) await chain.at(-1);
      else await settled(chain.at(-1)!, store, key, entry);
    }
    const results = await Promise.all(chain);
    expect(results.every((result) => result.ok)).toBe(true);
    expect(results.map((result) => (result.ok ? result.revision : 0))).toEqual(results.map((_, i) => (results[0]!.ok ? results[0]!.revision : 0) + i));
    expect(text(await store.get(key))).toBe('20');
  });

  test('two calls in one tick see each other', async () => {
    const store = await open();
    const key = '/registry/leases/a';
    const results = await Promise.all([1, 2, 3].map((n) => store.commit({ compares: [{ key, modRevision: 0 }], operations: [putOf(key, `${n}`)] })));
    expect(results.filter((result) => result.ok)).toHaveLength(1);
  });

  test.each<[string, Operation[], Compare[]]>([
    ['an empty key', [putOf('', 'x')], []],
    ['a key twice', [putOf('/a', 'x'), remove('/a')], []],
    ['a lone surrogate in a key', [putOf('/a\ud800', 'x')], []],
    ['a key of 1,025 bytes', [putOf(`/${'k'.repeat(1024)}`, 'x')], []],
    ['a compare with an empty key', [], [{ key: '', modRevision: 0 }]],
    ['a time to live of 0', [{ ...putOf('/a', 'x'), ttlSeconds: 0 }], []],
    ['129 operations', Array.from({ length: 129 }, (_, i) => putOf(`/a${i}`, 'x')), []],
    ['a value of more than 16 MiB', [{ type: 'put', key: '/a', value: new Uint8Array(16 * 1024 * 1024 + 1) }], []],
  ])('%s is refused, and nothing is written', async (_name, operations, compares) => {
    const store = await open();
    const before = await store.currentRevision();
    await expect(store.commit({ compares, operations })).rejects.toBeInstanceOf(InvalidTransactionError);
    expect(await store.currentRevision()).toBe(before);
  });
}

function describeLists(open: Open): void {
  const fill = async (store: Store): Promise<void> => {
    for (const key of ['/registry/pods/b', '/registry/nodes/n', '/registry/pods/a', '/registry/podsy/z', '/registry/pods/c']) await put(store, key, key);
  };

  test('a list holds the range, in the order of keys', async () => {
    const store = await open();
    await fill(store);
    const list = await store.list(pods);
    expect(keys(list.entries)).toEqual(['/registry/pods/a', '/registry/pods/b', '/registry/pods/c']);
    expect(list).toMatchObject({ more: false, count: 3, revision: await store.currentRevision() });
  });

  test('a limit leaves entries out, and says so; the count is of the whole range', async () => {
    const store = await open();
    await fill(store);
    const first = await store.list(pods, { limit: 2 });
    expect([keys(first.entries), first.more, first.count]).toEqual([['/registry/pods/a', '/registry/pods/b'], true, 3]);
    const rest = await store.list({ start: `${first.entries.at(-1)!.key}\0`, end: pods.end }, { limit: 2, revision: first.revision });
    expect([keys(rest.entries), rest.more, rest.count]).toEqual([['/registry/pods/c'], false, 1]);
    const exact = await store.list(pods, { limit: 3 });
    expect([exact.entries.length, exact.more, exact.count]).toEqual([3, false, 3]);
  });

  test('an empty range is an empty list', async () => {
    const store = await open();
    await fill(store);
    for (const range of [prefixRange('/registry/secrets/'), { start: '/registry/pods/b', end: '/registry/pods/b' }, { start: '/z', end: '/a' }]) {
      expect(await store.list(range)).toMatchObject({ entries: [], more: false, count: 0 });
    }
  });

  test('keys are ordered by their UTF-8 bytes', async () => {
    const store = await open();
    const names = ['a', 'Z', 'é', 'zebra', '漢字', '\u{1f600}', '\uff5e', '\ue000', '\u{10ffff}', 'a\u{1f600}b', 'a\uffeeb', '-', '__proto__', 'constructor'];
    for (const name of names) await put(store, `/registry/pods/${name}`, name);
    const listed = (await store.list(pods)).entries;
    const expected = names.map((name) => `/registry/pods/${name}`).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(keys(listed)).toEqual(expected);
    expect(listed.map((entry) => `/registry/pods/${text(entry)}`)).toEqual(expected);
  });
}

function describeHistory(open: Open): void {
  test('a key is read as it was at a revision', async () => {
    const store = await open();
    const key = '/registry/pods/a';
    const start = await store.currentRevision();
    const created = await put(store, key, '1');
    const other = await put(store, '/registry/pods/b', 'x');
    const updated = await put(store, key, '2');
    const deleted = await commit(store, [remove(key)]);
    const again = await put(store, key, '3');
    const seen = await Promise.all([start, created, other, updated, deleted, again].map(async (revision) => text(await store.get(key, { revision }))));
    expect(seen).toEqual([undefined, '1', '1', '2', undefined, '3']);
    expect(plain(await store.get(key, { revision: updated }))).toEqual({ key, value: '2', createRevision: created, modRevision: updated });
  });

  test('a list is read as it was at a revision, with its limit and count', async () => {
    const store = await open();
    for (const name of ['a', 'b', 'c', 'd']) await put(store, `/registry/pods/${name}`, `${name}1`);
    const then = await store.currentRevision();
    await commit(store, [remove('/registry/pods/a'), putOf('/registry/pods/b', 'b2'), putOf('/registry/pods/bb', 'new')]);
    await put(store, '/registry/pods/b', 'b3');
    await put(store, '/registry/nodes/n', 'n');
    const old = await store.list(pods, { revision: then });
    expect([old.entries.map(text), old.count, old.revision, old.more]).toEqual([['a1', 'b1', 'c1', 'd1'], 4, then, false]);
    const limited = await store.list(pods, { revision: then, limit: 2 });
    expect([limited.entries.map(text), limited.count, limited.more]).toEqual([['a1', 'b1'], 4, true]);
    expect((await store.list(pods)).entries.map(text)).toEqual(['b3', 'new', 'c1', 'd1']);
  });

  test('a revision that has not happened is refused', async () => {
    const store = await open();
    const current = await put(store, '/registry/pods/a', '1');
    await expect(store.get('/registry/pods/a', { revision: current + 1 })).rejects.toBeInstanceOf(FutureRevisionError);
    await expect(store.list(pods, { revision: current + 1 })).rejects.toBeInstanceOf(FutureRevisionError);
  });
}

function describeWatches(open: Open): void {
  test('a watch tells creations, updates and deletions with what was before', async () => {
    const store = await open();
    const key = '/registry/pods/a';
    const watched = record(store, pods);
    const r1 = await put(store, key, '1');
    const r2 = await put(store, key, '2');
    await put(store, '/registry/nodes/n', 'elsewhere');
    const r4 = await commit(store, [remove(key)]);
    await watched.reaches(r4);
    expect(watched.events.map(plainEvent)).toEqual([
      { type: 'put', key, revision: r1, entry: { key, value: '1', createRevision: r1, modRevision: r1 }, previous: undefined },
      { type: 'put', key, revision: r2, entry: { key, value: '2', createRevision: r1, modRevision: r2 }, previous: { key, value: '1', createRevision: r1, modRevision: r1 } },
      { type: 'delete', key, revision: r4, entry: undefined, previous: { key, value: '2', createRevision: r1, modRevision: r2 } },
    ]);
  });

  test('a watch without a start tells only what comes after the call', async () => {
    const store = await open();
    await put(store, '/registry/pods/a', '1');
    const watched = record(store, pods);
    const r2 = await put(store, '/registry/pods/b', '2');
    await watched.reaches(r2);
    expect(watched.events.map((event) => event.key)).toEqual(['/registry/pods/b']);
  });

  test('a watch from a revision begins with that revision', async () => {
    const store = await open();
    const revisions: number[] = [];
    for (const name of ['a', 'b', 'c', 'd']) revisions.push(await put(store, `/registry/pods/${name}`, name));
    const watched = record(store, pods, revisions[1]!);
    await watched.reaches(revisions[3]!);
    expect(watched.events.map((event) => event.revision)).toEqual(revisions.slice(1));
  });

  test('a watch from a revision to come begins there', async () => {
    const store = await open();
    const current = await put(store, '/registry/pods/a', '1');
    const watched = record(store, pods, current + 3);
    for (const name of ['b', 'c', 'd', 'e']) await put(store, `/registry/pods/${name}`, name);
    await watched.reaches(current + 4);
    expect(watched.events.map((event) => event.revision)).toEqual([current + 3, current + 4]);
  });

  test('all events of one revision come in one batch', async () => {
    const store = await open();
    await put(store, '/registry/pods/old', 'x');
    const live = record(store, pods);
    const revision = await commit(store, [putOf('/registry/pods/a', '1'), remove('/registry/pods/old'), putOf('/registry/pods/b', '2'), putOf('/registry/nodes/n', '3')]);
    await live.reaches(revision);
    const past = record(store, pods, revision);
    await past.reaches(revision);
    for (const watched of [live, past]) {
      expect(watched.batches).toHaveLength(1);
      expect(watched.events.map((event) => `${event.type} ${event.key}`).sort()).toEqual(['delete /registry/pods/old', 'put /registry/pods/a', 'put /registry/pods/b']);
    }
  });

  test('a watch that starts in the past misses nothing while writes go on', async () => {
    const store = await open();
    const first = await put(store, '/registry/pods/a', '0');
    for (let i = 1; i < 300; i++) await put(store, `/registry/pods/p${i % 7}`, `${i}`);
    const writes = (async (): Promise<number> => {
      let last = 0;
      for (let i = 0; i < 300; i++) last = await put(store, `/registry/pods/q${i % 7}`, `${i}`);
      return last;
    })();
    const watches = [first, first + 1, first + 150, first + 299].map((start) => record(store, pods, start));
    const last = await writes;
    for (const watched of watches) {
      await watched.reaches(last);
      const revisions = watched.events.map((event) => event.revision);
      expect(revisions).toEqual(Array.from({ length: last - watched.start! + 1 }, (_, i) => watched.start! + i));
    }
  });

  test('an event of a past deletion and re-creation carries what was before', async () => {
    const store = await open();
    const key = '/registry/pods/a';
    const r1 = await put(store, key, '1');
    const r2 = await commit(store, [remove(key)]);
    const r3 = await put(store, key, '2');
    await put(store, key, '3');
    const watched = record(store, pods, r2);
    await watched.reaches(r3 + 1);
    expect(watched.events.map((event) => [event.type, text(event.entry), text(event.previous), event.entry?.createRevision])).toEqual([
      ['delete', undefined, '1', undefined], ['put', '2', undefined, r3], ['put', '3', '2', r3],
    ]);
    expect(watched.events[0]!.previous!.modRevision).toBe(r1);
  });

  test('a reader who was told of an event finds it', async () => {
    const store = await open();
    const key = '/registry/pods/a';
    const found = new Promise<string | undefined>((resolve, reject) => {
      const watch = store.watch(pods, {
        onEvents: () => {
          store.get(key).then((entry) => resolve(text(entry)), reject);
          watch.cancel();
        },
        onProgress: () => undefined,
        onEnd: reject,
      });
    });
    await ready(store);
    await put(store, key, '1');
    expect(await found).toBe('1');
  });

  test('a listener may write; other watches still hear everything in order', async () => {
    const store = await open();
    const answers: Promise<number>[] = [];
    const echo = store.watch(pods, {
      onEvents: (events) => {
        for (const event of events) answers.push(put(store, `/registry/nodes/${event.key.split('/').at(-1)}`, 'echo'));
      },
      onProgress: () => undefined,
      onEnd: () => undefined,
    });
    const all = record(store, everything);
    await ready(store);
    let last = 0;
    for (let i = 0; i < 10; i++) last = await put(store, `/registry/pods/${i}`, 'x');
    await all.reaches(last);
    last = Math.max(...(await Promise.all(answers)), last);
    await all.reaches(last);
    const revisions = all.events.map((event) => event.revision);
    expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
    expect(all.events).toHaveLength(20);
    echo.cancel();
  });

  test('overlapping watches each get their own', async () => {
    const store = await open();
    const ranges = ['/registry/', '/registry/pods/', '/registry/pods/default/', '/registry/pods/default/a', '/registry/nodes/', '/registry/pods/'].map((prefix) => record(store, prefixRange(prefix)));
    await ready(store);
    const written = ['/registry/pods/default/a', '/registry/pods/default/b', '/registry/pods/other/a', '/registry/nodes/n', '/registry/podsy'];
    let last = 0;
    for (const key of written) last = await put(store, key, 'x');
    for (const watched of ranges) {
      watched.watch.requestProgress();
      await watched.reaches(last);
      expect(keys(watched.events)).toEqual(written.filter((key) => compareKeys(key, watched.range.start) >= 0 && compareKeys(key, watched.range.end) < 0));
    }
  });

  test('progress reaches the revision of the moment it was asked for', async () => {
    const store = await open();
    const watched = record(store, prefixRange('/registry/nodes/'));
    const revision = await put(store, '/registry/pods/a', '1');
    watched.watch.requestProgress();
    await watched.reaches(revision);
    expect(watched.events).toEqual([]);
  });

  test('progress never runs ahead of events', async () => {
    const store = await open();
    const watched = record(store, pods);
    await ready(store);
    let last = 0;
    for (let i = 0; i < 50; i++) {
      watched.watch.requestProgress();
      last = await put(store, `/registry/pods/${i}`, 'x');
      watched.watch.requestProgress();
    }
    await watched.reaches(last);
    expect(watched.late).toEqual([]);
    expect(watched.events).toHaveLength(50);
  });

  test('a local store has told every watch before it acknowledges', async () => {
    const store = await open();
    if (!store.local) return;
    const watched = record(store, pods);
    await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const revision = await put(store, `/registry/pods/${i}`, 'x');
        expect(watched.events.some((event) => event.revision === revision)).toBe(true);
      }),
    );
  });

  test('a cancelled watch is told nothing more', async () => {
    const store = await open();
    const cancelled = record(store, pods);
    const other = record(store, pods);
    const first = await put(store, '/registry/pods/a', '1');
    await cancelled.reaches(first);
    cancelled.watch.cancel();
    cancelled.watch.cancel();
    cancelled.watch.requestProgress();
    await other.reaches(await put(store, '/registry/pods/b', '2'));
    expect(keys(cancelled.events)).toEqual(['/registry/pods/a']);
    expect(cancelled.ended).toBeUndefined();
  });
}

function describeCompaction(open: Open): void {
  test('what lies below is gone; the revision itself and all above stays', async () => {
    const store = await open();
    const key = '/registry/pods/a';
    const revisions: number[] = [];
    for (const value of ['1', '2', '3', '4']) revisions.push(await put(store, key, value));
    await commit(store, [remove('/registry/pods/absent'), putOf('/registry/pods/b', 'x')]);
    const [, r2, r3, r4] = revisions as [number, number, number, number];
    await store.compact(r3);
    expect(await store.compactedRevision()).toBe(r3);
    const tooOld = await rejection(store.get(key, { revision: r2 }));
    expect(tooOld).toBeInstanceOf(CompactedError);
    expect((tooOld as CompactedError).compactedRevision).toBe(r3);
    await expect(store.list(pods, { revision: r2 })).rejects.toBeInstanceOf(CompactedError);
    expect(text(await store.get(key, { revision: r3 }))).toBe('3');
    expect((await store.list(pods, { revision: r3 })).entries.map(text)).toEqual(['3']);
    expect(text(await store.get(key, { revision: r4 }))).toBe('4');
    expect(text(await store.get(key))).toBe('4');
  });

  test('a watch from below ends with CompactedError; from above it goes on', async () => {
    const store = await open();
    const key = '/registry/pods/a';
    const revisions: number[] = [];
    for (const value of ['1', '2', '3', '4']) revisions.push(await put(store, key, value));
    await store.compact(revisions[2]!);
    const below = record(store, pods, revisions[0]!);
    const error = await below.end;
    expect(error).toBeInstanceOf(CompactedError);
    expect((error as CompactedError).compactedRevision).toBe(revisions[2]);
    expect(below.events).toEqual([]);
    const above = record(store, pods, revisions[3]!);
    await above.reaches(revisions[3]!);
    expect(above.events.map((event) => [text(event.entry), text(event.previous)])).toEqual([['4', '3']]);
  });

  test('a live watch outlives compactions', async () => {
    const store = await open();
    const watched = record(store, pods);
    await ready(store);
    for (let i = 0; i < 5; i++) {
      const revision = await put(store, '/registry/pods/a', `${i}`);
      await watched.reaches(revision);
      await store.compact(revision);
    }
    expect(watched.events.map((event) => text(event.entry))).toEqual(['0', '1', '2', '3', '4']);
  });

  test('deleted keys that are compacted away come back as new ones', async () => {
    const store = await open();
    await put(store, '/registry/pods/a', '1');
    const deleted = await commit(store, [remove('/registry/pods/a')]);
    await store.compact(deleted);
    expect(await store.get('/registry/pods/a', { revision: deleted })).toBeUndefined();
    const again = await put(store, '/registry/pods/a', '2');
    expect((await store.get('/registry/pods/a'))?.createRevision).toBe(again);
    expect((await store.list(pods, { revision: deleted })).count).toBe(0);
  });

  test('compacting twice, or below, changes nothing; above the newest is refused', async () => {
    const store = await open();
    await put(store, '/registry/pods/a', '1');
    const current = await put(store, '/registry/pods/a', '2');
    await store.compact(current);
    await store.compact(current);
    await store.compact(current - 1);
    expect(await store.compactedRevision()).toBe(current);
    await expect(store.compact(current + 1)).rejects.toBeInstanceOf(FutureRevisionError);
    expect(text(await store.get('/registry/pods/a'))).toBe('2');
  });
}

function describeExpiry(open: () => Promise<StoreHarness>, ttlSeconds: number): void {
  test('a key with a time to live vanishes after it, and watches are told', async () => {
    const { store, elapse } = await open();
    const key = '/registry/events/a';
    const watched = record(store, prefixRange('/registry/events/'));
    await ready(store);
    const revision = await commit(store, [{ ...putOf(key, '1'), ttlSeconds }]);
    await put(store, '/registry/events/stays', 'x');
    await elapse(ttlSeconds * 500);
    expect(text(await store.get(key))).toBe('1');
    await elapse(ttlSeconds * 500 + 1);
    await watched.reaches(revision + 2);
    expect(plainEvent(watched.events.at(-1)!)).toMatchObject({ type: 'delete', key, previous: { value: '1', modRevision: revision } });
    expect(await store.get(key)).toBeUndefined();
    expect(keys((await store.list(prefixRange('/registry/events/'))).entries)).toEqual(['/registry/events/stays']);
  });

  test('a later write decides anew whether and when the key vanishes', async () => {
    const { store, elapse } = await open();
    const watched = record(store, prefixRange('/registry/events/'));
    await ready(store);
    await commit(store, [{ ...putOf('/registry/events/kept', '1'), ttlSeconds }]);
    await commit(store, [{ ...putOf('/registry/events/renewed', '1'), ttlSeconds }]);
    await put(store, '/registry/events/kept', '2');
    await elapse(ttlSeconds * 700);
    const last = await commit(store, [{ ...putOf('/registry/events/renewed', '2'), ttlSeconds }]);
    await elapse(ttlSeconds * 700);
    expect(keys((await store.list(prefixRange('/registry/events/'))).entries)).toEqual(['/registry/events/kept', '/registry/events/renewed']);
    await elapse(ttlSeconds * 300 + 1);
    await watched.reaches(last + 1);
    expect(keys((await store.list(prefixRange('/registry/events/'))).entries)).toEqual(['/registry/events/kept']);
  });
}

function describeLoad(open: Open): void {
  test('100 writers that compare and retry lose nothing', async () => {
    const store = await open();
    const key = '/registry/counters/a';
    const increment = async (): Promise<void> => {
      for (;;) {
        const entry = await store.getForUpdate(key);
        const result = await store.commit({ compares: [{ key, modRevision: entry?.modRevision ?? 0 }], operations: [putOf(key, `${Number(text(entry) ?? '0') + 1}`)] });
        if (result.ok) return;
      }
    };
    await Promise.all(Array.from({ length: 100 }, increment));
    expect(text(await store.get(key))).toBe('100');
  });

  test('a value of 3 MiB goes in, comes out, and is watched', async () => {
    const store = await open();
    const value = new Uint8Array(3 * 1024 * 1024).map((_, i) => (i * 7) & 0xff);
    const watched = record(store, pods);
    await ready(store);
    await commit(store, [{ type: 'put', key: '/registry/pods/big', value }]);
    const revision = await commit(store, [remove('/registry/pods/big')]);
    await watched.reaches(revision);
    expect(Buffer.compare(watched.events[0]!.entry!.value, value)).toBe(0);
    expect(Buffer.compare(watched.events[1]!.previous!.value, value)).toBe(0);
    expect(Buffer.compare((await store.get('/registry/pods/big', { revision: revision - 1 }))!.value, value)).toBe(0);
  });

  test('2,000 keys page by page are 2,000 keys', async () => {
    const store = await open();
    await Promise.all(Array.from({ length: 2000 }, (_, i) => put(store, `/registry/pods/${String(i).padStart(5, '0')}`, `${i}`)));
    const seen: string[] = [];
    let start = pods.start;
    let revision: number | undefined;
    for (let page = 0; ; page++) {
      const list = await store.list({ start, end: pods.end }, revision === undefined ? { limit: 170 } : { limit: 170, revision });
      expect(list.count).toBe(2000 - seen.length);
      seen.push(...list.entries.map((entry) => text(entry)!));
      if (!list.more) break;
      revision = list.revision;
      start = `${list.entries.at(-1)!.key}\0`;
      await put(store, `/registry/pods/${String(page * 13).padStart(5, '0')}`, 'changed meanwhile');
    }
    expect(seen).toEqual(Array.from({ length: 2000 }, (_, i) => `${i}`));
    expect(await store.size()).toBeGreaterThan(0);
  });
}

function describeClose(open: Open): void {
  test('after closing, calls fail and watches have ended', async () => {
    const store = await open();
    await put(store, '/registry/pods/a', '1');
    const watched = record(store, pods);
    await ready(store);
    const underWay = put(store, '/registry/pods/b', '2');
    await store.close();
    await underWay;
    expect(await watched.end).toBeInstanceOf(ClosedError);
    await expect(store.get('/registry/pods/a')).rejects.toBeInstanceOf(ClosedError);
    await expect(store.getForUpdate('/registry/pods/a')).rejects.toBeInstanceOf(ClosedError);
    await expect(store.list(pods)).rejects.toBeInstanceOf(ClosedError);
    await expect(put(store, '/registry/pods/a', '2')).rejects.toBeInstanceOf(ClosedError);
    await expect(store.currentRevision()).rejects.toBeInstanceOf(ClosedError);
    await expect(store.compact(1)).rejects.toBeInstanceOf(ClosedError);
    expect(await record(store, pods).end).toBeInstanceOf(ClosedError);
    await store.close();
  });
}

/** What the property test holds the engine against: every state there ever was, kept whole. */
interface Model {
  readonly states: Map<number, ReadonlyMap<string, Entry>>;
  readonly events: { readonly revision: number; readonly text: string }[];
  revision: number;
}

type Step =
  | { readonly do: 'write'; readonly operations: readonly { readonly key: string; readonly value: string | undefined }[]; readonly stale: boolean }
  | { readonly do: 'compact'; readonly back: number }
  | { readonly do: 'look'; readonly back: number; readonly limit: number };

const keyArbitrary = fc.constantFrom('/m/a', '/m/b', '/m/c', '/m/\u{1f600}', '/m/\uff5e', '/n/a');
const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('write' as const), stale: fc.boolean(), operations: fc.uniqueArray(fc.record({ key: keyArbitrary, value: fc.option(fc.string({ maxLength: 8 }), { nil: undefined }) }), { maxLength: 3, selector: (o) => o.key }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('compact' as const), back: fc.nat(6) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('look' as const), back: fc.nat(8), limit: fc.integer({ min: 1, max: 4 }) }) },
);

function describeModel(open: Open, runs: number): void {
  test('random writes, compactions and reads agree with a model that keeps everything', async () => {
    const store = await open();
    await fc.assert(
      fc.asyncProperty(fc.array(stepArbitrary, { minLength: 1, maxLength: 25 }), async (steps) => {
        const base = (await store.list(everything)).entries;
        const model: Model = { states: new Map(), events: [], revision: await store.currentRevision() };
        const start = model.revision;
        model.states.set(start, new Map(base.map((entry) => [entry.key, entry])));
        const watched = record(store, prefixRange('/m/'), start + 1);
        for (const step of steps) await runStep(store, model, start, step);
        watched.watch.requestProgress();
        await watched.reaches(model.revision);
        watched.watch.cancel();
        if (watched.ended === undefined) expect(watched.events.map(eventText)).toEqual(model.events.map((event) => event.text));
      }),
      { numRuns: runs, seed: 20260101 },
    );
  }, 120_000);
}

async function runStep(store: Store, model: Model, start: number, step: Step): Promise<void> {
  const state = model.states.get(model.revision)!;
  if (step.do === 'compact') {
    const revision = Math.max(start, model.revision - step.back);
    await store.compact(revision);
    return;
  }
  if (step.do === 'look') {
    const revision = Math.max(start, model.revision - step.back, await store.compactedRevision());
    await look(store, model.states.get(revision)!, revision, step.limit);
    return;
  }
  const operations = step.operations.map(({ key, value }) => (value === undefined ? remove(key) : putOf(key, value)));
  const compares = operations.map(({ key }) => ({ key, modRevision: (state.get(key)?.modRevision ?? 0) + (step.stale ? 1 : 0) }));
  const result = await store.commit({ compares, operations });
  if (step.stale && operations.length > 0) {
    expect(failures(result)).toEqual(compares.map(({ key }) => [key, plain(state.get(key))]));
    return;
  }
  applyToModel(model, operations);
  expect(result).toEqual({ ok: true, revision: model.revision });
}

function applyToModel(model: Model, operations: readonly Operation[]): void {
  const state = new Map(model.states.get(model.revision)!);
  const revision = model.revision + 1;
  const events: string[] = [];
  for (const operation of operations) {
    const previous = state.get(operation.key);
    if (operation.type === 'delete' && !previous) continue;
    const entry = operation.type === 'put' ? { key: operation.key, value: operation.value, createRevision: previous?.createRevision ?? revision, modRevision: revision } : undefined;
    if (entry) state.set(entry.key, entry);
    else state.delete(operation.key);
    if (operation.key.startsWith('/m/')) events.push(eventText({ type: operation.type, key: operation.key, revision, ...(entry && { entry }), ...(previous && { previous }) }));
    model.revision = revision;
  }
  model.states.set(model.revision, state);
  model.events.push(...events.map((event) => ({ revision, text: event })));
}

async function look(store: Store, state: ReadonlyMap<string, Entry>, revision: number, limit: number): Promise<void> {
  const range = prefixRange('/m/');
  const expected = [...state.values()].filter((entry) => entry.key.startsWith('/m/')).sort((a, b) => compareKeys(a.key, b.key)).map(plain);
  const list = await store.list(range, { revision, limit });
  expect({ entries: list.entries.map(plain), count: list.count, more: list.more }).toEqual({ entries: expected.slice(0, limit), count: expected.length, more: expected.length > limit });
  expect((await store.list(range, { revision })).entries.map(plain)).toEqual(expected);
  for (const key of ['/m/a', '/m/\u{1f600}', '/n/a']) expect(plain(await store.get(key, { revision }))).toEqual(plain(state.get(key)));
}

interface Recording {
  readonly watch: Watch;
  readonly range: KeyRange;
  readonly start: number | undefined;
  readonly events: StoreEvent[];
  readonly batches: (readonly StoreEvent[])[];
  /** Events that came after a batch or progress had claimed them. */
  readonly late: StoreEvent[];
  readonly ended: Error | undefined;
  readonly end: Promise<Error>;
  /** Resolves when everything up to the revision was delivered, or the watch ended. */
  reaches(revision: number): Promise<void>;
}

function record(store: Store, range: KeyRange, startRevision?: number): Recording {
  const events: StoreEvent[] = [];
  const batches: (readonly StoreEvent[])[] = [];
  const late: StoreEvent[] = [];
  let waiting: { readonly revision: number; readonly resolve: () => void }[] = [];
  let reached = 0;
  let ended: Error | undefined;
  const end = Promise.withResolvers<Error>();
  const reach = (revision: number): void => {
    reached = Math.max(reached, revision);
    for (const waiter of waiting) if (waiter.revision <= reached) waiter.resolve();
    waiting = waiting.filter((waiter) => waiter.revision > reached);
  };
  const watch = store.watch(
    range,
    {
      onEvents: (batch, revision) => {
        batches.push(batch);
        events.push(...batch);
        late.push(...batch.filter((event) => event.revision <= reached || event.revision > revision));
        reach(revision);
      },
      onProgress: reach,
      onEnd: (error) => {
        ended = error;
        end.resolve(error);
        reach(Infinity);
      },
    },
    startRevision === undefined ? {} : { startRevision },
  );
  return {
    watch, range, start: startRevision, events, batches, late, end: end.promise,
    get ended() {
      return ended;
    },
    reaches: (revision) => {
      if (revision <= reached) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push({ revision, resolve });
      return promise;
    },
  };
}

/** Over a network a watch begins when the server has heard of it: a progress answer shows that it has. */
async function ready(store: Store): Promise<void> {
  const probe = record(store, prefixRange('/probe/'));
  probe.watch.requestProgress();
  await probe.reaches(await store.currentRevision());
  probe.watch.cancel();
}

/** Waits until the proposal can be built upon: at once where the store knows its proposals. */
async function settled(result: Promise<CommitResult>, store: Store, key: string, before: Entry | undefined): Promise<void> {
  const now = await store.getForUpdate(key);
  if (now?.modRevision === before?.modRevision) await result;
}

function putOf(key: string, value: string): Operation & { type: 'put' } {
  return { type: 'put', key, value: Buffer.from(value) };
}

function remove(key: string): Operation {
  return { type: 'delete', key };
}

async function commit(store: Store, operations: readonly Operation[], compares: readonly Compare[] = []): Promise<number> {
  const result = await store.commit({ compares, operations });
  if (!result.ok) throw new Error('a compare failed');
  return result.revision;
}

function put(store: Store, key: string, value: string): Promise<number> {
  return commit(store, [putOf(key, value)]);
}

function text(entry: Entry | undefined): string | undefined {
  return entry && Buffer.from(entry.value).toString();
}

function plain(entry: Entry | undefined): unknown {
  return entry && { key: entry.key, value: text(entry), createRevision: entry.createRevision, modRevision: entry.modRevision };
}

function plainEvent(event: StoreEvent): unknown {
  return { type: event.type, key: event.key, revision: event.revision, entry: plain(event.entry), previous: plain(event.previous) };
}

function eventText(event: StoreEvent): string {
  return JSON.stringify(plainEvent(event));
}

function keys(items: readonly { readonly key: string }[]): string[] {
  return items.map((item) => item.key);
}

function failures(result: CommitResult): [string, { modRevision: number } | undefined][] {
  if (result.ok) throw new Error('the compares held');
  return [...result.current].map(([key, entry]) => [key, plain(entry) as { modRevision: number } | undefined]);
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(() => undefined, (error: unknown) => error);
}
