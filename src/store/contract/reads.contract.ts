import { expect, test } from 'vitest';
import { FutureRevisionError } from '../errors.ts';
import { prefixRange } from '../store.ts';
import type { Store } from '../store.ts';
import { pods, putOf, remove, commit, put, text, plain, keys } from './kit.contract.ts';
import type { Open } from './kit.contract.ts';

export function describeLists(open: Open): void {
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

export function describeHistory(open: Open): void {
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
