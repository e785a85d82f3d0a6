import { expect, test } from 'vitest';
import { settle, VirtualClock } from '../../machinery/virtual-clock.ts';
import { CompactedError, UnavailableError } from '../../store/errors.ts';
import { MemoryStore } from '../../store/memory/memory-store.ts';
import type { Store, Watch, WatchListener } from '../../store/store.ts';
import { ParsedObjects } from './parsed-objects.ts';
import { WatchCache } from './watch-cache.ts';

/** A memory store whose watch can be broken, and which can be out of reach for lists. */
class BreakableStore {
  readonly inner: MemoryStore;
  readonly store: Store;
  unreachable = false;
  lists = 0;
  #listener: WatchListener | undefined;
  #watch: Watch | undefined;

  constructor(clock: VirtualClock) {
    this.inner = new MemoryStore({ clock });
    this.store = new Proxy<Store>(this.inner, {
      get: (target, property) => {
        if (property === 'list') {
          return (...call: Parameters<Store['list']>) => {
            this.lists++;
            return this.unreachable ? Promise.reject(new UnavailableError('away')) : target.list(...call);
          };
        }
        if (property === 'watch') {
          return (...[range, listener, options]: Parameters<Store['watch']>) => {
            this.#listener = listener;
            this.#watch = target.watch(range, listener, options);
            return this.#watch;
          };
        }
        const value: unknown = Reflect.get(target, property, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  }

  breakWatch(): void {
    this.#watch?.cancel();
    this.#listener?.onEnd(new CompactedError(1));
  }

  async put(key: string): Promise<number> {
    const result = await this.inner.commit({ compares: [], operations: [{ type: 'put', key, value: Buffer.from('{}') }] });
    if (!result.ok) throw new Error('a compare failed');
    return result.revision;
  }
}

test('a cache that lost the store lists again until it can, and lets no reader of newer states go', async () => {
  const clock = new VirtualClock();
  const breakable = new BreakableStore(clock);
  await breakable.put('/registry/things/a');
  const cache = await WatchCache.open({ store: breakable.store, clock, prefix: '/registry/things/', codec: { typeOf: () => ({ apiVersion: 'v1', kind: 'Thing' }) }, objects: new ParsedObjects() });
  const ends: string[] = [];
  cache.watchFromNow('', { onEvent: () => undefined, onEnd: (error) => ends.push(error.message) });

  breakable.unreachable = true;
  breakable.breakWatch();
  expect(ends).toEqual(['required revision has been compacted']);
  await settle();
  await clock.advance(5_000);
  expect(breakable.lists).toBeGreaterThan(3);

  const revision = await breakable.put('/registry/things/b');
  let seen: string[] | undefined;
  const waiting = cache.waitFor(revision)?.then(() => (seen = [...cache.range('')].map(({ key }) => key)));
  await clock.advance(1_000);
  expect(seen).toBeUndefined();

  breakable.unreachable = false;
  await clock.advance(1_000);
  await waiting;
  expect(seen).toEqual(['a', 'b']);

  await breakable.put('/registry/things/c');
  await cache.waitFor(await cache.waitForNewest());
  expect([...cache.range('')].map(({ key }) => key)).toEqual(['a', 'b', 'c']);
  cache.close();
});
