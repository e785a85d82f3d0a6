import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../json.ts';
import type { KubeObject, ManagedFieldsEntry } from '../object-meta.ts';
import { setOfFieldPaths, type FieldSet } from './field-set.ts';
import { findManagedFieldsError, updateManagedFields, withoutTimeOnlyChange, type FieldManagerOptions } from './managed-fields.ts';
import { CONFIG_MAP, configMap, DEPLOYMENT, shortEntries, STRING, struct, WIDGET, widget, map } from './sample-schemas.test-data.ts';

const T1 = '2026-01-01T00:00:01Z';
const T2 = '2026-01-01T00:00:02Z';

const options = (manager: string, more: Partial<FieldManagerOptions> = {}): FieldManagerOptions => ({ manager, apiVersion: 'v1', schema: CONFIG_MAP, now: T2, ...more });

const entry = (manager: string, fieldsV1: JsonObject, more: Partial<ManagedFieldsEntry> = {}): ManagedFieldsEntry => ({
  manager,
  operation: 'Update',
  apiVersion: 'v1',
  time: T1,
  fieldsType: 'FieldsV1',
  fieldsV1,
  ...more,
});

const data = (...names: string[]): JsonObject => ({ 'f:data': Object.fromEntries(names.map((name) => [name === '.' ? '.' : `f:${name}`, {}])) });

describe('a creation', () => {
  test('makes its writer the owner of all but what identifies the object', () => {
    const object = configMap({ k: 'v' });
    object.metadata = { ...object.metadata, labels: { a: 'b' }, finalizers: ['x/y'], generateName: 'a-', creationTimestamp: T1, generation: 1, resourceVersion: '5' };
    expect(updateManagedFields(undefined, object, options('me'))).toEqual([
      entry('me', { 'f:data': { '.': {}, 'f:k': {} }, 'f:metadata': { 'f:finalizers': { '.': {}, 'v:"x/y"': {} }, 'f:generateName': {}, 'f:labels': { '.': {}, 'f:a': {} } } }, { time: T2 }),
    ]);
  });

  test('writes entries in the order of their fields, canonical', () => {
    expect(JSON.stringify(updateManagedFields(undefined, configMap({ b: '1', a: '2' }), options('', { subresource: 'status' })))).toBe(
      '[{"manager":"unknown","operation":"Update","apiVersion":"v1","time":"2026-01-01T00:00:02Z","fieldsType":"FieldsV1","fieldsV1":{"f:data":{".":{},"f:a":{},"f:b":{}}},"subresource":"status"}]',
    );
  });

  test('of nothing to own has no owner', () => {
    expect(updateManagedFields(undefined, configMap(), options('me'))).toBeUndefined();
  });

  test('does not own what the endpoint resets', () => {
    const object = { ...widget({ n: 1 }), status: { phase: 'x' } };
    const reset = { apiVersion: 'example.com/v1', schema: WIDGET, resetFields: setOfFieldPaths([['status']]) };
    expect(shortEntries(updateManagedFields(undefined, object, options('me', reset)))).toEqual([['me Update', { 'f:spec': { '.': {}, 'f:n': {} } }]]);
  });

  test('does not own embedded structs, only what is in them', () => {
    const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' }, spec: { replicas: 1, strategy: { type: 'x', rollingUpdate: { maxSurge: 1 } } }, status: {} };
    expect(shortEntries(updateManagedFields(undefined, object, options('me', { apiVersion: 'apps/v1', schema: DEPLOYMENT })))).toEqual([
      ['me Update', { 'f:spec': { 'f:replicas': {}, 'f:strategy': { 'f:rollingUpdate': { '.': {}, 'f:maxSurge': {} }, 'f:type': {} } } }],
    ]);
  });
});

describe('an update', () => {
  type Case = [string, ManagedFieldsEntry[] | undefined, Record<string, string>, Record<string, string>, string, [string, unknown][]];
  test.each<Case>([
    ['takes the field from its owner', [entry('a', data('.', 'k'))], { k: '1' }, { k: '2' }, 'b', [['a Update', data()], ['b Update', data('k')]]],
    ['forgets who owns nothing any more', [entry('a', data('k'))], { k: '1' }, { k: '2' }, 'b', [['b Update', data('k')]]],
    ['adds to the entry of its writer', [entry('a', data('.', 'k'))], { k: '1' }, { k: '1', l: '2' }, 'a', [['a Update', data('.', 'k', 'l')]]],
    ['takes removed fields from everybody', [entry('a', data('.', 'k')), entry('b', data('l'))], { k: '1', l: '2' }, { k: '1' }, 'c', [['a Update', data('.', 'k')]]],
    ['by the applier of a field is an entry apart', [entry('a', data('k'), { operation: 'Apply' })], { k: '1' }, { k: '1', l: '2' }, 'a', [['a Apply', data('k')], ['a Update', data('l')]]],
    ['in another version is an entry apart', [entry('a', data('k'), { apiVersion: 'v0' })], { k: '1' }, { k: '1', l: '2' }, 'a', [['a Update', data('l')]]],
    ['of a subresource is an entry apart', [entry('a', data('k'), { subresource: 'status' })], { k: '1' }, { k: '1', l: '2' }, 'a', [['a Update:status', data('k')], ['a Update', data('l')]]],
    ['of an object without owners is not tracked', undefined, { k: '1' }, { k: '2' }, 'a', []],
    ['does not count twice what two own', [entry('a', data('k')), entry('b', data('k'), { operation: 'Apply' })], { k: '1' }, { k: '2' }, 'a', [['a Update', data('k')]]],
  ])('%s', (_, stored, before, after, manager, expected) => {
    expect(shortEntries(updateManagedFields(configMap(before, stored), configMap(after), options(manager)))).toEqual(expected);
  });

  test('that changes nothing keeps the entries themselves, and their times', () => {
    const stored = [entry('a', data('.', 'k')), entry('b', data('l'))];
    const fresh = updateManagedFields(configMap({ k: '1', l: '2' }, stored), configMap({ k: '1', l: '2' }), options('a'));
    expect(fresh).toHaveLength(2);
    expect(fresh?.every((e, i) => e === stored[i])).toBe(true);
  });

  test('leaves entries alone that it has nothing to do with', () => {
    const stored = [entry('a', data('.', 'k')), entry('b', data('l'))];
    const fresh = updateManagedFields(configMap({ k: '1', l: '2' }, stored), configMap({ k: '1', l: '3' }), options('c'));
    expect(fresh?.[0]).toBe(stored[0]);
  });

  test('sets the time of its writer only', () => {
    const stored = [entry('a', data('.', 'k')), entry('b', data('l'))];
    const fresh = updateManagedFields(configMap({ k: '1', l: '2' }, stored), configMap({ k: '1', l: '3' }), options('a'));
    expect(fresh?.map((e) => [e.manager, e.time])).toEqual([['a', T2]]);
  });

  test('puts appliers first, then goes by time, name, version and subresource', () => {
    const stored = [
      entry('z', data('a'), { time: T1 }),
      entry('y', data('b'), { time: '2020-01-01T00:00:00Z' }),
      entry('x', data('c'), { operation: 'Apply' }),
      entry('w', data('d'), { operation: 'Apply', time: '2020-01-01T00:00:00Z' }),
      entry('a', data('e'), { subresource: 'status' }),
      entry('a', data('f')),
      { ...entry('v', data('g'), { operation: 'Apply' }), time: undefined as unknown as string },
    ];
    const values = Object.fromEntries('abcdefg'.split('').map((k) => [k, '1']));
    expect(shortEntries(updateManagedFields(configMap(values, stored), configMap(values), options('q'))).map(([name]) => name)).toEqual([
      'v Apply -',
      'w Apply',
      'x Apply',
      'y Update',
      'a Update',
      'a Update:status',
      'z Update',
    ]);
  });

  test('neither loses nor gains fields that the endpoint resets', () => {
    const live = { ...widget({ n: 1 }, [entry('a', { 'f:status': { 'f:phase': {} } }, { apiVersion: 'example.com/v1', subresource: 'status' })]), status: { phase: 'x' } };
    const reset = { apiVersion: 'example.com/v1', schema: WIDGET, resetFields: setOfFieldPaths([['status']]) };
    expect(shortEntries(updateManagedFields(live, widget({ n: 2 }), options('b', reset)))).toEqual([
      ['a Update:status', { 'f:status': { 'f:phase': {} } }],
      ['b Update', { 'f:spec': { 'f:n': {} } }],
    ]);
  });
});

describe('managedFields that the client sends', () => {
  const stored = [entry('a', data('.', 'k'))];
  const send = (sent: unknown, more: Partial<FieldManagerOptions> = {}): [string, unknown][] => {
    const updated = configMap({ k: '1' }, sent as ManagedFieldsEntry[]);
    return shortEntries(updateManagedFields(configMap({ k: '1' }, stored), updated, options('b', more)));
  };

  test.each<[string, unknown, [string, unknown][]]>([
    ['take the place of the stored ones', [entry('x', data('k'))], [['x Update', data('k')]]],
    ['are made canonical', [entry('x', { 'f:data': { 'f:z': {}, 'f:a': {}, '.': {} } })], [['x Update', data('.', 'a', 'z')]]],
    ['reset all owners when empty', [], []],
    ['reset all owners with one empty entry', [{}], []],
    ['do nothing when they are left out', undefined, [['a Update', data('.', 'k')]]],
    ['do nothing without an operation', [{ ...entry('x', data('k')), operation: undefined }], [['a Update', data('.', 'k')]]],
    ['do nothing without a version', [{ ...entry('x', data('k')), apiVersion: '' }], [['a Update', data('.', 'k')]]],
    ['do nothing without a type', [{ ...entry('x', data('k')), fieldsType: undefined }], [['a Update', data('.', 'k')]]],
    ['do nothing with another type', [{ ...entry('x', data('k')), fieldsType: 'FieldsV2' }], [['a Update', data('.', 'k')]]],
    ['do nothing with a broken field set', [entry('x', { data: {} })], [['a Update', data('.', 'k')]]],
    ['do nothing when they are no list', 'x', [['a Update', data('.', 'k')]]],
    ['do nothing with an entry that is no object', [null], [['a Update', data('.', 'k')]]],
    ['do nothing when they are null', null, [['a Update', data('.', 'k')]]],
    ['own nothing by steps of unknown kinds', [entry('x', { 'x:data': {} })], []],
  ])('%s', (_, sent, expected) => {
    expect(send(sent)).toEqual(expected);
  });

  test('are ignored by subresources', () => {
    expect(send([entry('x', data('k'))], { subresource: 'status' })).toEqual([['a Update', data('.', 'k')]]);
    expect(send([], { subresource: 'status' })).toEqual([['a Update', data('.', 'k')]]);
  });

  test('count on creation, where a reset still tracks the creator', () => {
    const created = (sent: ManagedFieldsEntry[]): unknown => shortEntries(updateManagedFields(undefined, configMap({ k: '1' }, sent), options('b')));
    expect(created([])).toEqual([['b Update', data('.', 'k')]]);
    expect(created([entry('x', data('k'))])).toEqual([['b Update', data('.', 'k')]]);
  });

  test.each<[string, unknown, string | undefined]>([
    ['an operation', { operation: 'Merge' }, 'operation must be `Apply` or `Update`'],
    ['a version', { apiVersion: '' }, 'apiVersion must not be empty'],
    ['a type', { fieldsType: '' }, 'missing fieldsType in managed fields entry 0'],
    ['another type', { fieldsType: 'V2' }, 'invalid fieldsType "V2" in managed fields entry 0'],
    ['nothing', {}, undefined],
  ])('are found wrong for %s', (_, change, message) => {
    expect(findManagedFieldsError([{ ...entry('x', data('k')), ...(change as object) }])).toBe(message);
  });
});

describe('the number of updaters', () => {
  const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `k${String(i).padStart(2, '0')}`);

  test('is capped by folding the oldest of a version', () => {
    let live: KubeObject | undefined;
    for (const [i, name] of names(13).entries()) {
      const values = Object.fromEntries(names(i + 1).map((key) => [key, 'x']));
      const updated = configMap(values);
      const fresh = updateManagedFields(live, updated, options(name, { now: `2026-01-01T00:00:${String(10 + i)}Z` }));
      live = configMap(values, fresh);
    }
    const short = live?.metadata.managedFields?.map((e) => [e.manager, e.time]);
    expect(short).toHaveLength(10);
    expect(short?.[0]).toEqual(['ancient-changes', '2026-01-01T00:00:13Z']);
    expect(live?.metadata.managedFields?.[0]?.fieldsV1).toEqual(data('.', 'k00', 'k01', 'k02', 'k03'));
    expect(short?.slice(1).map(([name]) => name)).toEqual(names(13).slice(4));
  });

  test('does not count appliers', () => {
    const appliers = names(20).map((name) => entry(name, data(name), { operation: 'Apply' }));
    const values = Object.fromEntries(names(20).map((key) => [key, 'x']));
    expect(updateManagedFields(configMap(values, appliers), configMap({ ...values, z: '1' }), options('u'))).toHaveLength(21);
  });
});

describe('other versions', () => {
  const v2 = struct({ apiVersion: STRING, kind: STRING, metadata: map(STRING), values: map(STRING) });
  const versions = {
    schemaOf: (version: string) => (version === 'v1' ? CONFIG_MAP : version === 'v2' ? v2 : undefined),
    convert: (object: JsonObject): JsonObject => {
      const { data: values, ...rest } = object;
      return values === undefined ? rest : { ...rest, values };
    },
  };

  test('see the change in their own fields', () => {
    const stored = [entry('a', { 'f:values': { 'f:k': {}, 'f:l': {} } }, { apiVersion: 'v2' }), entry('b', data('m'), { apiVersion: 'gone/v1' })];
    const fresh = updateManagedFields(configMap({ k: '1', l: '1', m: '1' }, stored), configMap({ k: '2', l: '1', m: '1' }), options('c', { versions }));
    expect(shortEntries(fresh)).toEqual([['a Update', { 'f:values': { 'f:l': {} } }], ['c Update', data('k')]]);
  });

  test('that the object does not fit make the server forget all owners', () => {
    const stored = [entry('a', { 'f:values': { 'f:k': {} } }, { apiVersion: 'v2' })];
    const broken = { ...versions, convert: (object: JsonObject) => object };
    expect(updateManagedFields(configMap({ k: '1' }, stored), configMap({ k: '2' }), options('c', { versions: broken }))).toBeUndefined();
  });
});

describe('a schema that changed', () => {
  const fields: FieldSet = { 'f:spec': { 'f:args': { 'v:"a"': {} }, 'f:atom': { '.': {}, 'f:x': {} }, 'f:gran': {}, 'f:n': {} } };

  test('gives what became atomic as a whole to who owned a part, and leaves what became granular', () => {
    const stored = [entry('a', fields as unknown as JsonObject, { apiVersion: 'example.com/v1' })];
    const spec = { args: ['a'], atom: { x: 'y' }, gran: { k: 'v' }, n: 1 };
    const fresh = updateManagedFields(widget(spec, stored), widget({ ...spec, s: 'x' }), options('b', { apiVersion: 'example.com/v1', schema: WIDGET }));
    expect(shortEntries(fresh)).toEqual([
      ['a Update', { 'f:spec': { 'f:args': {}, 'f:atom': {}, 'f:gran': {}, 'f:n': {} } }],
      ['b Update', { 'f:spec': { 'f:s': {} } }],
    ]);
  });
});

describe('a write that changed only times', () => {
  const stored = [entry('a', data('.', 'k'))];
  const live = configMap({ k: '1' }, stored);

  test('keeps the stored ones', () => {
    expect(withoutTimeOnlyChange(live, configMap({ k: '1' }, [entry('a', data('.', 'k'), { time: T2 })]))).toBe(stored);
  });

  test.each<[string, KubeObject]>([
    ['an owner', configMap({ k: '1' }, [entry('b', data('.', 'k'), { time: T2 })])],
    ['a value', configMap({ k: '2' }, [entry('a', data('.', 'k'), { time: T2 })])],
    ['the number of entries', configMap({ k: '1' }, [...stored, entry('b', data('k'), { time: T2 })])],
  ])('does not when %s changed too', (_, updated) => {
    expect(withoutTimeOnlyChange(live, updated)).toBe(updated.metadata.managedFields);
  });
});
