import { expect, test } from 'vitest';
import type { CommitResult, Compare, Operation } from '../store.ts';
import { InvalidTransactionError } from '../transaction-limits.ts';
import { settled, putOf, remove, commit, put, text, plain, failures } from './kit.contract.ts';
import type { Open } from './kit.contract.ts';

export function describeRevisions(open: Open): void {
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

export function describeTransactions(open: Open): void {
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
