import { expect, test } from 'vitest';
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/types/generated/core-v1.ts';
import { computeExpansion } from './volume-expander-controller.ts';

const claim = (requested: string, has: string, phase: 'Bound' | 'Pending' = 'Bound'): PersistentVolumeClaim => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'd', uid: 'u' },
  spec: { resources: { requests: { storage: requested } } },
  status: { phase, capacity: { storage: has } },
});
const volume = (spec: NonNullable<PersistentVolume['spec']>, uid = 'u'): PersistentVolume => ({ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'v' }, spec: { claimRef: { uid }, ...spec } });
const CSI = { csi: { driver: 'example.com', volumeHandle: 'h' } };

test.each<[string, PersistentVolumeClaim, PersistentVolume, string | undefined]>([
  ['is waited for, of a driver outside', claim('2Gi', '1Gi'), volume(CSI), 'Normal'],
  ['is warned of, where no driver is known', claim('2Gi', '1Gi'), volume({}), 'Warning'],
  ['is none, when the claim has what it asks for', claim('1Gi', '1Gi'), volume(CSI), undefined],
  ['is none, when the claim is not bound', claim('2Gi', '1Gi', 'Pending'), volume(CSI), undefined],
  ['is none, when the volume is another’s', claim('2Gi', '1Gi'), volume(CSI, 'w'), undefined],
])('growth %s', (_, asking, held, expected) => {
  expect(computeExpansion(asking, held)).toBe(expected);
});
