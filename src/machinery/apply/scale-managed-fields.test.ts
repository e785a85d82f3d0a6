import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../json.ts';
import type { KubeObject, ManagedFieldsEntry } from '../object-meta.ts';
import { updateManagedFields } from './managed-fields.ts';
import { NUMBER, shortEntries, STRING, struct } from './sample-schemas.test-data.ts';
import { parentManagedFields, scaleManagedFields, type ScaledParent } from './scale-managed-fields.ts';

const PARENT: ScaledParent = {
  apiVersion: 'apps/v1',
  replicasPaths: new Map<string, readonly string[] | undefined>([['apps/v1', ['spec', 'replicas']], ['apps/v0', undefined]]),
};
const SCALE = struct({ apiVersion: STRING, kind: STRING, metadata: struct({ name: STRING }), spec: struct({ replicas: NUMBER }) });
const REPLICAS: JsonObject = { 'f:spec': { 'f:replicas': {} } };

const entry = (manager: string, fieldsV1: JsonObject, more: Partial<ManagedFieldsEntry> = {}): ManagedFieldsEntry => ({
  manager,
  operation: 'Update',
  apiVersion: 'apps/v1',
  time: '2026-01-01T00:00:01Z',
  fieldsType: 'FieldsV1',
  fieldsV1,
  ...more,
});

const scale = (replicas: number, managedFields?: ManagedFieldsEntry[]): KubeObject => ({
  apiVersion: 'autoscaling/v1',
  kind: 'Scale',
  metadata: { name: 'a', uid: 'u', ...(managedFields === undefined ? {} : { managedFields }) },
  spec: { replicas },
});

function scaleTo(stored: ManagedFieldsEntry[], replicas: number): ManagedFieldsEntry[] | undefined {
  const seen = scaleManagedFields(stored, PARENT);
  const options = { manager: 'scaler', apiVersion: 'autoscaling/v1', subresource: 'scale', schema: SCALE, now: '2026-01-01T00:00:02Z' };
  return parentManagedFields(stored, updateManagedFields(scale(3, seen), scale(replicas, seen), options), PARENT);
}

describe('ownership through scale', () => {
  test('shows only who owns the replicas', () => {
    const stored = [entry('a', { 'f:spec': { 'f:replicas': {}, 'f:x': {} } }), entry('b', { 'f:spec': { 'f:x': {} } }), entry('c', REPLICAS, { apiVersion: 'apps/v0' })];
    expect(scaleManagedFields(stored, PARENT)).toEqual([entry('a', REPLICAS, { apiVersion: 'autoscaling/v1' })]);
  });

  test('goes to the scaler, in an entry without a time, and leaves the rest', () => {
    const stored = [entry('me', { 'f:spec': { 'f:replicas': {}, 'f:x': {} } }, { operation: 'Apply' }), entry('b', REPLICAS), entry('c', { 'f:spec': { 'f:y': {} } }, { apiVersion: 'apps/v0' })];
    const fresh = scaleTo(stored, 5);
    expect(shortEntries(fresh)).toEqual([
      ['me Apply', { 'f:spec': { 'f:x': {} } }],
      ['scaler Update:scale -', REPLICAS],
      ['c Update', { 'f:spec': { 'f:y': {} } }],
    ]);
    expect(fresh?.[1]?.apiVersion).toBe('apps/v1');
    expect(shortEntries(scaleTo(fresh ?? [], 6))).toEqual(shortEntries(fresh));
  });

  test('of an applier stays where it is when the number does not change', () => {
    const stored = [entry('me', REPLICAS, { operation: 'Apply' })];
    expect(scaleTo(stored, 3)).toEqual(stored);
  });

  test('is dropped for versions that the parent does not have, and what nobody owns is not tracked', () => {
    expect(shortEntries(scaleTo([entry('a', REPLICAS, { apiVersion: 'old/v1' })], 5))).toEqual([]);
  });
});
