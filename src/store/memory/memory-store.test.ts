import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../machinery/virtual-clock.ts';
import { CompactedError } from '../errors.ts';
import { describeStore } from '../store.contract.ts';
import { prefixRange } from '../store.ts';
import type { Entry, Store } from '../store.ts';
import { MemoryStore } from './memory-store.ts';

describeStore('the memory store keeps the contract', async () => {
  const clock = new VirtualClock();
  const store = new MemoryStore({ clock });
  return {
    store,
    elapse: (ms) => clock.advance(ms),
    dispose: async () => {
      await store.close();
      expect(clock.pendingTimers).toBe(0);
    },
  };
});

async function put(store: Store, key: string, value: string, ttlSeconds?: number): Promise<number> {
  const result = await store.commit({ compares: [], operations: [{ type: 'put', key, value: Buffer.from(value), ...(ttlSeconds !== undefined && { ttlSeconds }) }] });
  if (!result.ok) throw new Error('a compare failed');
  return result.revision;
}

function text(entry: Entry | undefined): string | undefined {
  return entry && Buffer.from(entry.value).toString();
}

describe('a fork', () => {
  test('begins with the entries, the history and the revision, and goes its own way', async () => {
    const clock = new VirtualClock();
    const store = new MemoryStore({ clock });
    const first = await put(store, '/a', '1');
    const second = await put(store, '/a', '2');
    const fork = store.fork();
    expect(await fork.currentRevision()).toBe(second);
    await put(store, '/a', 'original');
    await put(fork, '/a', 'fork');
    await put(fork, '/b', 'fork');
    expect([text(await store.get('/a')), text(await store.get('/b'))]).toEqual(['original', undefined]);
    expect([text(await fork.get('/a')), text(await fork.get('/b'))]).toEqual(['fork', 'fork']);
    expect([text(await fork.get('/a', { revision: first })), text(await store.get('/a', { revision: first }))]).toEqual(['1', '1']);
    expect((await fork.list(prefixRange('/'), { revision: second })).entries.map(text)).toEqual(['2']);
  });

  test('shares no watches, and expires by its own clock', async () => {
    const clock = new VirtualClock();
    const forkClock = new VirtualClock(clock.now());
    const store = new MemoryStore({ clock });
    const seen: string[] = [];
    store.watch(prefixRange('/'), { onEvents: (events) => seen.push(...events.map((event) => event.key)), onProgress: () => undefined, onEnd: () => undefined });
    await put(store, '/a', '1', 60);
    const fork = store.fork({ clock: forkClock });
    await put(fork, '/b', '1');
    await forkClock.advance(60_000);
    expect([await fork.get('/a'), text(await store.get('/a'))]).toEqual([undefined, '1']);
    expect(seen).toEqual(['/a']);
    await fork.close();
    expect(text(await store.get('/a'))).toBe('1');
    expect(forkClock.pendingTimers).toBe(0);
  });
});

describe('history', () => {
  const steps = async (store: Store, count: number): Promise<number> => {
    let last = 0;
    for (let i = 0; i < count; i++) last = await put(store, `/k${i % 5}`, `${i}`);
    return last;
  };

  test.each([
    ['by the number of revisions', { maxRevisions: 10 }, 10],
    ['by the bytes of replaced values', { maxBytes: 20 }, 10],
    ['by age', { maxAgeMs: 5_000 }, 6],
  ])('is bounded %s', async (_name, history, kept) => {
    const clock = new VirtualClock();
    const store = new MemoryStore({ clock, history });
    for (let i = 0; i < 90; i++) {
      await put(store, `/k${i % 5}`, String(i + 10));
      await clock.advance(1_000);
    }
    const current = await store.currentRevision();
    const compacted = await store.compactedRevision();
    expect(current - compacted).toBeLessThanOrEqual(kept);
    expect(current - compacted).toBeGreaterThanOrEqual(kept - 1);
    expect(text(await store.get('/k4', { revision: compacted }))).toBeDefined();
    await expect(store.get('/k4', { revision: compacted - 1 })).rejects.toBeInstanceOf(CompactedError);
  });

  test('is read right across checkpoints', async () => {
    const store = new MemoryStore({ clock: new VirtualClock() });
    const start = await store.currentRevision();
    const last = await steps(store, 1500);
    for (const at of [1, 255, 256, 257, 600, 1024, 1499]) {
      const list = await store.list(prefixRange('/k'), { revision: start + at + 1 });
      const expected = [0, 1, 2, 3, 4].map((k) => at - ((at - k + 5) % 5)).filter((i) => i >= 0).map(String);
      expect(list.entries.map(text)).toEqual(expected);
    }
    expect(last).toBe(start + 1500);
  });
});

test('an entry and its value are handed out as they were put, without a copy', async () => {
  const store = new MemoryStore({ clock: new VirtualClock() });
  const value = Buffer.from('x');
  await store.commit({ compares: [], operations: [{ type: 'put', key: '/a', value }] });
  expect((await store.get('/a'))?.value).toBe(value);
  expect(await store.get('/a')).toBe(await store.getForUpdate('/a'));
});
