import { afterEach, describe, expect, test } from 'vitest';
import { defaultConfiguration } from '../config/configuration.ts';
import { PODS, requesting, SchedulerCluster } from '../scheduler-cluster.contract.ts';
import type { Plugin } from './plugin.ts';
import { Status } from './status.ts';
import type { SchedulerHandle } from './handle.ts';

describe('a plugin', () => {
  let cluster: SchedulerCluster;
  afterEach(() => cluster.close());

  const open = async (...plugins: Plugin[]): Promise<void> => {
    cluster = await SchedulerCluster.open({ plugins });
    await cluster.addNode('a');
  };
  const conditions = async (name: string): Promise<unknown> => (await cluster.pod(name)).status?.conditions;

  test('is called at every extension point, in order', async () => {
    const calls: string[] = [];
    const note = <T>(point: string, result: T): T => {
      calls.push(point);
      return result;
    };
    await open({
      name: 'Spy',
      preEnqueue: () => note('PreEnqueue', undefined),
      preFilter: () => note('PreFilter', undefined),
      filter: () => note('Filter', undefined),
      preScore: () => note('PreScore', undefined),
      score: () => note('Score', 1),
      normalizeScores: () => note('NormalizeScore', undefined),
      reserve: () => note('Reserve', undefined),
      permit: () => note('Permit', undefined),
      preBind: () => note('PreBind', undefined),
      bind: () => note('Bind', Status.skip()),
      postBind: () => note('PostBind', undefined),
      postFilter: () => note('PostFilter', { status: Status.unschedulable('no help') }),
    });
    await cluster.addNode('b');
    await cluster.addPod('p');
    expect([...new Set(calls)]).toEqual(['PreEnqueue', 'PreFilter', 'Filter', 'PreScore', 'Score', 'NormalizeScore', 'Reserve', 'Permit', 'PreBind', 'PostBind']);
    calls.length = 0;
    await cluster.addPod('q', requesting({ cpu: '9' }));
    expect(calls).toEqual(['PreEnqueue', 'PreFilter', 'PostFilter']);
    expect(await cluster.messageOf('q')).toMatch(/no new claims to deallocate, preemption: .*, no help$/);
  });

  test('that fails has its pod tried again after a backoff', async () => {
    let failures = 2;
    await open({
      name: 'Moody',
      events: [],
      filter: () => {
        if (failures-- > 0) throw new Error('not today');
        return undefined;
      },
    });
    await cluster.addPod('p');
    expect(await conditions('p')).toMatchObject([{ reason: 'SchedulerError', message: 'running Filter plugin "Moody": not today' }]);
    await cluster.settle(900);
    expect(await cluster.nodeOf('p')).toBe('');
    await cluster.settle(200);
    expect(await cluster.nodeOf('p')).toBe('');
    await cluster.settle(2100);
    expect(await cluster.nodeOf('p')).toBe('a');
  });

  test('may make a pod wait for a permit, allow it, or let it time out', async () => {
    let handle: SchedulerHandle | undefined;
    cluster = await SchedulerCluster.open({
      plugins: [
        {
          name: 'Gate',
          make: (_args, given) => {
            handle = given;
            return { name: 'Gate', permit: () => ({ status: new Status('Wait'), timeoutMs: 5000 }) };
          },
        },
      ],
    });
    await cluster.addNode('a');
    await cluster.addPod('p');
    expect(await cluster.nodeOf('p')).toBe('');
    expect(handle?.waitingPods.all()).toMatchObject([{ nodeName: 'a', pendingPlugins: ['Gate'] }]);
    handle?.waitingPods.all()[0]?.allow('Gate');
    await cluster.settle();
    expect(await cluster.nodeOf('p')).toBe('a');
    await cluster.addPod('q');
    await cluster.settle(5000);
    expect(await cluster.messageOf('q')).toBe('0/1 nodes are available: 1 rejected due to timeout after waiting 5s at plugin Gate.');
  });

  test('that reserved takes it back when the pod is not bound', async () => {
    const taken = new Set<string>();
    let refuse = true;
    await open({
      name: 'Licences',
      events: [],
      reserve: (_state, { name }) => void taken.add(name),
      unreserve: (_state, { name }) => void taken.delete(name),
      preBind: () => (refuse ? Status.unschedulable('out of licences') : undefined),
    });
    await cluster.addPod('p', requesting({ cpu: '2' }));
    expect(taken).toEqual(new Set());
    expect(await cluster.messageOf('p')).toBe('0/1 nodes are available: 1 out of licences.');
    refuse = false;
    cluster.scheduler.replacePlugin({ name: 'Licences', reserve: (_state, { name }) => void taken.add(name) });
    await cluster.settle(1000);
    expect([await cluster.nodeOf('p'), [...taken]]).toEqual(['a', ['p']]);
  });

  test('gates pods, and its events open the gate', async () => {
    await open({
      name: 'Labelled',
      events: [{ resource: 'UnscheduledPod', actions: ['UpdatePodLabel'] }],
      preEnqueue: ({ pod }) => (pod.metadata.labels?.['go'] === undefined ? Status.unresolvable('wait') : undefined),
    });
    await cluster.addPod('p');
    expect(await conditions('p')).toBeUndefined();
    await cluster.send('PATCH', `${PODS}/p`, { metadata: { labels: { go: '1' } } });
    await cluster.settle();
    expect(await cluster.nodeOf('p')).toBe('a');
  });

  test('decides by its events which changes bring a pod back; after five minutes it is tried anyhow', async () => {
    let tries = 0;
    await open({
      name: 'Picky',
      events: [{ resource: 'Node', actions: ['UpdateNodeLabel'], hint: (_pod, { current }) => (current?.metadata.labels?.['nice'] === undefined ? 'Skip' : 'Queue') }],
      filter: () => {
        tries++;
        return Status.unschedulable('no');
      },
    });
    await cluster.addPod('p');
    expect(tries).toBe(1);
    await cluster.send('PATCH', '/api/v1/nodes/a', { metadata: { labels: { other: '1' } } });
    await cluster.settle(20_000);
    expect(tries).toBe(1);
    await cluster.send('PATCH', '/api/v1/nodes/a', { metadata: { labels: { nice: '1' } } });
    await cluster.settle(20_000);
    expect(tries).toBe(2);
    await cluster.settle(360_000);
    expect(tries).toBe(3);
  });

  test('restricts the nodes that are looked at', async () => {
    const seen: string[] = [];
    await open({ name: 'OnlyB', events: [], preFilter: () => ({ nodeNames: new Set(['b']) }), filter: (_state, _pod, { name }) => void seen.push(name) });
    await cluster.addPod('p');
    expect(await cluster.messageOf('p')).toMatch(/^0\/1 nodes are available: 1 node\(s\) didn't satisfy plugin\(s\) \[OnlyB\]\. /);
    await cluster.addNode('b');
    await cluster.addPod('q');
    expect([await cluster.nodeOf('q'), seen]).toEqual(['b', ['b']]);
  });
});

describe('profiles', () => {
  test('schedule the pods of their names, each in its way, and report as themselves', async () => {
    const base = defaultConfiguration();
    const packing = { schedulerName: 'packing', plugins: {}, pluginConfig: new Map([['NodeResourcesFit', { scoringStrategy: { type: 'MostAllocated', resources: [{ name: 'cpu', weight: 1 }] } }]]) };
    const cluster = await SchedulerCluster.open({ configuration: { ...base, profiles: [...base.profiles, packing] } });
    for (const name of ['a', 'b']) await cluster.addNode(name);
    await cluster.addPod('p', requesting({ cpu: '500m' }));
    await cluster.addPod('q', { ...requesting({ cpu: '500m' }), schedulerName: 'packing' });
    expect(await cluster.nodeOf('q')).toBe(await cluster.nodeOf('p'));
    const events = await cluster.events('Scheduled');
    expect(events.map(({ involvedObject, reportingComponent }) => `${involvedObject.name} by ${reportingComponent}`).sort()).toEqual(['p by default-scheduler', 'q by packing']);
    await cluster.close();
  });
});
