import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Event, PersistentVolume, PersistentVolumeClaim } from '../../api/types/generated/core-v1.ts';
import { LoopCluster } from '../loop-cluster.contract.ts';

const VOLUMES = '/api/v1/persistentvolumes';
const CLAIMS = '/api/v1/namespaces/default/persistentvolumeclaims';
const CLASSES = '/apis/storage.k8s.io/v1/storageclasses';

describe('volumes and claims', () => {
  let loops: LoopCluster;
  beforeEach(async () => {
    loops = await LoopCluster.open(['persistentvolume-binder-controller', 'persistentvolume-protection-controller', 'persistentvolumeclaim-protection-controller', 'serviceaccount-controller']);
  });
  afterEach(() => loops.close());

  const volume = async (name: string, spec: object = {}, metadata: object = {}): Promise<void> => {
    await loops.create(VOLUMES, { metadata: { name, ...metadata }, spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: 'c', hostPath: { path: '/srv/v' }, ...spec } });
    await loops.settle();
  };
  const claim = async (spec: object = {}, metadata: object = {}): Promise<void> => {
    await loops.create(CLAIMS, { metadata: { name: 'd', ...metadata }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'c', resources: { requests: { storage: '1Gi' } }, ...spec } });
    await loops.settle();
  };
  const storageClass = (more: object): Promise<unknown> => loops.create(CLASSES, { metadata: { name: 'c' }, provisioner: 'kubernetes.io/no-provisioner', ...more });
  const claimNow = (): Promise<PersistentVolumeClaim | undefined> => loops.get<PersistentVolumeClaim>(`${CLAIMS}/d`);
  const volumeNow = (name: string): Promise<PersistentVolume | undefined> => loops.get<PersistentVolume>(`${VOLUMES}/${name}`);
  const outcome = async (): Promise<string> => {
    const { spec, status } = (await claimNow()) ?? {};
    return `${status?.phase} ${spec?.volumeName ?? ''}`.trim();
  };
  const events = async (): Promise<string[]> => {
    const list = await loops.get<{ items: Event[] }>('/api/v1/events');
    return [...new Set((list?.items ?? []).map(({ type, reason, message, involvedObject }) => `${involvedObject.name} ${type} ${reason}: ${message}`))].toSorted();
  };

  test('find each other, and say so on both sides', async () => {
    await volume('v');
    expect((await volumeNow('v'))?.status?.phase).toBe('Available');
    await claim();
    const bound = await claimNow();
    expect([bound?.metadata.annotations, bound?.status]).toEqual([
      { 'pv.kubernetes.io/bind-completed': 'yes', 'pv.kubernetes.io/bound-by-controller': 'yes' },
      { phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' } },
    ]);
    const { metadata, spec, status } = (await volumeNow('v')) ?? {};
    expect([metadata?.annotations, spec?.claimRef?.uid, status?.phase]).toEqual([{ 'pv.kubernetes.io/bound-by-controller': 'yes' }, bound?.metadata.uid, 'Bound']);
    expect(loops.log).toEqual([]);
  });

  test.each<[string, [string, object, object?][], object, string]>([
    ['the smallest that is large enough', [['big', { capacity: { storage: '9Gi' } }], ['mid', { capacity: { storage: '5Gi' } }], ['tiny', {}]], { resources: { requests: { storage: '2Gi' } } }, 'Bound mid'],
    ['the one with the fewest ways of access', [['many', { accessModes: ['ReadWriteOnce', 'ReadOnlyMany'] }], ['one', { capacity: { storage: '9Gi' } }]], {}, 'Bound one'],
    ['the one with the labels', [['v', {}], ['w', {}, { labels: { a: 'b' } }]], { selector: { matchLabels: { a: 'b' } } }, 'Bound w'],
    ['the one that is reserved for it', [['v', {}], ['w', { capacity: { storage: '9Gi' }, claimRef: { namespace: 'default', name: 'd' } }]], {}, 'Bound w'],
    ['the one that it names', [['v', {}], ['w', { capacity: { storage: '9Gi' } }]], { volumeName: 'w' }, 'Bound w'],
    ['none of another class', [['v', { storageClassName: 'other' }]], {}, 'Pending'],
    ['none of another mode', [['v', { volumeMode: 'Block' }]], {}, 'Pending'],
    ['none with fewer ways of access', [['v', {}]], { accessModes: ['ReadWriteMany'] }, 'Pending'],
    ['none that is too small', [['v', {}]], { resources: { requests: { storage: '2Gi' } } }, 'Pending'],
    ['none that is reserved for another', [['v', { claimRef: { namespace: 'default', name: 'e' } }]], {}, 'Pending'],
  ])('a claim gets %s', async (_, volumes, spec, expected) => {
    for (const [name, more, metadata] of volumes) await volume(name, more, metadata);
    await claim(spec);
    expect(await outcome()).toBe(expected);
  });

  test('a claim that waits gets the first volume that comes', async () => {
    await claim();
    expect([await outcome(), await events()]).toEqual(['Pending', ['d Warning ProvisioningFailed: storageclass.storage.k8s.io "c" not found']]);
    await volume('v');
    expect(await outcome()).toBe('Bound v');
  });

  test.each<[object, object, string]>([
    [{ storageClassName: '' }, {}, 'd Normal FailedBinding: no persistent volumes available for this claim and no storage class is set'],
    [{}, {}, 'd Warning ProvisioningFailed: no volume plugin matched name: kubernetes.io/no-provisioner'],
    [{}, { volumeBindingMode: 'WaitForFirstConsumer' }, 'd Normal WaitForFirstConsumer: waiting for first consumer to be created before binding'],
    [
      {},
      { provisioner: 'example.com/p' },
      "d Normal ExternalProvisioning: Waiting for a volume to be created either by the external provisioner 'example.com/p' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.",
    ],
  ])('a claim with %j says what it waits for in a class with %j', async (spec, more, event) => {
    await storageClass(more);
    await claim(spec);
    expect(await events()).toEqual([event]);
  });

  test('where volumes wait for the first pod, the scheduler chooses', async () => {
    await storageClass({ volumeBindingMode: 'WaitForFirstConsumer', provisioner: 'example.com/p' });
    await volume('v');
    await claim();
    expect(await outcome()).toBe('Pending');
    await loops.create('/api/v1/namespaces/default/pods', { metadata: { name: 'p' }, spec: { automountServiceAccountToken: false, containers: [{ name: 'c', image: 'i' }], volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'd' } }] } });
    await loops.settle();
    expect(await events()).toContain('d Normal WaitForPodScheduled: waiting for pod p to be scheduled');
    await loops.merge(`${CLAIMS}/d`, { metadata: { annotations: { 'volume.kubernetes.io/selected-node': 'n' } } });
    await loops.settle();
    expect((await claimNow())?.metadata.annotations).toMatchObject({ 'volume.kubernetes.io/storage-provisioner': 'example.com/p', 'volume.beta.kubernetes.io/storage-provisioner': 'example.com/p' });
    await loops.merge(`${VOLUMES}/v`, { spec: { claimRef: { namespace: 'default', name: 'd', uid: (await claimNow())?.metadata.uid } } });
    await loops.settle();
    expect(await outcome()).toBe('Bound v');
  });

  test('claims without a class get the default one when it comes', async () => {
    await claim({ storageClassName: undefined });
    await storageClass({ metadata: { name: 'std', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } }, provisioner: 'example.com/p' });
    await loops.settle();
    expect((await claimNow())?.spec?.storageClassName).toBe('std');
  });

  test.each<[string, object, string]>([
    ['too small', { resources: { requests: { storage: '2Gi' } } }, 'requested PV is too small'],
    ['of another class', { storageClassName: 'x' }, 'storageClassName does not match'],
    ['of another mode', { volumeMode: 'Block' }, 'incompatible volumeMode'],
    ['without that access', { accessModes: ['ReadWriteMany'] }, 'incompatible accessMode'],
  ])('a claim cannot name a volume that is %s', async (_, spec, why) => {
    await volume('v');
    await claim({ volumeName: 'v', ...spec });
    expect([await outcome(), await events()]).toEqual(['Pending v', [`d Warning VolumeMismatch: Cannot bind to requested volume "v": ${why}`]]);
  });

  test.each<[string, object, object, string, string[]]>([
    ['kept', {}, {}, 'Released', []],
    ['failed, when nobody can delete it', { persistentVolumeReclaimPolicy: 'Delete' }, {}, 'Failed', ['v Warning VolumeFailedDelete: failed to create deleter for volume "v": host_path deleter only supports /tmp/.+ but received provided /srv/v']],
    ['its provisioner’s to delete', { persistentVolumeReclaimPolicy: 'Delete' }, { annotations: { 'pv.kubernetes.io/provisioned-by': 'example.com/p' } }, 'Released', []],
    ['failed, when nobody can recycle it', { persistentVolumeReclaimPolicy: 'Recycle' }, {}, 'Failed', ['v Warning VolumeFailedRecycle: No recycler plugin found for the volume!']],
  ])('without its claim a volume is %s', async (_, spec, metadata, phase, told) => {
    await volume('v', spec, metadata);
    await claim();
    await loops.delete(`${CLAIMS}/d`);
    await loops.settle();
    expect([await claimNow(), (await volumeNow('v'))?.status?.phase, await events()]).toEqual([undefined, phase, told]);
    await claim();
    expect(await outcome()).toBe('Pending');
  });

  test('a claim without its volume is lost', async () => {
    await volume('v');
    await claim();
    await loops.delete(`${VOLUMES}/v`);
    await loops.settle();
    expect((await volumeNow('v'))?.metadata.deletionTimestamp).toBeDefined();
    await loops.merge(`${VOLUMES}/v`, { metadata: { finalizers: null } });
    await loops.settle();
    expect([(await claimNow())?.status, await events()]).toEqual([{ phase: 'Lost' }, ['d Warning ClaimLost: Bound claim has lost its PersistentVolume. Data on the volume is lost!']]);
  });

  test('a volume that was to be deleted goes when its claim has', async () => {
    await volume('v');
    await claim();
    await loops.delete(`${VOLUMES}/v`);
    await loops.delete(`${CLAIMS}/d`);
    await loops.gone(`${VOLUMES}/v`);
  });

  test('a claim that is bound elsewhere leaves what was reserved for it', async () => {
    await claim({ volumeName: 'v' });
    await volume('w', { claimRef: { namespace: 'default', name: 'd', uid: (await claimNow())?.metadata.uid } });
    await volume('v');
    expect(await outcome()).toBe('Bound v');
    const { spec, status } = (await volumeNow('w')) ?? {};
    expect([spec?.claimRef, status?.phase]).toEqual([{ namespace: 'default', name: 'd' }, 'Available']);
  });
});

describe('a binding that was interrupted', () => {
  test('is completed by whoever comes next', async () => {
    const first = await LoopCluster.open(['serviceaccount-controller']);
    await first.create(CLAIMS, { metadata: { name: 'd' }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'c', resources: { requests: { storage: '1Gi' } } } });
    const uid = (await first.get(`${CLAIMS}/d`))?.metadata.uid;
    await first.create(VOLUMES, { metadata: { name: 'v', annotations: { 'pv.kubernetes.io/bound-by-controller': 'yes' } }, spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: 'c', hostPath: { path: '/srv/v' }, claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'default', name: 'd', uid } } });
    const next = await first.restart(['persistentvolume-binder-controller']);
    expect((await next.get<PersistentVolumeClaim>(`${CLAIMS}/d`))?.status?.phase).toBe('Bound');
    expect((await next.get<PersistentVolume>(`${VOLUMES}/v`))?.status?.phase).toBe('Bound');
    await next.close();
  });
});
