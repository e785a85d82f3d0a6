import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ResourceQuota } from '../../api/types/generated/core-v1.ts';
import { LoopCluster, WIDGETS } from '../loop-cluster.contract.ts';

const NS = '/api/v1/namespaces/default';
const SPEC = { automountServiceAccountToken: false, containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '200m', memory: '128Mi' } } }] };

describe('a quota', () => {
  let loops: LoopCluster;
  beforeEach(async () => {
    loops = await LoopCluster.open(['resourcequota-controller', 'serviceaccount-controller']);
  });
  afterEach(() => loops.close());

  const quota = async (hard: Record<string, string>, spec: object = {}): Promise<void> => {
    await loops.create(`${NS}/resourcequotas`, { metadata: { name: 'q' }, spec: { hard, ...spec } });
    await loops.settle();
  };
  const used = async (): Promise<Record<string, string> | undefined> => (await loops.get<ResourceQuota>(`${NS}/resourcequotas/q`))?.status?.used;
  const pod = (name: string, spec: object = {}): Promise<unknown> => loops.create(`${NS}/pods`, { metadata: { name }, spec: { ...SPEC, ...spec } });

  test('counts what was there before it', async () => {
    await pod('a');
    await pod('b', { activeDeadlineSeconds: 9 });
    await quota({ pods: '5', 'requests.cpu': '2', 'limits.memory': '1Gi', 'count/pods': '9' });
    expect(await used()).toEqual({ pods: '2', 'requests.cpu': '200m', 'limits.memory': '256Mi', 'count/pods': '2' });
    expect(loops.log).toEqual([]);
  });

  test.each<[string, object, Record<string, string>]>([
    ['those that end by themselves', { scopes: ['Terminating'] }, { pods: '1' }],
    ['those that do not', { scopes: ['NotTerminating'] }, { pods: '2' }],
    ['those that ask for nothing', { scopes: ['BestEffort'] }, { pods: '1' }],
    ['those of both scopes', { scopes: ['NotBestEffort', 'NotTerminating'] }, { pods: '1' }],
    ['those without a class of priority', { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'DoesNotExist' }] } }, { pods: '3' }],
  ])('counts of pods only %s', async (_, spec, expected) => {
    await pod('a');
    await pod('b', { activeDeadlineSeconds: 9 });
    await pod('c', { containers: [{ name: 'c', image: 'i' }] });
    await quota({ pods: '5' }, spec);
    expect(await used()).toEqual(expected);
  });

  test('gets back what is deleted, or has ended', async () => {
    await quota({ pods: '5', 'requests.cpu': '2', 'count/pods': '5' });
    for (const name of ['a', 'b', 'c']) await pod(name);
    await loops.settle();
    expect(await used()).toEqual({ pods: '3', 'requests.cpu': '300m', 'count/pods': '3' });
    await loops.delete(`${NS}/pods/a?gracePeriodSeconds=0`);
    await loops.merge(`${NS}/pods/b/status`, { status: { phase: 'Succeeded' } });
    await loops.settle();
    expect(await used()).toEqual({ pods: '1', 'requests.cpu': '100m', 'count/pods': '2' });
  });

  test('follows its own limits', async () => {
    await quota({ replicationcontrollers: '10', secrets: '5' });
    expect(await used()).toEqual({ replicationcontrollers: '0', secrets: '0' });
    await loops.merge(`${NS}/resourcequotas/q`, { spec: { hard: { secrets: null, replicationcontrollers: '7', services: '1' } } });
    await loops.settle();
    expect((await loops.get<ResourceQuota>(`${NS}/resourcequotas/q`))?.status).toEqual({ hard: { replicationcontrollers: '7', services: '1' }, used: { replicationcontrollers: '0', services: '1' } });
  });

  test('counts custom resources once they are served', async () => {
    await quota({ 'count/widgets.example.com': '5', 'count/deployments.apps': '5' });
    expect(await used()).toEqual({ 'count/deployments.apps': '0' });
    await loops.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', WIDGETS);
    await loops.settle(31_000);
    expect(await used()).toEqual({ 'count/widgets.example.com': '0', 'count/deployments.apps': '0' });
    await loops.create('/apis/example.com/v1/namespaces/default/widgets', { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' } });
    expect(await used()).toEqual({ 'count/widgets.example.com': '1', 'count/deployments.apps': '0' });
    await loops.delete('/apis/example.com/v1/namespaces/default/widgets/w');
    await loops.settle();
    expect(await used()).toEqual({ 'count/widgets.example.com': '0', 'count/deployments.apps': '0' });
  });

  test('forgets what was charged and never written', async () => {
    await quota({ configmaps: '5' });
    await loops.merge(`${NS}/resourcequotas/q/status`, { status: { used: { configmaps: '4' } } });
    await loops.settle(5 * 60_000);
    expect(await used()).toEqual({ configmaps: '0' });
  });
});
