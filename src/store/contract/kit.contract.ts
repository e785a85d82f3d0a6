import { prefixRange } from '../store.ts';
import type { CommitResult, Compare, Entry, KeyRange, Operation, Store, StoreEvent, Watch } from '../store.ts';

/** An engine under test, on its own, empty. */
export interface StoreHarness {
  readonly store: Store;
  /** Lets this much of the store's time pass. */
  readonly elapse: (ms: number) => Promise<void>;
  /** Called after the test; the store may be closed already. */
  readonly dispose: () => Promise<void>;
}

export type Open = () => Promise<Store>;

export const pods = prefixRange('/registry/pods/');
export const everything: KeyRange = { start: '/', end: '0' };

export interface Recording {
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

export function record(store: Store, range: KeyRange, startRevision?: number): Recording {
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
export async function ready(store: Store): Promise<void> {
  const probe = record(store, prefixRange('/probe/'));
  probe.watch.requestProgress();
  await probe.reaches(await store.currentRevision());
  probe.watch.cancel();
}

/** Waits until the proposal can be built upon: at once where the store knows its proposals. */
export async function settled(result: Promise<CommitResult>, store: Store, key: string, before: Entry | undefined): Promise<void> {
  const now = await store.getForUpdate(key);
  if (now?.modRevision === before?.modRevision) await result;
}

export function putOf(key: string, value: string): Operation & { type: 'put' } {
  return { type: 'put', key, value: Buffer.from(value) };
}

export function remove(key: string): Operation {
  return { type: 'delete', key };
}

export async function commit(store: Store, operations: readonly Operation[], compares: readonly Compare[] = []): Promise<number> {
  const result = await store.commit({ compares, operations });
  if (!result.ok) throw new Error('a compare failed');
  return result.revision;
}

export function put(store: Store, key: string, value: string): Promise<number> {
  return commit(store, [putOf(key, value)]);
}

export function text(entry: Entry | undefined): string | undefined {
  return entry && Buffer.from(entry.value).toString();
}

export function plain(entry: Entry | undefined): unknown {
  return entry && { key: entry.key, value: text(entry), createRevision: entry.createRevision, modRevision: entry.modRevision };
}

export function plainEvent(event: StoreEvent): unknown {
  return { type: event.type, key: event.key, revision: event.revision, entry: plain(event.entry), previous: plain(event.previous) };
}

export function eventText(event: StoreEvent): string {
  return JSON.stringify(plainEvent(event));
}

export function keys(items: readonly { readonly key: string }[]): string[] {
  return items.map((item) => item.key);
}

export function failures(result: CommitResult): [string, { modRevision: number } | undefined][] {
  if (result.ok) throw new Error('the compares held');
  return [...result.current].map(([key, entry]) => [key, plain(entry) as { modRevision: number } | undefined]);
}

export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(() => undefined, (error: unknown) => error);
}
