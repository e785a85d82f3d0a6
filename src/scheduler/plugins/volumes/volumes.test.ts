import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../../api/types/generated/core-v1.ts';
import { SchedulerCluster } from '../../scheduler-cluster.contract.ts';

const CLAIMS = '/api/v1/namespaces/default/persistentvolumeclaims';
const VOLUMES = '/api/v1/persistentvolumes';
const CLASSES = '/apis/storage.k8s.io/v1/storageclasses';
const ZONE = 'topology.kubernetes.io/zone';

describe('pods with volumes', () => {
  let cluster: SchedulerCluster;
  beforeEach(async () => {
    cluster = await SchedulerCluster.open();
    for (const name of ['a', 'b']) await cluster.addNode(name, { labels: { [ZONE]: `zone-${name}` } });
  });
  afterEach(() => cluster.close());

  const addClaim = (name: string, spec: Partial<PersistentVolumeClaim['spec']> = {}): Promise<unknown> =>
    cluster.send('POST', CLAIMS, { metadata: { name }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: '', ...spec } });
  const addVolume = async (name: string, spec: Partial<PersistentVolume['spec']> = {}, labels: Record<string, string> = {}): Promise<void> => {
    await cluster.send('POST', VOLUMES, { metadata: { name, labels }, spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '5Gi' }, ...(spec?.csi === undefined && { hostPath: { path: '/x' } }), ...spec } });
    await cluster.send('PATCH', `${VOLUMES}/${name}/status`, { status: { phase: 'Available' } });
  };
  const addClass = (name: string, more: object = {}): Promise<unknown> => cluster.send('POST', CLASSES, { metadata: { name }, provisioner: 'kubernetes.io/no-provisioner', volumeBindingMode: 'WaitForFirstConsumer', ...more });
  /** As the volume controller leaves them. */
  const bind = async (claim: string, volume: string): Promise<void> => {
    await cluster.send('PATCH', `${CLAIMS}/${claim}`, { metadata: { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } }, spec: { volumeName: volume } });
    await cluster.send('PATCH', `${CLAIMS}/${claim}/status`, { status: { phase: 'Bound' } });
    await cluster.settle();
  };
  const using = (...claims: string[]): Partial<Pod['spec']> => ({ volumes: claims.map((claimName, i) => ({ name: `v${i}`, persistentVolumeClaim: { claimName } })) });
  const on = (node: string): Partial<PersistentVolume['spec']> => ({ nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] }] } } });
  const bare = async (pod: string): Promise<string> => (await cluster.messageOf(pod)).replace(/ (no new claims|not found$).*/, '');

  test('wait for claims that are not there or not bound', async () => {
    await cluster.addPod('p', using('c'));
    expect(await bare('p')).toBe('0/2 nodes are available: persistentvolumeclaim "c" not found.');
    await addClaim('c');
    await cluster.settle(1000);
    expect(await bare('p')).toBe('0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims.');
    await addVolume('v', on('b'));
    await bind('c', 'v');
    await cluster.settle(2000);
    expect(await cluster.nodeOf('p')).toBe('b');
  });

  test('go where their volumes reach', async () => {
    await addVolume('v', on('elsewhere'));
    await addClaim('c', { volumeName: 'v' });
    await bind('c', 'v');
    await cluster.addPod('p', using('c'));
    expect(await bare('p')).toBe("0/2 nodes are available: 2 node(s) didn't match PersistentVolume's node affinity.");
  });

  test('take a free volume of a class that waits for them, and are bound when it is theirs', async () => {
    await addClass('local');
    await addVolume('large', { storageClassName: 'local', ...on('a') });
    await addVolume('small', { storageClassName: 'local', capacity: { storage: '2Gi' }, ...on('a') });
    await addClaim('c', { storageClassName: 'local' });
    await cluster.settle();
    await cluster.addPod('p', using('c'));
    const { spec } = await cluster.send<PersistentVolume>('GET', `${VOLUMES}/small`);
    expect(spec?.claimRef).toMatchObject({ kind: 'PersistentVolumeClaim', namespace: 'default', name: 'c' });
    expect(await cluster.nodeOf('p')).toBe('');
    await bind('c', 'small');
    expect(await cluster.nodeOf('p')).toBe('a');
  });

  test('do not take the same volume', async () => {
    await addClass('local');
    await addVolume('v', { storageClassName: 'local', ...on('a') });
    for (const name of ['c', 'd']) await addClaim(name, { storageClassName: 'local' });
    await cluster.settle();
    await cluster.addPod('p', using('c'));
    await cluster.addPod('q', using('d'));
    expect(await bare('q')).toBe("0/2 nodes are available: 2 node(s) didn't find available persistent volumes to bind.");
  });

  test('tell a provisioner where they go, and wait for it', async () => {
    await addClass('made', { provisioner: 'example.com/disks', allowedTopologies: [{ matchLabelExpressions: [{ key: ZONE, values: ['zone-b'] }] }] });
    await addClaim('c', { storageClassName: 'made' });
    await cluster.settle();
    await cluster.addPod('p', using('c'));
    const { metadata } = await cluster.send<PersistentVolumeClaim>('GET', `${CLAIMS}/c`);
    expect(metadata.annotations).toMatchObject({ 'volume.kubernetes.io/selected-node': 'b' });
    expect(await cluster.nodeOf('p')).toBe('');
    await addVolume('v', { storageClassName: 'made' });
    await bind('c', 'v');
    expect(await cluster.nodeOf('p')).toBe('b');
  });

  test('go to the zone of their volume', async () => {
    await addVolume('v', {}, { [ZONE]: 'zone-b' });
    await addClaim('c', { volumeName: 'v' });
    await bind('c', 'v');
    await cluster.addPod('p', using('c'));
    expect(await cluster.nodeOf('p')).toBe('b');
    await cluster.addPod('q', { ...using('c'), nodeSelector: { [ZONE]: 'zone-a' } });
    expect(await bare('q')).toBe("0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) had no available volume zone.");
  });

  test('do not share a claim of ReadWriteOncePod', async () => {
    await addVolume('v', { accessModes: ['ReadWriteOncePod'], ...on('a') });
    await addClaim('c', { volumeName: 'v', accessModes: ['ReadWriteOncePod'] });
    await bind('c', 'v');
    await cluster.addPod('p', using('c'));
    await cluster.addPod('q', using('c'));
    expect(await bare('q')).toContain('1 node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode');
    await cluster.deletePod('p');
    expect(await cluster.nodeOf('q')).toBe('a');
  });

  test('are no more on a node than its driver can attach', async () => {
    await cluster.send('POST', '/apis/storage.k8s.io/v1/csinodes', { metadata: { name: 'a' }, spec: { drivers: [{ name: 'd', nodeID: 'a', allocatable: { count: 1 } }] } });
    for (const name of ['c1', 'c2']) {
      await addVolume(`v-${name}`, { csi: { driver: 'd', volumeHandle: name }, ...on('a') });
      await addClaim(name, { volumeName: `v-${name}` });
      await bind(name, `v-${name}`);
    }
    await cluster.addPod('p', using('c1'));
    await cluster.addPod('q', using('c2'));
    expect([await cluster.nodeOf('p'), await bare('q')]).toEqual(['a', "0/2 nodes are available: 1 node(s) didn't match PersistentVolume's node affinity, 1 node(s) exceed max volume count."]);
  });
});
