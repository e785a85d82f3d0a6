import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Pod } from '../../api/types/generated/core-v1.ts';
import { PODS, SchedulerCluster } from '../scheduler-cluster.contract.ts';

const ZONE = 'topology.kubernetes.io/zone';
const HOST = 'kubernetes.io/hostname';
const APP = { labelSelector: { matchLabels: { app: 'web' } } };
const WEB = { labels: { app: 'web' } };

type Affinity = NonNullable<NonNullable<Pod['spec']>['affinity']>;
type Spread = NonNullable<NonNullable<Pod['spec']>['topologySpreadConstraints']>[number];

describe('pods in three zones', () => {
  let cluster: SchedulerCluster;
  beforeEach(async () => {
    cluster = await SchedulerCluster.open();
    for (const n of [1, 2, 3]) await cluster.addNode(`n${n}`, { labels: { [ZONE]: `z${n}` } });
  });
  afterEach(() => cluster.close());

  const affine = (affinity: Affinity): Partial<Pod['spec']> => ({ affinity });
  const spread = (constraint: Partial<Spread> = {}): Partial<Pod['spec']> => ({ topologySpreadConstraints: [{ topologyKey: ZONE, maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', ...APP, ...constraint }] });
  const bare = (message: string): string => message.replace(/ no new claims.*/, '');

  test('stand apart when they must, and the fourth has no place', async () => {
    const spec = affine({ podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: ZONE, ...APP }] } });
    for (const name of ['a', 'b', 'c', 'd']) await cluster.addPod(name, spec, WEB);
    const nodes = await Promise.all(['a', 'b', 'c'].map((name) => cluster.nodeOf(name)));
    expect(nodes.sort()).toEqual(['n1', 'n2', 'n3']);
    expect(bare(await cluster.messageOf('d'))).toBe("0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules.");
    await cluster.deletePod('a');
    expect(await cluster.nodeOf('d')).not.toBe('');
  });

  test('are kept away by those that will not have them near', async () => {
    await cluster.addPod('a', { ...affine({ podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: ZONE, ...APP }] } }), nodeName: 'n1' });
    await cluster.addPod('b', { nodeSelector: { [HOST]: 'n1' } }, WEB);
    expect(bare(await cluster.messageOf('b'))).toBe("0/3 nodes are available: 1 node(s) didn't satisfy existing pods anti-affinity rules, 2 node(s) didn't match Pod's node affinity/selector.");
  });

  test('stand together when they must; the first of them goes anywhere', async () => {
    const spec = affine({ podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: ZONE, ...APP }] } });
    for (const name of ['a', 'b', 'c']) await cluster.addPod(name, spec, WEB);
    const nodes = await Promise.all(['a', 'b', 'c'].map((name) => cluster.nodeOf(name)));
    expect(new Set(nodes).size).toBe(1);
    await cluster.addPod('d', affine({ podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: ZONE, labelSelector: { matchLabels: { app: 'none' } } }] } }));
    expect(bare(await cluster.messageOf('d'))).toBe("0/3 nodes are available: 3 node(s) didn't match pod affinity rules.");
  });

  test('look into namespaces that a selector names', async () => {
    await cluster.addNamespace('blue', { team: 'blue' });
    await cluster.addPod('a', { nodeName: 'n2' }, { namespace: 'blue', ...WEB });
    await cluster.addPod('b', affine({ podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: HOST, ...APP, namespaceSelector: { matchLabels: { team: 'blue' } } }] } }));
    expect(await cluster.nodeOf('b')).toBe('n2');
  });

  test('prefer the company that they ask for', async () => {
    await cluster.addPod('a', { nodeName: 'n3' }, WEB);
    await cluster.addPod('b', affine({ podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: { topologyKey: HOST, ...APP } }] } }));
    expect(await cluster.nodeOf('b')).toBe('n3');
  });

  test('are spread evenly when they must be', async () => {
    await cluster.addPod('a', { nodeName: 'n1' }, WEB);
    await cluster.addPod('b', { nodeName: 'n2' }, WEB);
    await cluster.addPod('c', spread(), WEB);
    expect(await cluster.nodeOf('c')).toBe('n3');
    await cluster.addPod('d', { ...spread(), nodeSelector: { [ZONE]: 'z1' } }, WEB);
    expect(await cluster.nodeOf('d')).toBe('n1');
    await cluster.addPod('e', { ...spread({ nodeAffinityPolicy: 'Ignore' }), nodeSelector: { [ZONE]: 'z1' } }, WEB);
    expect(bare(await cluster.messageOf('e'))).toBe("0/3 nodes are available: 1 node(s) didn't match pod topology spread constraints, 2 node(s) didn't match Pod's node affinity/selector.");
  });

  test('wait for as many domains as they want', async () => {
    for (const name of ['a', 'b', 'c']) await cluster.addPod(name, spread({ minDomains: 4 }), WEB);
    await cluster.addPod('d', spread({ minDomains: 4 }), WEB);
    expect(await cluster.nodeOf('d')).toBe('');
    await cluster.addNode('n4', { labels: { [ZONE]: 'z4' } });
    await cluster.settle(2000);
    expect(await cluster.nodeOf('d')).toBe('n4');
  });

  test('count only their own revision with matchLabelKeys', async () => {
    await cluster.addPod('a', { nodeName: 'n1' }, { labels: { app: 'web', revision: '1' } });
    for (const name of ['b', 'c', 'd']) await cluster.addPod(name, spread({ matchLabelKeys: ['revision'] }), { labels: { app: 'web', revision: '2' } });
    const nodes = await Promise.all(['b', 'c', 'd'].map((name) => cluster.nodeOf(name)));
    expect(nodes.sort()).toEqual(['n1', 'n2', 'n3']);
  });

  test('of one service are spread softly though they ask for nothing', async () => {
    await cluster.send('POST', '/api/v1/namespaces/default/services', { metadata: { name: 'web' }, spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } });
    await cluster.settle();
    for (const name of ['a', 'b', 'c']) await cluster.addPod(name, {}, WEB);
    const nodes = await Promise.all(['a', 'b', 'c'].map((name) => cluster.nodeOf(name)));
    expect(nodes.sort()).toEqual(['n1', 'n2', 'n3']);
  });

  test('go where their image is', async () => {
    await cluster.addNode('n4', { images: [{ names: ['example.com/large:1'], sizeBytes: 3_000_000_000 }] });
    await cluster.addPod('a', { containers: [{ name: 'c', image: 'example.com/large:1' }] });
    expect(await cluster.nodeOf('a')).toBe('n4');
  });

  test('with host ports do not share a node', async () => {
    const spec = { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80, hostPort: 80 }] }] };
    for (const name of ['a', 'b', 'c', 'd']) await cluster.addPod(name, spec);
    expect(bare(await cluster.messageOf('d'))).toBe("0/3 nodes are available: 3 node(s) didn't have free ports for the requested pod ports.");
    expect((await cluster.send<{ items: Pod[] }>('GET', PODS)).items.filter(({ spec }) => spec?.nodeName !== undefined)).toHaveLength(3);
  });
});
