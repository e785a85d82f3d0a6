import { describe, expect, test } from 'vitest';
import { create, NOW_MS, objectOf, update } from '../../apps/rule-runs.test-data.ts';
import type { Lease } from './lease.ts';
import { rules } from './strategy.ts';

const lease = (spec: NonNullable<Lease['spec']>) => objectOf('coordination.k8s.io/v1', 'Lease', { spec: { ...spec } as never });

describe('Leases', () => {
  test('last a while, and count upwards', () => {
    expect(create(rules, lease({ leaseDurationSeconds: 0, leaseTransitions: -1 })).findings).toEqual([
      'spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0',
      'spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0',
    ]);
  });

  test('fields of coordinated elections are taken only where they are in use', () => {
    expect(create(rules, lease({ strategy: 'OldestEmulationVersion', preferredHolder: 'a' })).object['spec']).toEqual({});
    const old = lease({ strategy: 'OldestEmulationVersion' });
    const { object } = update(rules, old, (changed) => Object.assign((changed as Lease).spec ?? {}, { strategy: 'example.com/Other', preferredHolder: 'a' }));
    expect(object['spec']).toEqual({ strategy: 'example.com/Other' });
  });

  test('are created by an update, and changed only by version', () => {
    expect(rules).toMatchObject({ allowCreateOnUpdate: true, allowUnconditionalUpdate: false });
  });

  test('table cells', () => {
    expect(rules.cells?.(lease({ holderIdentity: 'node-1' }), { nowMs: NOW_MS })).toEqual(['x', 'node-1', '120m']);
    expect(rules.cells?.(objectOf('coordination.k8s.io/v1', 'Lease', {}), { nowMs: NOW_MS })).toEqual(['x', '', '120m']);
  });
});
