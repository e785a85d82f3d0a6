import { expect, test } from 'vitest';
import type { Pod } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import type { Fault } from '../../client/fault-transport.ts';
import { seededRandom, TestCluster } from '../../runtime/test-cluster.contract.ts';
import { startSimulatedNodes, type RunningNodes } from './simulated-nodes.ts';

const FAULTS: readonly Fault[] = [
  { type: 'refuse' },
  { type: 'answer', status: 500, body: 'upstream failed' },
  { type: 'answer', status: 429, headers: { 'retry-after': '1' } },
  { type: 'delay', ms: 3000 },
  { type: 'hang' },
  { type: 'lose-answer' },
  { type: 'break', afterBytes: 900 },
  { type: 'stall', afterBytes: 1500 },
];

function podOf(index: number): Pod {
  const task = index % 3 === 0;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `p${index}`, namespace: 'test', annotations: { 'simulated.steersman.dev/ready-after': '5s' } },
    spec: { nodeName: `node-${(index % 2) + 1}`, restartPolicy: task ? 'Never' : 'Always', automountServiceAccountToken: false, terminationGracePeriodSeconds: 5, initContainers: [{ name: 'i', image: 'i:1' }], containers: [{ name: 'c', image: 'c:1' }] },
  };
}

test.each([1, 2])('whatever fails, and whenever the process is started anew, each container runs once and no address is had twice (%d)', async (seed) => {
  const random = seededRandom(seed);
  const cluster = await TestCluster.open();
  const pods = cluster.admin.resource<Pod>(BUILTIN.pods).inNamespace('test');
  await cluster.admin.resource(BUILTIN.serviceAccounts).create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'test' } });
  const start = (): RunningNodes => startSimulatedNodes({ client: cluster.client, random, kubeletVersion: 'v1.36.0', nodes: [{ name: 'node-1' }, { name: 'node-2' }] });
  let nodes = start();
  cluster.fault = () => (random() < 0.4 ? FAULTS[Math.floor(random() * FAULTS.length)] : undefined);
  for (let round = 0; round < 24; round++) {
    if (round < 12) await pods.create(podOf(round));
    if (round % 4 === 3) await pods.delete(`p${round - 3}`).catch(() => undefined);
    if (random() < 0.3) {
      await nodes.stop();
      nodes = start();
    }
    await cluster.clock.advance(3000 * random());
  }
  cluster.fault = undefined;
  await cluster.clock.advance(200_000);
  const { items } = await pods.list();
  expect(items.map(({ metadata }) => metadata.name ?? '').toSorted()).toEqual(['p1', 'p10', 'p11', 'p2', 'p3', 'p5', 'p6', 'p7', 'p9']);
  for (const { metadata, spec, status } of items) {
    expect([metadata.name, status?.phase]).toEqual([metadata.name, spec?.restartPolicy === 'Never' ? 'Succeeded' : 'Running']);
    expect([...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].map(({ restartCount }) => restartCount)).toEqual([0, 0]);
    if (status?.phase === 'Running') expect(status.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
  }
  const ips = items.filter(({ status }) => status?.phase === 'Running').map(({ status }) => status?.podIP);
  expect(new Set(ips).size).toBe(ips.length);
  await nodes.stop();
  expect(cluster.clock.pendingTimers).toBeLessThanOrEqual(5);
  await cluster.close();
});
