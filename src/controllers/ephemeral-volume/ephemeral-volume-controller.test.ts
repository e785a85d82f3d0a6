import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Event } from '../../api/types/generated/core-v1.ts';
import { LoopCluster } from '../loop-cluster.contract.ts';

const NS = '/api/v1/namespaces/default';
const CLAIM = `${NS}/persistentvolumeclaims/p-scratch`;
const SPEC = { accessModes: ['ReadWriteOnce'], storageClassName: 'c', resources: { requests: { storage: '1Gi' } } };

describe('the claim that a pod brings', () => {
  let loops: LoopCluster;
  beforeEach(async () => {
    loops = await LoopCluster.open(['ephemeral-volume-controller', 'garbage-collector-controller', 'persistentvolumeclaim-protection-controller', 'serviceaccount-controller']);
  });
  afterEach(() => loops.close());

  const pod = async (): Promise<void> => {
    const volumes = [{ name: 'scratch', ephemeral: { volumeClaimTemplate: { metadata: { labels: { a: 'b' } }, spec: SPEC } } }];
    await loops.create(`${NS}/pods`, { metadata: { name: 'p' }, spec: { automountServiceAccountToken: false, containers: [{ name: 'c', image: 'i' }], volumes } });
    await loops.settle();
  };

  test('is made for it, comes again when it is deleted, and goes with it', async () => {
    await pod();
    expect(await loops.get(CLAIM)).toMatchObject({ metadata: { labels: { a: 'b' }, ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'p', controller: true, blockOwnerDeletion: true }] }, spec: SPEC });
    const uid = (await loops.get(CLAIM))?.metadata.uid;
    await loops.delete(CLAIM);
    await loops.until(async () => ![undefined, uid].includes((await loops.get(CLAIM))?.metadata.uid));
    await loops.delete(`${NS}/pods/p?gracePeriodSeconds=0`);
    await loops.gone(CLAIM);
  });

  test('is not one that somebody else made', async () => {
    await loops.create(`${NS}/persistentvolumeclaims`, { metadata: { name: 'p-scratch' }, spec: SPEC });
    await pod();
    const events = await loops.get<{ items: Event[] }>(`${NS}/events`);
    expect(events?.items.map(({ reason, message }) => `${reason}: ${message}`)).toContain('FailedBinding: ephemeral volume scratch: PVC default/p-scratch was not created for pod default/p (pod is not owner)');
  });
});
