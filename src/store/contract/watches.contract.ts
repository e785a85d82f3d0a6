import { expect, test } from 'vitest';
import { compareKeys } from '../key-order.ts';
import { prefixRange } from '../store.ts';
import { pods, everything, record, ready, putOf, remove, commit, put, text, plainEvent, keys } from './kit.contract.ts';
import type { Open } from './kit.contract.ts';

export function describeWatches(open: Open): void {
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
    const heard = Promise.withResolvers<void>();
    const echo = store.watch(pods, {
      onEvents: (events) => {
        for (const event of events) answers.push(put(store, `/registry/nodes/${event.key.split('/').at(-1)}`, 'echo'));
        if (answers.length === 10) heard.resolve();
      },
      onProgress: () => undefined,
      onEnd: () => undefined,
    });
    const all = record(store, everything);
    await ready(store);
    let last = 0;
    for (let i = 0; i < 10; i++) last = await put(store, `/registry/pods/${i}`, 'x');
    await heard.promise;
    last = Math.max(...(await Promise.all(answers)), last);
    await all.reaches(last);
    const revisions = all.events.map((event) => event.revision);
    expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
    expect(all.events).toHaveLength(20);
    echo.cancel();
  });

  test('a listener that throws loses its watch, and harms no other', async () => {
    const store = await open();
    const ended = new Promise<Error>((resolve) => {
      store.watch(pods, {
        onEvents: () => {
          throw new Error('not my day');
        },
        onProgress: () => undefined,
        onEnd: resolve,
      });
    });
    const other = record(store, pods);
    const revision = await put(store, '/registry/pods/a', '1');
    expect((await ended).message).toBe('not my day');
    await other.reaches(revision);
    await other.reaches(await put(store, '/registry/pods/b', '1'));
    expect(other.events).toHaveLength(2);
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
