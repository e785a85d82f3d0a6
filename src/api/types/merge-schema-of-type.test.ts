import { expect, test } from 'vitest';
import type { FieldSchema, MergeSchema } from '../../machinery/merge-schema.ts';
import { loadFacts } from '../facts/facts.ts';
import { mergeSchemaOfType } from './merge-schema-of-type.ts';

const facts = loadFacts();

function at(group: string, kind: string, ...path: string[]): FieldSchema {
  const type = facts.typeOfKind(group, 'v1', kind);
  if (type === undefined) throw new Error(`no type of ${kind}`);
  let found: FieldSchema = { schema: mergeSchemaOfType(type) };
  for (const name of path) {
    let schema: MergeSchema = found.schema;
    while (schema.kind === 'list' || schema.kind === 'map') schema = schema.element;
    const next = schema.kind === 'struct' ? schema.field(name) : undefined;
    if (next === undefined) throw new Error(`no field ${name}`);
    found = next;
  }
  return found;
}

test('lists of items told apart by keys say which keys, and how patches merge them', () => {
  const ports = at('', 'Pod', 'spec', 'containers', 'ports');
  expect(ports.schema).toMatchObject({ kind: 'list', listType: 'map', keys: ['containerPort', 'protocol'] });
  expect(ports).toMatchObject({ patchStrategy: 'merge', patchMergeKey: 'containerPort' });
  expect(at('', 'Pod', 'spec', 'containers', 'ports', 'protocol').default).toBe('TCP');
});

test.each<[string, string, string[], object]>([
  ['a list without a word is atomic', 'apiextensions.k8s.io', ['spec', 'versions'], { kind: 'list', listType: 'atomic' }],
  ['a set of strings', '', ['metadata', 'finalizers'], { kind: 'list', listType: 'set' }],
  ['a map of strings merges by key', '', ['metadata', 'labels'], { kind: 'map', atomic: false }],
  ['a map can be atomic', '', ['spec', 'nodeSelector'], { kind: 'map', atomic: true }],
  ['a struct can be atomic', 'apps', ['spec', 'selector'], { kind: 'struct', atomic: true }],
  ['numbers', 'apps', ['spec', 'replicas'], { kind: 'scalar', scalar: 'number' }],
])('%s', (_, group, path, expected) => {
  const kind = group === '' ? 'Pod' : group === 'apps' ? 'Deployment' : 'CustomResourceDefinition';
  expect(at(group, kind, ...path).schema).toMatchObject(expected);
});

test('a field may overrule its type’s atomicity', () => {
  expect(at('', 'PersistentVolume', 'spec', 'claimRef').schema).toMatchObject({ kind: 'struct', atomic: false });
  expect(at('', 'Event', 'involvedObject').schema).toMatchObject({ kind: 'struct', atomic: true });
});

test('objects of other kinds are owned as a whole', () => {
  expect(at('apps', 'ControllerRevision', 'data').schema).toEqual({ kind: 'scalar', scalar: 'any' });
});

test('names that every object inherits are no fields', () => {
  const schema = at('', 'Pod').schema;
  for (const name of ['__proto__', 'constructor']) expect(schema.kind === 'struct' && schema.field(name)).toBeUndefined();
});

test('a type has one schema', () => {
  expect(at('apps', 'Deployment', 'spec', 'template').schema).toBe(at('apps', 'ReplicaSet', 'spec', 'template').schema);
});
