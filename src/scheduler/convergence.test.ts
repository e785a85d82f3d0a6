import { expect, test } from 'vitest';
import type { Node, Pod } from '../api/types/generated/core-v1.ts';
import { seededRandom } from '../runtime/test-cluster.contract.ts';
import { amountOf } from './framework/amounts.ts';
import { PODS, requesting, SchedulerCluster } from './scheduler-cluster.contract.ts';

const CPUS = ['250m', '500m', '1', '1500m'] as const;
const ZONE = 'topology.kubernetes.io/zone';

function milliCpu({ spec }: Pod): number {
  return amountOf('cpu', spec?.containers[0]?.resources?.requests?.['cpu'] ?? '0');
}

test.each([1, 2, 3, 4])('whatever happens, nodes are never overcommitted, and no pod waits that would fit (%i)', async (seed) => {
  const random = seededRandom(seed);
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  const cluster = await SchedulerCluster.open();
  const nodes = (): Promise<{ items: Node[] }> => cluster.send('GET', '/api/v1/nodes');
  const pods = (): Promise<{ items: Pod[] }> => cluster.send('GET', PODS);
  let count = 0;
  const steps: (() => Promise<unknown>)[] = [
    () => cluster.addNode(`node-${count++}`, { labels: { [ZONE]: `z${count % 3}` } }),
    () => cluster.addPod(`pod-${count++}`, requesting({ cpu: pick(CPUS) ?? '1' })),
    () => cluster.addPod(`pod-${count++}`, requesting({ cpu: pick(CPUS) ?? '1' }), { labels: { app: 'web' } }),
    async () => {
      const name = pick((await pods()).items)?.metadata.name;
      if (name !== undefined) await cluster.send('DELETE', `${PODS}/${name}?gracePeriodSeconds=0`);
    },
    async () => {
      const name = pick((await nodes()).items)?.metadata.name;
      if (name !== undefined) await cluster.send('PATCH', `/api/v1/nodes/${name}`, { spec: { unschedulable: random() < 0.5 } });
    },
    async () => {
      await cluster.stop();
      await cluster.start();
    },
  ];
  for (let i = 0; i < 3; i++) await cluster.addNode(`first-${i}`);
  for (let i = 0; i < 40; i++) {
    cluster.fault = (method) => (method === 'POST' && random() < 0.2 ? (random() < 0.5 ? 'lost' : 'unanswered') : undefined);
    await pick(steps)?.();
  }
  cluster.fault = undefined;
  await cluster.settle(60_000);
  const all = (await pods()).items;
  const free = new Map((await nodes()).items.filter(({ spec }) => spec?.unschedulable !== true).map(({ metadata }) => [metadata.name ?? '', 2000]));
  for (const pod of all) {
    const node = pod.spec?.nodeName ?? '';
    if (free.has(node)) free.set(node, (free.get(node) ?? 0) - milliCpu(pod));
  }
  expect([...free.values()].every((left) => left >= 0)).toBe(true);
  const waiting = all.filter(({ spec }) => spec?.nodeName === undefined);
  const most = Math.max(0, ...free.values());
  expect(waiting.filter((pod) => milliCpu(pod) <= most).map(({ metadata }) => metadata.name)).toEqual([]);
  await cluster.close();
});
