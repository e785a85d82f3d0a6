import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PODS, requesting, SchedulerCluster } from './scheduler-cluster.contract.ts';

const NOT_HELPFUL = 'no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.';

describe('the scheduler', () => {
  let cluster: SchedulerCluster;
  beforeEach(async () => {
    cluster = await SchedulerCluster.open();
  });
  afterEach(() => cluster.close());

  test('binds a pod, and says so', async () => {
    await cluster.addNode('a');
    await cluster.addPod('p');
    const { spec, status } = await cluster.pod('p');
    expect(spec?.nodeName).toBe('a');
    expect(status?.conditions).toMatchObject([{ type: 'PodScheduled', status: 'True' }]);
    expect(await cluster.events('Scheduled')).toMatchObject([{ type: 'Normal', action: 'Binding', message: 'Successfully assigned default/p to a', reportingComponent: 'default-scheduler', involvedObject: { kind: 'Pod', name: 'p' } }]);
    expect(cluster.log).toEqual([]);
  });

  test('spreads pods over nodes by what they leave free', async () => {
    for (const name of ['a', 'b']) await cluster.addNode(name);
    for (const name of ['p', 'q']) await cluster.addPod(name, requesting({ cpu: '500m' }));
    expect([await cluster.nodeOf('p'), await cluster.nodeOf('q')].sort()).toEqual(['a', 'b']);
  });

  test('says why a pod fits nowhere, and binds it once a node comes on which it does', async () => {
    await cluster.addNode('a');
    await cluster.addPod('p', requesting({ cpu: '3' }));
    const { status, metadata } = await cluster.pod('p');
    const message = `0/1 nodes are available: 1 Insufficient cpu. ${NOT_HELPFUL}`;
    expect(status?.conditions).toMatchObject([{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message, observedGeneration: metadata.generation }]);
    expect(await cluster.events('FailedScheduling')).toMatchObject([{ type: 'Warning', action: 'Scheduling', message }]);
    await cluster.addNode('b', { resources: { cpu: '4' } });
    await cluster.settle(1000);
    expect(await cluster.nodeOf('p')).toBe('b');
  });

  test('says that there are no nodes', async () => {
    await cluster.addPod('p');
    expect(await cluster.messageOf('p')).toBe('no nodes available to schedule pods');
    await cluster.addNode('a');
    await cluster.settle(1000);
    expect(await cluster.nodeOf('p')).toBe('a');
  });

  test('looks at a gated pod once its gates are gone', async () => {
    await cluster.addNode('a');
    await cluster.addPod('p', { schedulingGates: [{ name: 'example.com/wait' }] });
    expect((await cluster.pod('p')).status?.conditions).toMatchObject([{ reason: 'SchedulingGated' }]);
    await cluster.send('PATCH', `${PODS}/p`, { spec: { schedulingGates: null } });
    await cluster.settle();
    expect(await cluster.nodeOf('p')).toBe('a');
    expect(await cluster.events('FailedScheduling')).toEqual([]);
  });

  test('leaves pods of other schedulers alone', async () => {
    await cluster.addNode('a');
    await cluster.addPod('p', { schedulerName: 'another' });
    expect(await cluster.nodeOf('p')).toBe('');
  });

  test('gives a place that a pod leaves to one that waits for it', async () => {
    await cluster.addNode('a');
    await cluster.addPod('p', requesting({ cpu: '2' }));
    await cluster.addPod('q', requesting({ cpu: '1' }));
    expect(await cluster.nodeOf('q')).toBe('');
    await cluster.deletePod('p');
    expect(await cluster.nodeOf('q')).toBe('a');
  });

  test('goes on where another instance was killed', async () => {
    await cluster.addNode('a');
    await cluster.addPod('p', requesting({ cpu: '1500m' }));
    await cluster.stop();
    await cluster.addPod('q', requesting({ cpu: '1' }));
    await cluster.addPod('r', requesting({ cpu: '500m' }));
    await cluster.start();
    expect([await cluster.nodeOf('p'), await cluster.nodeOf('q'), await cluster.nodeOf('r')]).toEqual(['a', '', 'a']);
  });
});
