import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../json.ts';
import { MergeError, mergeValues } from './merge-values.ts';
import { extractItems, removeItems } from './remove-items.ts';
import { DEPLOYMENT, WIDGET } from './sample-schemas.test-data.ts';
import type { FieldSet } from './field-set.ts';

const merge = (live: JsonValue, applied: JsonValue): unknown => (mergeValues({ spec: live }, { spec: applied }, WIDGET) as { spec: unknown }).spec;

describe('merging', () => {
  test.each<[string, JsonValue, JsonValue, JsonValue]>([
    ['what is applied wins, the rest stays', { s: 'x', n: 1 }, { s: 'y' }, { s: 'y', n: 1 }],
    ['maps merge by key', { gran: { a: '1' } }, { gran: { b: '2' } }, { gran: { a: '1', b: '2' } }],
    ['atomic maps are replaced', { atom: { a: '1' } }, { atom: { b: '2' } }, { atom: { b: '2' } }],
    ['atomic lists are replaced', { args: ['a', 'b'] }, { args: ['c'] }, { args: ['c'] }],
    ['items of a list merge by key', { ports: [{ name: 'a', port: 1 }] }, { ports: [{ name: 'a' }, { name: 'b' }] }, { ports: [{ name: 'a', port: 1 }, { name: 'b' }] }],
    ['a null is set', { s: 'x' }, { s: null }, { s: null }],
    ['a null does not empty a map or list', { gran: { a: '1' }, tags: ['a'] }, { gran: null, tags: null }, { gran: { a: '1' }, tags: ['a'] }],
    ['an empty map or list does not empty', { gran: { a: '1' }, tags: ['a'] }, { gran: {}, tags: [] }, { gran: { a: '1' }, tags: ['a'] }],
    ['a null wins over what is empty', { gran: {}, tags: [] }, { gran: null, tags: null }, { gran: null, tags: null }],
    ['without a schema objects merge and lists are replaced', { any: { a: [1], b: 1 } }, { any: { a: [2], c: 1 } }, { any: { a: [2], b: 1, c: 1 } }],
    ['without a schema an object takes the place of a scalar', { any: 1 }, { any: { a: 1 } }, { any: { a: 1 } }],
    ['without a schema a scalar takes the place of an object', { any: { a: 1 } }, { any: 1 }, { any: 1 }],
    ['without a schema a null leaves an object', { any: { a: 1 } }, { any: null }, { any: { a: 1 } }],
    ['without a schema a null takes the place of a list', { any: [1] }, { any: null }, { any: null }],
  ])('%s', (_, live, applied, expected) => {
    expect(merge(live, applied)).toEqual(expected);
  });

  test.each<[string, string, string]>([
    ['ab', 'cb', 'acb'],
    ['ab', 'ba', 'ba'],
    ['xy', 'zyx', 'zyx'],
    ['abc', 'c', 'abc'],
    ['abc', 'ca', 'bca'],
    ['abcd', 'db', 'acdb'],
    ['axb', 'ba', 'xba'],
    ['ab', 'xaybz', 'xaybz'],
    ['', 'ab', 'ab'],
    ['ab', '', 'ab'],
    ['aab', 'ca', 'cab'],
    ['abcde', 'edcba', 'edcba'],
  ])('of %j and %j the order is %j', (live, applied, expected) => {
    expect(merge({ tags: live.split('') }, { tags: applied.split('') })).toEqual({ tags: expected.split('') });
  });

  test('duplicates that are there already are kept apart until somebody applies them', () => {
    const live = { ports: [{ name: 'a', port: 1 }, { name: 'a', port: 2 }] };
    expect(merge(live, { ports: [{ name: 'b' }] })).toEqual({ ports: [...live.ports, { name: 'b' }] });
    expect(merge(live, { ports: [{ name: 'a', port: 3 }] })).toEqual({ ports: [{ name: 'a', port: 3 }] });
  });

  test('what is there and has no key cannot be merged with', () => {
    expect(() => merge({ ports: [{ port: 1 }] }, { ports: [{ name: 'a' }] })).toThrow(MergeError);
    expect(() => merge({ tags: ['a'] }, { tags: ['b', 'b'] })).toThrow('.spec.tags: duplicate entries for key [="b"]');
  });

  test('neither side is changed, and what does not change is shared', () => {
    const live = { metadata: { labels: { a: '1' } }, spec: { s: 'x' } };
    const text = JSON.stringify(live);
    const merged = mergeValues(live, { spec: { n: 1 } }, WIDGET) as typeof live;
    expect(merged.metadata).toBe(live.metadata);
    expect(JSON.stringify(live)).toBe(text);
  });

  test('keys that every object inherits are merged like any other', () => {
    const applied: unknown = JSON.parse('{"spec":{"gran":{"__proto__":"x"}}}');
    expect(JSON.stringify(mergeValues({ spec: { gran: { a: '1' } } }, applied, WIDGET))).toBe('{"spec":{"gran":{"a":"1","__proto__":"x"}}}');
  });
});

describe('removing', () => {
  const remove = (spec: JsonValue, set: FieldSet): unknown => (removeItems({ kind: 'Widget', spec }, { 'f:spec': set }, WIDGET) as { spec: unknown }).spec;

  test.each<[string, JsonValue, FieldSet, JsonValue]>([
    ['fields go', { s: 'x', n: 1 }, { 'f:s': {} }, { n: 1 }],
    ['items go by key', { ports: [{ name: 'a' }, { name: 'b' }] }, { 'f:ports': { 'k:{"name":"a"}': {} } }, { ports: [{ name: 'b' }] }],
    ['fields of items go', { ports: [{ name: 'a', port: 1 }] }, { 'f:ports': { 'k:{"name":"a"}': { 'f:port': {} } } }, { ports: [{ name: 'a' }] }],
    ['values of sets go', { tags: ['a', 'b'] }, { 'f:tags': { 'v:"a"': {} } }, { tags: ['b'] }],
    ['of what nothing is left, null is left', { tags: ['a'], gran: { a: 'x' }, n: 1 }, { 'f:tags': { 'v:"a"': {} }, 'f:gran': { 'f:a': {} } }, { tags: null, gran: null, n: 1 }],
    ['paths that are not there do nothing', { s: 'x' }, { 'f:n': {}, 'f:gran': { 'f:a': {} } }, { s: 'x' }],
    ['a place goes with all that is below', { gran: { a: 'x' }, n: 1 }, { 'f:gran': { '.': {}, 'f:b': {} } }, { n: 1 }],
  ])('%s', (_, value, set, expected) => {
    expect(remove(value, set)).toEqual(expected);
  });

  test('extracting keeps the set, atomic values whole, and the keys of items', () => {
    const live = {
      kind: 'Widget',
      spec: { s: 'x', n: 1, args: ['a'], gran: { a: '1', b: '2' }, tags: ['a', 'b'], ports: [{ name: 'a', port: 1 }, { name: 'b', port: 2 }] },
    };
    const set: FieldSet = { 'f:spec': { 'f:args': {}, 'f:gran': { 'f:b': {} }, 'f:n': {}, 'f:ports': { 'k:{"name":"b"}': { 'f:port': {} } }, 'f:tags': { 'v:"a"': {} } } };
    expect(extractItems(live, set, WIDGET)).toEqual({ spec: { n: 1, args: ['a'], gran: { b: '2' }, tags: ['a'], ports: [{ name: 'b', port: 2 }] } });
    expect(extractItems(live, { 'f:status': {} }, WIDGET)).toBeUndefined();
  });

  test('a default tells an item that leaves its key out', () => {
    const live = { spec: { template: { spec: { containers: [{ name: 'c', ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'UDP' }] }] } } } };
    const set: FieldSet = {
      'f:spec': { 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"c"}': { 'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': {} } } } } } },
    };
    expect(removeItems(live, set, DEPLOYMENT)).toEqual({
      spec: { template: { spec: { containers: [{ name: 'c', ports: [{ containerPort: 80, protocol: 'UDP' }] }] } } },
    });
  });
});
