import { expect, test } from 'vitest';
import type { Endpoints, PersistentVolume, PersistentVolumeClaim, ResourceQuota, Secret } from '../api/types/generated/core-v1.ts';
import type { EndpointSlice } from '../api/types/generated/discovery-v1.ts';
import type { PodDisruptionBudget } from '../api/types/generated/policy-v1.ts';
import { settle } from '../machinery/virtual-clock.ts';
import { seededRandom } from '../runtime/test-cluster.contract.ts';
import { generateServiceAccountKey } from '../server/certificates/cluster-certificates.ts';
import { LoopCluster } from './loop-cluster.contract.ts';

const NS = '/api/v1/namespaces/default';
const LOOPS = [
  'endpoints-controller', 'endpointslice-controller', 'disruption-controller', 'persistentvolume-binder-controller', 'persistentvolumeclaim-protection-controller',
  'resourcequota-controller', 'serviceaccount-controller', 'serviceaccount-token-controller', 'ephemeral-volume-controller',
];
const OPTIONS = { serviceAccountKey: generateServiceAccountKey().privateKey, rootCertificates: 'PEM' };
const CLAIM = { accessModes: ['ReadWriteOnce'], storageClassName: 'c', resources: { requests: { storage: '1Gi' } } };

/** What people do, step by step; the loops follow, or are being restarted. */
function steps(): ((loops: LoopCluster) => Promise<unknown>)[] {
  const pod = (i: number) => async (loops: LoopCluster): Promise<void> => {
    const volumes = i === 0 ? [{ name: 'scratch', ephemeral: { volumeClaimTemplate: { spec: CLAIM } } }] : [];
    await loops.create(`${NS}/pods`, { metadata: { name: `p${i}`, labels: { app: 'w' } }, spec: { nodeName: 'n', automountServiceAccountToken: false, containers: [{ name: 'c', image: 'i' }], volumes } });
    await loops.merge(`${NS}/pods/p${i}/status`, { status: { phase: 'Running', podIP: `10.9.0.${i + 1}`, podIPs: [{ ip: `10.9.0.${i + 1}` }], conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2020-01-01T00:00:00Z' }] } });
  };
  const volume = (i: number) => (loops: LoopCluster): Promise<unknown> =>
    loops.create('/api/v1/persistentvolumes', { metadata: { name: `v${i}` }, spec: { capacity: { storage: `${i + 1}Gi` }, accessModes: ['ReadWriteOnce'], storageClassName: 'c', hostPath: { path: '/srv/v' } } });
  const claim = (i: number) => (loops: LoopCluster): Promise<unknown> => loops.create(`${NS}/persistentvolumeclaims`, { metadata: { name: `d${i}` }, spec: CLAIM });
  return [
    (loops) => loops.create('/api/v1/nodes', { metadata: { name: 'n' } }),
    (loops) => loops.create(`${NS}/resourcequotas`, { metadata: { name: 'q' }, spec: { hard: { 'count/pods': '100', persistentvolumeclaims: '100' } } }),
    (loops) => loops.create(`${NS}/services`, { metadata: { name: 's' }, spec: { selector: { app: 'w' }, ports: [{ port: 80 }] } }),
    (loops) => loops.create('/apis/policy/v1/namespaces/default/poddisruptionbudgets', { metadata: { name: 'b' }, spec: { selector: { matchLabels: { app: 'w' } }, minAvailable: 1 } }),
    async (loops) => {
      await loops.until(async () => (await loops.get<ResourceQuota>(`${NS}/resourcequotas/q`))?.status?.used !== undefined);
    },
    ...[0, 1, 2].flatMap((i) => [volume(i), pod(i), claim(i)]),
    volume(3),
    (loops) => loops.create(`${NS}/secrets`, { metadata: { name: 't', annotations: { 'kubernetes.io/service-account.name': 'default' } }, type: 'kubernetes.io/service-account-token' }),
    pod(3),
    (loops) => loops.delete(`${NS}/pods/p1?gracePeriodSeconds=0`),
    (loops) => loops.merge(`${NS}/pods/p2/status`, { status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: '2020-01-01T00:00:01Z' }] } }),
  ];
}

test.each([1, 2, 3, 4])('loops that are killed again and again end where they would have, with nothing twice (%d)', async (seed) => {
  const random = seededRandom(seed);
  const loops = await LoopCluster.open(LOOPS, OPTIONS);
  try {
    await loops.settle();
    for (const step of steps()) {
      await step(loops);
      // In the midst of what follows, sooner or later.
      for (let turns = Math.floor(random() * 12); turns > 0; turns--) await settle(1);
      if (random() < 0.7) await loops.restart(LOOPS, OPTIONS);
    }
    await loops.settle(60_000);

    const items = async <T>(path: string): Promise<T[]> => (await loops.get<{ items: T[] }>(path))?.items ?? [];
    const slices = await items<EndpointSlice>('/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?labelSelector=kubernetes.io/service-name%3Ds');
    expect(slices).toHaveLength(1);
    const shown = (slices[0]?.endpoints ?? []).map(({ addresses, conditions }) => `${addresses[0]} ${conditions?.ready}`);
    expect(shown.toSorted()).toEqual(['10.9.0.1 true', '10.9.0.3 false', '10.9.0.4 true']);
    const [subset] = (await loops.get<Endpoints>(`${NS}/endpoints/s`))?.subsets ?? [];
    expect([subset?.addresses?.map(({ ip }) => ip), subset?.notReadyAddresses?.map(({ ip }) => ip)]).toEqual([['10.9.0.1', '10.9.0.4'], ['10.9.0.3']]);

    const claims = await items<PersistentVolumeClaim>(`${NS}/persistentvolumeclaims`);
    const volumes = await items<PersistentVolume>('/api/v1/persistentvolumes');
    expect(claims.map(({ metadata, status }) => `${metadata.name} ${status?.phase}`).toSorted()).toEqual(['d0 Bound', 'd1 Bound', 'd2 Bound', 'p0-scratch Bound']);
    expect(volumes.map(({ status }) => status?.phase)).toEqual(['Bound', 'Bound', 'Bound', 'Bound']);
    for (const { metadata, spec } of claims) expect(volumes.find((volume) => volume.metadata.name === spec?.volumeName)?.spec?.claimRef?.uid).toBe(metadata.uid);

    expect((await loops.get<ResourceQuota>(`${NS}/resourcequotas/q`))?.status?.used).toEqual({ 'count/pods': '3', persistentvolumeclaims: '4' });
    expect((await loops.get<PodDisruptionBudget>('/apis/policy/v1/namespaces/default/poddisruptionbudgets/b'))?.status).toMatchObject({ currentHealthy: 2, expectedPods: 3, disruptionsAllowed: 1 });
    expect((await loops.get<Secret>(`${NS}/secrets/t`))?.data?.['token']).toBeDefined();
  } finally {
    await loops.close();
  }
});
