import { expect, test } from 'vitest';
import { ClosedError, CompactedError, FutureRevisionError } from '../errors.ts';
import { prefixRange } from '../store.ts';
import { pods, record, ready, putOf, remove, commit, put, text, plainEvent, keys, rejection } from './kit.contract.ts';
import type { Open, StoreHarness } from './kit.contract.ts';

export function describeCompaction(open: Open): void {
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

export function describeExpiry(open: () => Promise<StoreHarness>, ttlSeconds: number): void {
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

export function describeLoad(open: Open): void {
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

export function describeClose(open: Open): void {
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
