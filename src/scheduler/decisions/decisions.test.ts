import { afterEach, beforeEach, expect, test } from 'vitest';
import { serveDecisions } from '../../sdk/scheduler/serve-decisions.ts';
import { requesting, SchedulerCluster } from '../scheduler-cluster.contract.ts';
import { decisionText } from './decision-text.ts';
import type { Decision } from './decision.ts';

let cluster: SchedulerCluster;
beforeEach(async () => {
  cluster = await SchedulerCluster.open();
  serveDecisions(cluster.cluster.server.paths, cluster.scheduler);
  await cluster.send('POST', '/apis/scheduling.k8s.io/v1/priorityclasses', { metadata: { name: 'high' }, value: 1000 });
});
afterEach(() => cluster.close());

const why = (name: string): Promise<Decision> => cluster.send<Decision>('GET', `/debug/scheduler/decisions/default/${name}`);

test('a placed pod has the scores of every node that it might have gone to', async () => {
  await cluster.addNode('a');
  await cluster.addNode('b', { resources: { cpu: '4', memory: '8Gi' } });
  await cluster.addNode('c', { spec: { unschedulable: true } });
  await cluster.addPod('p', requesting({ cpu: '1', memory: '1Gi' }));
  const decision = await why('p');
  expect(decision).toMatchObject({ outcome: 'Placed', nodeName: 'b', attempt: 1, rejected: [{ name: 'c', plugin: 'NodeUnschedulable', reasons: ['node(s) were unschedulable'] }] });
  expect(decision.feasible.map(({ name }) => name)).toEqual(['b', 'a']);
  const [best] = decision.feasible;
  expect(best?.scores).toMatchObject({ NodeResourcesFit: 81, TaintToleration: 300 });
  expect(best?.total).toBe(Object.values(best?.scores ?? {}).reduce((sum, score) => sum + score, 0));
  expect(decisionText(decision)).toContain('placed on b');
});

test('a pod that fits nowhere has each node’s verdict, and what preemption came to', async () => {
  await cluster.addNode('a', { spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } });
  await cluster.addNode('b');
  await cluster.addPod('victim', { ...requesting({ cpu: '1500m' }), terminationGracePeriodSeconds: 30 });
  await cluster.addPod('p', { ...requesting({ cpu: '1' }), priorityClassName: 'high' });
  const decision = await why('p');
  expect(decision.outcome).toBe('Unschedulable');
  expect(decision.rejected.toSorted((x, y) => (x.name < y.name ? -1 : 1))).toMatchObject([
    { name: 'a', plugin: 'TaintToleration' },
    { name: 'b', plugin: 'NodeResourcesFit', code: 'Unschedulable', reasons: ['Insufficient cpu'] },
  ]);
  expect(decision.preemption).toEqual({ chosen: 'b', candidates: [{ node: 'b', victims: ['default/victim'], budgetViolations: 0 }], rejected: [] });
  expect(decisionText(decision)).toMatch(/b \(chosen\) +default\/victim +0/);
});

test('only who may read the path sees decisions, and unknown pods are not found', async () => {
  const path = '/debug/scheduler/decisions/default/p';
  expect((await cluster.cluster.request('GET', path)).status).toBe(404);
  expect((await cluster.cluster.request('GET', path, { user: { name: 'somebody', groups: ['system:authenticated'] } })).status).toBe(403);
});
