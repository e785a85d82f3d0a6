import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Event, Pod } from '../../api/types/generated/core-v1.ts';
import type { PodDisruptionBudget } from '../../api/types/generated/policy-v1.ts';
import { LoopCluster, WIDGETS } from '../loop-cluster.contract.ts';
import { computeStatus, failedStatus } from './compute-status.ts';

const NS = '/api/v1/namespaces/default';
const BUDGETS = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
const SETS = '/apis/apps/v1/namespaces/default/replicasets';
const SPEC = { nodeName: 'n', automountServiceAccountToken: false, containers: [{ name: 'c', image: 'i' }] };

describe('a disruption budget', () => {
  let loops: LoopCluster;
  beforeEach(async () => {
    loops = await LoopCluster.open(['disruption-controller', 'serviceaccount-controller', 'replicaset-controller']);
  });
  afterEach(() => loops.close());

  const ready = (name: string, is = true): Promise<unknown> =>
    loops.merge(`${NS}/pods/${name}/status`, { status: { phase: 'Running', conditions: [{ type: 'Ready', status: is ? 'True' : 'False', lastTransitionTime: '2020-01-01T00:00:00Z' }] } });
  const pod = async (name: string, metadata: object = {}): Promise<void> => {
    await loops.create(`${NS}/pods`, { metadata: { name, labels: { app: 'x' }, ...metadata }, spec: SPEC });
    await ready(name);
  };
  const budget = async (spec: object): Promise<void> => {
    await loops.create(BUDGETS, { metadata: { name: 'b' }, spec: { selector: { matchLabels: { app: 'x' } }, ...spec } });
    await loops.settle();
  };
  const status = async (): Promise<(string | number | undefined)[]> => {
    const { currentHealthy, desiredHealthy, disruptionsAllowed, expectedPods, conditions } = (await loops.get<PodDisruptionBudget>(`${BUDGETS}/b`))?.status ?? {};
    return [currentHealthy, desiredHealthy, disruptionsAllowed, expectedPods, conditions?.[0]?.reason];
  };
  const events = async (reason: string): Promise<string[]> => {
    const list = await loops.get<{ items: Event[] }>(`${NS}/events?fieldSelector=reason%3D${reason}`);
    return (list?.items ?? []).map(({ message, source, involvedObject }) => `${source?.component}: ${involvedObject.kind} ${involvedObject.name}: ${message}`);
  };

  test('counts the pods that are ready, and follows them', async () => {
    await budget({ minAvailable: 1 });
    expect(await status()).toEqual([0, 1, 0, 0, 'InsufficientPods']);
    expect(await events('NoPods')).toEqual(['controllermanager: PodDisruptionBudget b: No matching pods found']);
    await pod('a');
    await pod('b');
    await loops.settle();
    expect(await status()).toEqual([2, 1, 1, 2, 'SufficientPods']);
    await ready('a', false);
    await loops.settle();
    expect(await status()).toEqual([1, 1, 0, 2, 'InsufficientPods']);
    await loops.merge(`${BUDGETS}/b`, { spec: { minAvailable: 0 } });
    await loops.settle();
    expect((await loops.get<PodDisruptionBudget>(`${BUDGETS}/b`))?.status).toMatchObject({ disruptionsAllowed: 1, observedGeneration: 2, conditions: [{ type: 'DisruptionAllowed', status: 'True', observedGeneration: 2, message: '' }] });
    expect(loops.log).toEqual([]);
  });

  test.each<[object, (string | number)[]]>([
    [{ maxUnavailable: 1 }, [2, 3, 0, 4, 'InsufficientPods']],
    [{ maxUnavailable: '60%' }, [2, 1, 1, 4, 'SufficientPods']],
    [{ minAvailable: '30%' }, [2, 2, 0, 4, 'InsufficientPods']],
    [{ maxUnavailable: 9 }, [2, 0, 2, 4, 'SufficientPods']],
  ])('with %j expects what the controller of its pods wants', async (spec, expected) => {
    await loops.create(SETS, { metadata: { name: 'web' }, spec: { replicas: 4, selector: { matchLabels: { app: 'x' } }, template: { metadata: { labels: { app: 'x' } }, spec: SPEC } } });
    await loops.settle();
    for (const name of (await loops.names(`${NS}/pods`)).slice(0, 2)) await ready(name);
    await budget(spec);
    expect(await status()).toEqual(expected);
  });

  test('follows the size of the workload, though its pods do not change', async () => {
    await loops.create('/apis/apps/v1/namespaces/default/deployments', { metadata: { name: 'web' }, spec: { replicas: 3, selector: { matchLabels: { app: 'x' } }, template: { metadata: { labels: { app: 'x' } }, spec: SPEC } } });
    const deployment = await loops.get('/apis/apps/v1/namespaces/default/deployments/web');
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: deployment?.metadata.uid, controller: true };
    await loops.create(SETS, { metadata: { name: 'web-1', ownerReferences: [owner] }, spec: { replicas: 1, selector: { matchLabels: { app: 'x' } }, template: { metadata: { labels: { app: 'x' } }, spec: SPEC } } });
    await loops.settle();
    await budget({ maxUnavailable: 1 });
    expect(await status()).toEqual([0, 2, 0, 3, 'InsufficientPods']);
    await loops.merge('/apis/apps/v1/namespaces/default/deployments/web', { spec: { replicas: 5 } });
    await loops.settle();
    expect(await status()).toEqual([0, 4, 0, 5, 'InsufficientPods']);
  });

  test('asks custom resources for their scale', async () => {
    const { spec, ...widgets } = WIDGETS;
    const scale = { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' };
    await loops.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { ...widgets, spec: { ...spec, versions: [{ ...spec.versions[0], subresources: { scale } }] } });
    await loops.settle();
    const made = await loops.create('/apis/example.com/v1/namespaces/default/widgets', { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' }, spec: { replicas: 7 } });
    await pod('a', { ownerReferences: [{ apiVersion: 'example.com/v1', kind: 'Widget', name: 'w', uid: made.metadata.uid, controller: true }] });
    await budget({ maxUnavailable: 3 });
    expect(await status()).toEqual([1, 4, 0, 7, 'InsufficientPods']);
  });

  test.each<[object, string]>([
    [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'gone' }, 'found no controllers for pod "a"'],
    [{ apiVersion: 'batch/v1', kind: 'Job', name: 'j' }, 'jobs.batch does not implement the scale subresource'],
    [{ apiVersion: 'example.com/v1', kind: 'Nothing', name: 'n' }, 'no matches for kind "Nothing" in version "example.com/v1"'],
  ])('allows nothing when the controller is %j', async (owner, message) => {
    await pod('a', { ownerReferences: [{ ...owner, uid: 'u', controller: true }] });
    await budget({ maxUnavailable: 1 });
    const found = (await loops.get<PodDisruptionBudget>(`${BUDGETS}/b`))?.status;
    expect([found?.disruptionsAllowed, found?.conditions?.[0]?.reason, found?.conditions?.[0]?.message]).toEqual([0, 'SyncFailed', message]);
    expect(await events('CalculateExpectedPodCountFailed')).toEqual([`controllermanager: PodDisruptionBudget b: Failed to calculate the number of expected pods: ${message}`]);
  });

  test('says that pods which nobody manages cannot be counted so, and when several budgets select one', async () => {
    await pod('a');
    await budget({ maxUnavailable: 1 });
    expect(await status()).toEqual([1, 0, 0, 0, 'InsufficientPods']);
    expect((await events('UnmanagedPods'))[0]).toContain('(selector: &LabelSelector{MatchLabels:map[string]string{app: x,},MatchExpressions:[]LabelSelectorRequirement{},}) were found to be unmanaged');
    await loops.create(BUDGETS, { metadata: { name: 'c' }, spec: { selector: {}, minAvailable: 0 } });
    await loops.settle();
    await ready('a', false);
    await loops.settle();
    expect(await events('MultiplePodDisruptionBudgets')).toEqual(['controllermanager: Pod a: Pod "default"/"a" matches multiple PodDisruptionBudgets.  Chose "b" arbitrarily.']);
  });

  test('lets evictions through as long as it has room, and counts what was promised to go for two minutes', async () => {
    for (const name of ['a', 'b', 'c']) await pod(name, { finalizers: ['example.com/hold'] });
    await budget({ minAvailable: 1 });
    expect(await status()).toEqual([3, 1, 2, 3, 'SufficientPods']);
    const { body } = await loops.cluster.request('POST', `${NS}/pods/a/eviction`, { body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'a' } } });
    expect(body).toMatchObject({ status: 'Success' });
    await loops.settle();
    expect(await status()).toEqual([2, 1, 1, 3, 'SufficientPods']);
    await loops.merge(`${BUDGETS}/b/status`, { status: { disruptedPods: { b: new Date(loops.clock.now()).toISOString().replace(/\.\d+/, '') } } });
    await loops.settle();
    expect(await status()).toEqual([1, 1, 0, 3, 'InsufficientPods']);
    await loops.settle(121_000);
    expect(await status()).toEqual([2, 1, 1, 3, 'SufficientPods']);
    expect(await events('NotDeleted')).toHaveLength(1);
  });

  test('takes back announced disruptions that nothing came of', async () => {
    await pod('a');
    const conditions = [{ type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI', lastTransitionTime: new Date(loops.clock.now()).toISOString().replace(/\.\d+/, '') }];
    await loops.merge(`${NS}/pods/a/status`, { status: { conditions } });
    await loops.settle(100_000);
    const announced = async (): Promise<string | undefined> => (await loops.get<Pod>(`${NS}/pods/a`))?.status?.conditions?.find(({ type }) => type === 'DisruptionTarget')?.status;
    expect(await announced()).toBe('True');
    await loops.settle(25_000);
    expect(await announced()).toBe('False');
  });
});

describe('the status of a budget', () => {
  const budget: PodDisruptionBudget = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'b', namespace: 'n', generation: 1 }, spec: { minAvailable: 1 } };

  test('is written only when it changes', () => {
    const { status } = computeStatus(budget, { pods: [], expectedPods: 0, nowMs: 0 });
    expect(status).toMatchObject({ disruptionsAllowed: 0, desiredHealthy: 1 });
    expect(computeStatus({ ...budget, status: status ?? {} as never }, { pods: [], expectedPods: 0, nowMs: 1e6 }).status).toBeUndefined();
    const failed = failedStatus({ ...budget, status: status ?? {} as never }, 'why', 0);
    expect(failedStatus({ ...budget, status: failed ?? {} as never }, 'why', 1e6)).toBeUndefined();
  });
});
