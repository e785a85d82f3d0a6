import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { equalJson, type JsonObject, type JsonValue } from '../json.ts';
import type { KubeObject } from '../object-meta.ts';
import { applyPatch, type ApplyOptions } from './apply-patch.ts';
import { compareValues } from './compare-values.ts';
import { difference, EMPTY_SET, intersection, isEmptySet, type FieldSet } from './field-set.ts';
import { updateManagedFields } from './managed-fields.ts';
import { mergeValues } from './merge-values.ts';
import { WIDGET } from './sample-schemas.test-data.ts';
import { toFieldSet } from './to-field-set.ts';

const word = fc.constantFrom('a', 'b', 'c');
const unique = <T>(item: fc.Arbitrary<T>, selector: (value: T) => unknown): fc.Arbitrary<T[]> => fc.uniqueArray(item, { minLength: 1, maxLength: 3, selector });
const spec = fc.record<JsonObject>(
  {
    s: word,
    n: fc.integer({ min: 0, max: 3 }),
    tags: unique(word, (value) => value),
    args: fc.array(word, { maxLength: 2 }),
    gran: fc.dictionary(word, word, { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
    atom: fc.dictionary(word, word, { maxKeys: 2, noNullPrototype: true }),
    ports: unique(fc.record({ name: word, port: fc.integer({ min: 1, max: 3 }) }, { requiredKeys: ['name'], noNullPrototype: true }), (item) => item.name),
    any: fc.dictionary(word, fc.oneof(word, fc.array(word, { maxLength: 2 }), fc.dictionary(word, word, { minKeys: 1, maxKeys: 2, noNullPrototype: true })), {
      minKeys: 1,
      maxKeys: 2,
      noNullPrototype: true,
    }),
  } as Record<string, fc.Arbitrary<JsonValue>>,
  { requiredKeys: [], noNullPrototype: true },
);

const options = (manager: string, force = true): ApplyOptions => ({
  manager,
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  schema: WIDGET,
  now: '2026-01-01T00:00:01Z',
  force,
});
const patch = (value: JsonObject): JsonObject => ({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' }, spec: value });
const apply = (live: KubeObject | undefined, manager: string, value: JsonObject, force = true): KubeObject => applyPatch(live, patch(value), options(manager, force)).object;
const bare = (object: KubeObject): unknown => ({ ...object, metadata: { ...object.metadata, managedFields: undefined } });
const ownersOf = (object: KubeObject): Map<string, FieldSet> =>
  new Map((object.metadata.managedFields ?? []).map((entry) => [`${entry.manager} ${entry.operation}`, entry.fieldsV1 as unknown as FieldSet]));

/** Lists without their order, which the last applier decides. */
const unordered = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(unordered).sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unordered(item)]));
};

/** Two halves of a spec: fields, and the parts of what is granular, each to one or the other. */
function deal(whole: JsonObject, coins: Iterator<boolean>): [JsonObject, JsonObject] {
  const toss = (): boolean => coins.next().value === true;
  const halves: [JsonObject, JsonObject] = [{}, {}];
  for (const [key, value] of Object.entries(whole)) {
    if (Array.isArray(value) && key !== 'args') {
      const left = value.filter(toss);
      const right = value.filter((item) => !left.includes(item));
      // An empty list would claim nothing.
      if (left.length > 0) halves[0][key] = left;
      if (right.length > 0) halves[1][key] = right;
    } else if (key === 'gran') {
      const [left, right] = deal(value as JsonObject, coins);
      if (Object.keys(left).length > 0) halves[0][key] = left;
      if (Object.keys(right).length > 0) halves[1][key] = right;
    } else {
      halves[toss() ? 0 : 1][key] = value;
    }
  }
  return halves;
}

describe('apply', () => {
  test('twice is once', () => {
    fc.assert(
      fc.property(spec, spec, spec, (a, b, c) => {
        const live = apply(apply(apply(undefined, 'x', a), 'y', b), 'x', c);
        expect(applyPatch(live, patch(c), options('x', false))).toEqual({ object: live, changed: false });
      }),
    );
  });

  test('sets what it sends', () => {
    fc.assert(
      fc.property(spec, spec, spec, (a, b, c) => {
        const live = apply(apply(apply(undefined, 'x', a), 'y', b), 'x', c);
        const { modified, added } = compareValues(live, mergeValues(live, patch(c), WIDGET), WIDGET);
        expect([modified, added]).toEqual([EMPTY_SET, EMPTY_SET]);
        const claimed = difference(toFieldSet(patch(c), WIDGET), { 'f:apiVersion': {}, 'f:kind': {}, 'f:metadata': { 'f:name': {} } });
        expect(ownersOf(live).get('x Apply') ?? EMPTY_SET).toEqual(claimed);
      }),
    );
  });

  test('of two managers that share nothing may be in any order', () => {
    fc.assert(
      fc.property(spec, fc.infiniteStream(fc.boolean()), (whole, coins) => {
        const [a, b] = deal(whole, coins);
        const one = apply(apply(undefined, 'x', a, false), 'y', b, false);
        const other = apply(apply(undefined, 'y', b, false), 'x', a, false);
        expect(equalJson(unordered(bare(one)), unordered(bare(other)))).toBe(true);
        expect(ownersOf(one)).toEqual(ownersOf(other));
      }),
    );
  });

  test('of nothing forgets the manager, and all that nobody else owns', () => {
    fc.assert(
      fc.property(spec, spec, (a, b) => {
        const alone = apply(undefined, 'y', b);
        const both = apply(apply(undefined, 'y', b), 'x', a, true);
        const left = applyPatch(both, { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' } }, options('x')).object;
        expect(ownersOf(left).has('x Apply')).toBe(false);
        const owned = ownersOf(left).get('y Apply') ?? EMPTY_SET;
        expect(isEmptySet(difference(owned, ownersOf(alone).get('y Apply') ?? EMPTY_SET))).toBe(true);
      }),
    );
  });

  test('without force changes nothing of others', () => {
    fc.assert(
      fc.property(spec, spec, (a, b) => {
        const live = apply(undefined, 'x', a);
        let after;
        try {
          after = apply(live, 'y', b, false);
        } catch {
          return;
        }
        expect(ownersOf(after).get('x Apply')).toEqual(ownersOf(live).get('x Apply'));
      }),
    );
  });
});

describe('update', () => {
  const object = (value: JsonObject): KubeObject => ({ ...(patch(value) as unknown as KubeObject), metadata: { name: 'w', uid: 'u' } });
  const update = (live: KubeObject | undefined, manager: string, value: JsonObject): KubeObject => {
    const updated = object(value);
    const managedFields = updateManagedFields(live, updated, options(manager));
    if (managedFields !== undefined) updated.metadata.managedFields = managedFields;
    return updated;
  };

  test('leaves every field with the one who set it last', () => {
    fc.assert(
      fc.property(spec, spec, spec, (a, b, c) => {
        const created = update(undefined, 'x', a);
        const live = update(update(created, 'y', b), 'z', c);
        const owners = [...ownersOf(live).values()];
        for (const [i, one] of owners.entries()) for (const other of owners.slice(i + 1)) expect(intersection(one, other)).toEqual(EMPTY_SET);
      }),
    );
  });

  test('to what it was takes no ownership', () => {
    fc.assert(
      fc.property(spec, (a) => {
        const live = update(undefined, 'x', a);
        expect(update(live, 'y', structuredClone(a)).metadata.managedFields).toEqual(live.metadata.managedFields);
      }),
    );
  });
});

describe('comparing', () => {
  test('is its own opposite', () => {
    fc.assert(
      fc.property(spec, spec, (a, b) => {
        const there = compareValues({ spec: a }, { spec: b }, WIDGET);
        const back = compareValues({ spec: b }, { spec: a }, WIDGET);
        expect(back).toEqual({ added: there.removed, modified: there.modified, removed: there.added });
      }),
    );
  });

  test('with what was merged in finds nothing removed', () => {
    fc.assert(
      fc.property(spec, spec, (a, b) => {
        const merged = mergeValues({ spec: a }, { spec: b }, WIDGET);
        const { removed } = compareValues({ spec: { ...a, any: undefined } }, { spec: { ...(merged as { spec: JsonObject }).spec, any: undefined } }, WIDGET);
        expect(removed).toEqual(EMPTY_SET);
        expect(mergeValues(merged, { spec: b }, WIDGET)).toEqual(merged);
      }),
    );
  });
});
