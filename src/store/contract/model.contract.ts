import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareKeys } from '../key-order.ts';
import { prefixRange } from '../store.ts';
import type { Entry, Operation, Store } from '../store.ts';
import { everything, record, putOf, remove, plain, eventText, failures } from './kit.contract.ts';
import type { Open } from './kit.contract.ts';

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

export function describeModel(open: Open, runs: number): void {
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
