import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Pod } from '../../../api/types/generated/core-v1.ts';
import { PODS, requesting, SchedulerCluster } from '../../scheduler-cluster.contract.ts';

const CLASSES = { high: 1000, low: -10, never: 1000 } as const;
/** As a node's agent leaves them: they end when somebody says so. */
const SLOW = { terminationGracePeriodSeconds: 30 };

describe('preemption', () => {
  let cluster: SchedulerCluster;
  beforeEach(async () => {
    cluster = await SchedulerCluster.open();
    for (const [name, value] of Object.entries(CLASSES)) {
      await cluster.send('POST', '/apis/scheduling.k8s.io/v1/priorityclasses', { metadata: { name }, value, ...(name === 'never' && { preemptionPolicy: 'Never' }) });
    }
    await cluster.addNode('a');
  });
  afterEach(() => cluster.close());

  const add = (name: string, cpu: string, priorityClassName?: keyof typeof CLASSES, more: Partial<Pod['spec']> & { readonly labels?: Record<string, string> } = {}): Promise<void> => {
    const { labels, ...spec } = more;
    return cluster.addPod(name, { ...requesting({ cpu }), ...(priorityClassName && { priorityClassName }), ...spec }, labels ? { labels } : {});
  };
  const names = async (): Promise<string[]> => (await cluster.send<{ items: Pod[] }>('GET', PODS)).items.map(({ metadata }) => metadata.name ?? '').sort();

  test('makes room for a more important pod, and binds it when the victim is gone', async () => {
    await add('victim', '1500m', undefined, SLOW);
    await add('p', '1500m', 'high');
    const p = await cluster.pod('p');
    expect(p.status).toMatchObject({ nominatedNodeName: 'a', conditions: [{ type: 'PodScheduled', status: 'False', message: '0/1 nodes are available: 1 Insufficient cpu.' }] });
    const victim = await cluster.pod('victim');
    expect(victim.metadata.deletionTimestamp).toBeDefined();
    expect(victim.status?.conditions).toMatchObject([
      { type: 'PodScheduled', status: 'True' },
      { type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler', message: 'default-scheduler: preempting to accommodate a higher priority pod' },
    ]);
    expect(await cluster.events('Preempted')).toMatchObject([{ action: 'Preempting', message: `Preempted by pod ${p.metadata.uid} on node a`, involvedObject: { name: 'victim' } }]);
    await cluster.deletePod('victim');
    expect(await cluster.nodeOf('p')).toBe('a');
    expect((await cluster.pod('p')).status?.nominatedNodeName).toBeUndefined();
  });

  test('takes no more than it must, and the least important first', async () => {
    await add('small', '500m', 'low');
    await add('middle', '500m');
    await add('large', '1');
    await add('p', '500m', 'high');
    expect(await names()).toEqual(['large', 'middle', 'p']);
  });

  test('chooses the node where it breaks no disruption budget', async () => {
    await cluster.addNode('b');
    await cluster.send('POST', '/apis/policy/v1/namespaces/default/poddisruptionbudgets', { metadata: { name: 'b' }, spec: { minAvailable: 1, selector: { matchLabels: { app: 'kept' } } } });
    await add('kept', '2', 'low', { labels: { app: 'kept' } });
    await add('other', '2', undefined);
    await add('p', '1', 'high');
    expect(await names()).toEqual(['kept', 'p']);
  });

  test('is nothing for pods that shall not preempt, nor where only more important ones run', async () => {
    await add('q', '1500m');
    await add('p', '1', 'never');
    expect(await cluster.messageOf('p')).toBe('0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never.');
    await add('r', '1', 'low');
    expect(await cluster.messageOf('r')).toBe(
      '0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
    );
  });

  test('keeps the room for whom it was made', async () => {
    await add('victim', '1500m', undefined, SLOW);
    await add('p', '1500m', 'high');
    await cluster.deletePod('victim');
    await add('q', '1500m');
    expect([await cluster.nodeOf('p'), await cluster.nodeOf('q')]).toEqual(['a', '']);
  });
});
