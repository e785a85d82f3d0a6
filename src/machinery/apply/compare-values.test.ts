import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../json.ts';
import { compareValues } from './compare-values.ts';
import { CONFIG_MAP, DEPLOYMENT, WIDGET } from './sample-schemas.test-data.ts';
import { toFieldSet } from './to-field-set.ts';

const spec = (before: JsonValue | undefined, after: JsonValue | undefined): unknown => {
  const object = (value: JsonValue | undefined): JsonObject => (value === undefined ? {} : { spec: value });
  const { added, modified, removed } = compareValues(object(before), object(after), WIDGET);
  const of = (set: Record<string, unknown>): unknown => set['f:spec'] ?? null;
  return [of(added), of(modified), of(removed)];
};

describe('comparing two objects', () => {
  test.each<[string, JsonValue | undefined, JsonValue | undefined, unknown, unknown, unknown]>([
    ['nothing changed', { s: 'x' }, { s: 'x' }, null, null, null],
    ['a scalar changed', { s: 'x' }, { s: 'y' }, null, { 'f:s': {} }, null],
    ['a field came', {}, { s: 'y' }, { 'f:s': {} }, null, null],
    ['a field went', { s: 'y', n: 1 }, { n: 1 }, null, null, { 'f:s': {} }],
    ['a struct came with what is in it', undefined, { gran: { a: 'x' } }, { '.': {}, 'f:gran': { '.': {}, 'f:a': {} } }, null, null],
    ['a struct went', { gran: {} }, undefined, null, null, { '.': {}, 'f:gran': {} }],
    ['an atomic list changed', { args: ['a'] }, { args: ['b'] }, null, { 'f:args': {} }, null],
    ['an atomic map changed', { atom: { a: 1 } }, { atom: { b: 1 } }, null, { 'f:atom': {} }, null],
    ['a set changed', { tags: ['a', 'b'] }, { tags: ['c', 'b'] }, { 'f:tags': { 'v:"c"': {} } }, null, { 'f:tags': { 'v:"a"': {} } }],
    ['a set changed its order only', { tags: ['a', 'b'] }, { tags: ['b', 'a'] }, null, null, null],
    [
      'an item came, one changed, one went',
      { ports: [{ name: 'a', port: 1 }, { name: 'b', port: 2 }] },
      { ports: [{ name: 'c', port: 3 }, { name: 'b', port: 5 }] },
      { 'f:ports': { 'k:{"name":"c"}': { '.': {}, 'f:name': {}, 'f:port': {} } } },
      { 'f:ports': { 'k:{"name":"b"}': { 'f:port': {} } } },
      { 'f:ports': { 'k:{"name":"a"}': { '.': {}, 'f:name': {}, 'f:port': {} } } },
    ],
    ['empty became null', { gran: {} }, { gran: null }, null, { 'f:gran': {} }, null],
    ['null became empty', { tags: null }, { tags: [] }, null, { 'f:tags': {} }, null],
    ['null became full', { tags: null }, { tags: ['a'] }, { 'f:tags': { 'v:"a"': {} } }, null, null],
    ['null stayed', { gran: null, s: null }, { gran: null, s: null }, null, null, null],
    ['items became duplicates', { tags: ['a'] }, { tags: ['a', 'a'] }, { 'f:tags': { 'v:"a"': {} } }, null, { 'f:tags': { 'v:"a"': {} } }],
    ['duplicates changed', { ports: [{ name: 'a' }, { name: 'a', port: 1 }] }, { ports: [{ name: 'a' }, { name: 'a', port: 2 }] }, null, { 'f:ports': { 'k:{"name":"a"}': {} } }, null],
    ['duplicates stayed', { ports: [{ name: 'a' }, { name: 'a' }], n: 1 }, { ports: [{ name: 'a' }, { name: 'a' }], n: 2 }, null, { 'f:n': {} }, null],
    ['an unknown value became an object', { any: 1 }, { any: { a: 1 } }, { 'f:any': { 'f:a': {} } }, { 'f:any': {} }, null],
    ['an unknown object became a list', { any: { a: 1 } }, { any: [1] }, null, { 'f:any': {} }, { 'f:any': { 'f:a': {} } }],
    ['an unknown list changed', { any: { l: [1] } }, { any: { l: [2] } }, null, { 'f:any': { 'f:l': {} } }, null],
  ])('%s', (_, before, after, added, modified, removed) => {
    expect(spec(before, after)).toEqual([added, modified, removed]);
  });

  test('what is always written is never added, only what is in it', () => {
    const { added } = compareValues({}, { spec: { replicas: 1, template: { metadata: { labels: { a: 'b' } }, spec: {} }, strategy: {} }, status: {} }, DEPLOYMENT);
    expect(added).toEqual({ 'f:spec': { 'f:replicas': {}, 'f:template': { 'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } } } } });
  });

  test('an object that came has everything in it, what is always written too', () => {
    const before = { spec: { template: { spec: { containers: null } } } };
    const after = { spec: { template: { spec: { containers: [{ name: 'c', resources: {} }] } } } };
    expect(compareValues(before, after, DEPLOYMENT).added).toEqual({
      'f:spec': { 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"c"}': { '.': {}, 'f:name': {}, 'f:resources': {} } } } } },
    });
  });

  test('keys that every object inherits are keys like any other', () => {
    const data = JSON.parse('{"data":{"__proto__":"x","constructor":"y"}}') as JsonObject;
    expect(compareValues({ data: {} }, data, CONFIG_MAP).added).toEqual({ 'f:data': { 'f:__proto__': {}, 'f:constructor': {} } });
  });
});

describe('what an applier claims', () => {
  test.each<[JsonObject, unknown]>([
    [{ s: 'x', n: 1 }, { 'f:n': {}, 'f:s': {} }],
    [{ s: null }, { 'f:s': {} }],
    [{ gran: {} }, { 'f:gran': {} }],
    [{ gran: { a: 'x' } }, { 'f:gran': { 'f:a': {} } }],
    [{ gran: null }, { 'f:gran': {} }],
    [{ atom: { a: 'x' }, args: [] }, { 'f:args': {}, 'f:atom': {} }],
    [{ tags: ['b', 'a'] }, { 'f:tags': { 'v:"a"': {}, 'v:"b"': {} } }],
    [{ ports: [{ name: 'a', port: 1 }] }, { 'f:ports': { 'k:{"name":"a"}': { '.': {}, 'f:name': {}, 'f:port': {} } } }],
    [{ any: { deep: [1], map: { a: {} } } }, { 'f:any': { 'f:deep': {}, 'f:map': { '.': {}, 'f:a': {} } } }],
  ])('%j', (value, claimed) => {
    expect(toFieldSet({ spec: value }, WIDGET)).toEqual({ 'f:spec': claimed });
  });

  test('lists and structs without anything in them are not claimed', () => {
    expect(toFieldSet({ spec: { ports: [] } }, WIDGET)).toEqual({});
  });
});
