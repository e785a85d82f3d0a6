import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LoopCluster } from '../loop-cluster.contract.ts';

const NS = '/api/v1/namespaces/default';
const CLAIM = `${NS}/persistentvolumeclaims/d`;

describe('a claim that is deleted', () => {
  let loops: LoopCluster;
  beforeEach(async () => {
    loops = await LoopCluster.open(['persistentvolumeclaim-protection-controller', 'serviceaccount-controller']);
    await loops.create(`${NS}/persistentvolumeclaims`, { metadata: { name: 'd' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } });
  });
  afterEach(() => loops.close());

  const pod = async (spec: object): Promise<void> => {
    await loops.create(`${NS}/pods`, { metadata: { name: 'p' }, spec: { automountServiceAccountToken: false, containers: [{ name: 'c', image: 'i' }], volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'd' } }], ...spec } });
    await loops.settle();
  };

  test('stays until the pods on nodes that use it have ended', async () => {
    await pod({ nodeName: 'n' });
    await loops.delete(CLAIM);
    await loops.settle(10_000);
    expect((await loops.get(CLAIM))?.metadata.finalizers).toEqual(['kubernetes.io/pvc-protection']);
    await loops.merge(`${NS}/pods/p/status`, { status: { phase: 'Succeeded' } });
    await loops.gone(CLAIM);
    expect(loops.log).toEqual([]);
  });

  test('or are gone', async () => {
    await pod({ nodeName: 'n' });
    await loops.delete(CLAIM);
    await loops.delete(`${NS}/pods/p?gracePeriodSeconds=0`);
    await loops.gone(CLAIM);
  });

  test('goes at once when pods that want it have no node yet', async () => {
    await pod({});
    await loops.delete(CLAIM);
    await loops.gone(CLAIM);
  });

  test('has its protection restored while it lives', async () => {
    await loops.merge(CLAIM, { metadata: { finalizers: null } });
    await loops.settle();
    expect((await loops.get(CLAIM))?.metadata.finalizers).toEqual(['kubernetes.io/pvc-protection']);
  });
});
