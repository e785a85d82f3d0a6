import { describe, expect, test } from 'vitest';
import { FieldPath, formatFieldError } from './field-error.ts';
import { nameIsDnsLabel, nameIsPathSegment } from './names.ts';
import type { ObjectMeta } from './object-meta.ts';
import { inheritObjectMeta, validateFieldManager, validateObjectMeta, validateObjectMetaUpdate } from './object-meta-validation.ts';

const NAME_PART = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const good: ObjectMeta = { name: 'a', namespace: 'n' };

const findings = (meta: ObjectMeta, options: Partial<Parameters<typeof validateObjectMeta>[1]> = {}): string[] =>
  validateObjectMeta({ ...good, ...meta }, { namespaced: true, standardFinalizers: true, ...options }).map(formatFieldError);

describe('validateObjectMeta', () => {
  test.each<[string, ObjectMeta, string[]]>([
    ['nothing to say', {}, []],
    ['no name', { name: '' }, ['metadata.name: Required value: name or generateName is required']],
    ['no namespace', { namespace: '' }, ['metadata.namespace: Required value']],
    ['negative generation', { generation: -1 }, ['metadata.generation: Invalid value: -1: must be greater than or equal to 0']],
    ['a bad label key', { labels: { '-x': 'y' } }, [`metadata.labels: Invalid value: "-x": ${NAME_PART}`]],
    ['an upper-case annotation prefix', { annotations: { 'Example.COM/x': 'y' } }, []],
    ['annotations at the limit', { annotations: { k: 'v'.repeat(262_143) } }, []],
    ['annotations beyond it', { annotations: { k: 'v'.repeat(262_144) } }, ['metadata.annotations: Too long: may not be more than 262144 bytes']],
    ['finalizers', { finalizers: ['example.com/a', 'orphan', 'kubernetes', 'example.com/a'] }, []],
    ['both deletion finalizers', { finalizers: ['orphan', 'foregroundDeletion'] }, ['metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: finalizer orphan and foregroundDeletion cannot be both set']],
    [
      'malformed finalizers, those of built-in kinds last',
      { finalizers: ['', 'example.com/a b'] },
      [
        'metadata.finalizers: Invalid value: "": name part must be non-empty',
        `metadata.finalizers: Invalid value: "": ${NAME_PART}`,
        `metadata.finalizers: Invalid value: "example.com/a b": ${NAME_PART}`,
        'metadata.finalizers[0]: Invalid value: "": name is neither a standard finalizer name nor is it fully qualified',
      ],
    ],
    [
      'an owner that is an event',
      { ownerReferences: [{ uid: 'u', name: 'e', kind: 'Event', apiVersion: 'v1' }] },
      ['metadata.ownerReferences: Invalid value: {"apiVersion":"v1","kind":"Event","name":"e","uid":"u"}: /v1, Kind=Event is disallowed from being an owner'],
    ],
    [
      'an empty owner',
      { ownerReferences: [{}] as never },
      [
        'metadata.ownerReferences.apiVersion: Invalid value: "": version must not be empty',
        'metadata.ownerReferences.kind: Invalid value: "": must not be empty',
        'metadata.ownerReferences.name: Invalid value: "": must not be empty',
        'metadata.ownerReferences.uid: Invalid value: "": must not be empty',
      ],
    ],
    ['an owner of a group without version', { ownerReferences: [{ apiVersion: 'apps/', kind: 'A', name: 'x', uid: 'u' }] }, ['metadata.ownerReferences.apiVersion: Invalid value: "apps/": version must not be empty']],
    [
      'two controllers',
      { ownerReferences: ['x', 'y'].map((name) => ({ apiVersion: 'v1', kind: 'A', name, uid: name, controller: true })) },
      [
        'metadata.ownerReferences: Invalid value: [{"apiVersion":"v1","kind":"A","name":"x","uid":"x","controller":true},{"apiVersion":"v1","kind":"A","name":"y","uid":"y","controller":true}]: Only one reference can have Controller set to true. Found "true" in references for A/x and A/y',
      ],
    ],
    [
      'bad managed fields',
      { managedFields: [{ operation: 'Merge', fieldsType: 'FieldsV2', manager: 'm'.repeat(129), subresource: 's'.repeat(257) }] as never },
      [
        'metadata.managedFields[0].operation: Invalid value: "Merge": must be `Apply` or `Update`',
        'metadata.managedFields[0].fieldsType: Invalid value: "FieldsV2": must be `FieldsV1`',
        'metadata.managedFields[0].manager: Too long: may not be more than 128 bytes',
        'metadata.managedFields[0].subresource: Too long: may not be more than 256 bytes',
      ],
    ],
  ])('%s', (_what, meta, expected) => {
    expect(findings(meta)).toEqual(expected);
  });

  test('the findings stand in the order name, namespace, labels, annotations, owners, finalizers', () => {
    const all = findings({ name: 'A', namespace: 'N', labels: { 'a b': 'c' }, annotations: { 'x y': '' }, ownerReferences: [{}] as never, finalizers: ['nope'] });
    expect(all.map((text) => text.split(':')[0])).toEqual([
      'metadata.name',
      'metadata.namespace',
      'metadata.labels',
      'metadata.annotations',
      ...['apiVersion', 'kind', 'name', 'uid'].map((field) => `metadata.ownerReferences.${field}`),
      'metadata.finalizers[0]',
    ]);
  });

  test('the kind judges names, and generateName as a prefix', () => {
    expect(findings({ name: 'system:x' }, { validateName: nameIsPathSegment })).toEqual([]);
    expect(findings({ name: 'a.b' }, { validateName: nameIsDnsLabel })).toEqual(['metadata.name: Invalid value: "a.b": must not contain dots']);
    expect(findings({ generateName: 'gen-' })).toEqual([]);
    expect(findings({ generateName: 'Gen-' })[0]).toMatch(/^metadata.generateName: Invalid value: "Gen-": a lowercase RFC 1123 subdomain/);
  });

  test('cluster-scoped objects have no namespace', () => {
    expect(findings({}, { namespaced: false })).toEqual(['metadata.namespace: Forbidden: not allowed on this type']);
  });

  test('custom kinds take finalizers without a domain', () => {
    expect(findings({ finalizers: ['plain'] }, { standardFinalizers: false })).toEqual([]);
  });

  test('embedded objects have a path of their own', () => {
    expect(findings({ name: '' }, { path: FieldPath.root('spec').child('template', 'metadata') })).toEqual(['spec.template.metadata.name: Required value: name or generateName is required']);
  });
});

describe('updates', () => {
  const old: ObjectMeta = { ...good, uid: 'u', resourceVersion: '5', creationTimestamp: '2026-01-01T00:00:00Z', generation: 2 };
  const update = (change: ObjectMeta, from: ObjectMeta = old): string[] => {
    const meta: ObjectMeta = { ...good, resourceVersion: '5', generation: 2, ...change };
    inheritObjectMeta(meta, from);
    return validateObjectMetaUpdate(meta, from).map(formatFieldError);
  };

  test.each<[string, ObjectMeta, string[]]>([
    ['what is left out is inherited', {}, []],
    ['another creation time is ignored', { creationTimestamp: '2001-01-01T00:00:00Z' }, []],
    ['the uid stays', { uid: 'other' }, ['metadata.uid: Invalid value: "other": field is immutable']],
    ['the name stays', { name: 'b' }, ['metadata.name: Invalid value: "b": field is immutable']],
    ['the namespace stays', { namespace: 'm' }, ['metadata.namespace: Invalid value: "m": field is immutable']],
    ['a version is needed', { resourceVersion: '' }, ['metadata.resourceVersion: Invalid value: "": must be specified for an update']],
    ['the generation only grows', { generation: 1 }, ['metadata.generation: Invalid value: 1: must not be decremented']],
    ['deletion is not for updates', { deletionTimestamp: '2026-01-01T00:00:00Z' }, ['metadata.deletionTimestamp: Invalid value: "2026-01-01T00:00:00Z": field is immutable']],
    ['labels are judged again', { labels: { a: 'b c' } }, [expect.stringMatching(/^metadata.labels: Invalid value: "b c": a valid label/) as unknown as string]],
  ])('%s', (_what, change, expected) => {
    expect(update(change)).toEqual(expected);
  });

  test('an object that is being deleted gets no new finalizers, and stays deleted', () => {
    const deleted: ObjectMeta = { ...old, deletionTimestamp: '2026-01-02T00:00:00Z', deletionGracePeriodSeconds: 0, finalizers: ['example.com/a'] };
    expect(update({ finalizers: ['example.com/a'] }, deleted)).toEqual([]);
    expect(update({ finalizers: [] }, deleted)).toEqual([]);
    expect(update({ finalizers: ['example.com/z', 'example.com/b', 'example.com/a'] }, deleted)).toEqual([
      'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/b", "example.com/z"}',
    ]);
    expect(update({ deletionGracePeriodSeconds: 9 }, deleted)).toEqual(['metadata.deletionGracePeriodSeconds: Invalid value: 9: field is immutable']);
  });

  test('built-in kinds judge finalizers again', () => {
    expect(validateObjectMetaUpdate({ ...old, finalizers: ['plain'] }, old, { standardFinalizers: true }).map(formatFieldError)).toEqual([
      'metadata.finalizers[0]: Invalid value: "plain": name is neither a standard finalizer name nor is it fully qualified',
    ]);
  });
});

test('a field manager has no unprintable characters', () => {
  expect(validateFieldManager('kübé\u0000', FieldPath.root('fieldManager')).map(formatFieldError)).toEqual([
    'fieldManager: Invalid value: "kübé\\u0000": invalid character U+0000 (at position 6)',
  ]);
});
