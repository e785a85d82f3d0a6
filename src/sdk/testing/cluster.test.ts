import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PodScript } from '../../node/simulated/container-script.ts';
import { VirtualClock } from '../../machinery/virtual-clock.ts';
import { ADMIN, startCluster, type Cluster } from './cluster.ts';
import type { ClusterOptions } from './cluster-options.ts';

const running: Cluster[] = [];
async function start(options?: ClusterOptions): Promise<Cluster> {
  const cluster = await startCluster(options);
  running.push(cluster);
  return cluster;
}
afterEach(async () => {
  await Promise.all(running.splice(0).map((c) => c.stop()));
});

const configMaps = '/api/v1/namespaces/default/configmaps';
const configMap = (name: string, data: Record<string, string> = {}) => ({ metadata: { name }, data });

describe('a cluster in a test', () => {
  test('answers as soon as it is started', async () => {
    const cluster = await start();
    expect((await cluster.request('GET', '/readyz')).body).toBe('ok');
    expect((await cluster.request('POST', configMaps, { body: configMap('a', { k: 'v' }) })).status).toBe(201);
    const read = await cluster.request<{ data: unknown }>('GET', `${configMaps}/a`);
    expect(read.body.data).toEqual({ k: 'v' });
  });

  test('makes no timer but on the clock it was given, and leaves none behind', async () => {
    const clock = new VirtualClock();
    const cluster = await startCluster({ clock });
    const created = await cluster.request<{ metadata: { creationTimestamp: string } }>('POST', configMaps, { body: configMap('a') });
    expect(created.body.metadata.creationTimestamp).toBe('2026-01-01T00:00:00Z');
    await cluster.stop();
    expect(clock.pendingTimers).toBe(0);
  });

  test('fifty at once do not see each other', async () => {
    const clusters = await Promise.all(Array.from({ length: 50 }, () => start()));
    await Promise.all(clusters.map((c, i) => c.request('POST', configMaps, { body: configMap(`only-${i}`) })));
    for (const [i, cluster] of clusters.entries()) {
      const list = await cluster.request<{ items: { metadata: { name: string } }[] }>('GET', configMaps);
      expect(list.body.items.map((o) => o.metadata.name)).toEqual([`only-${i}`]);
    }
  }, 60_000);

  test('answers over HTTPS to a client that trusts its kubeconfig', async () => {
    const cluster = await start();
    const { url, kubeconfig } = await cluster.address();
    expect(kubeconfig).toContain(url);
    expect(await cluster.address()).toEqual({ url, kubeconfig });
  });

  test('takes requests of users as they prove themselves', async () => {
    const cluster = await start({ tokens: 'secret-1,jane,42,"developers"' });
    const answer = await cluster.request<{ message: string }>('GET', configMaps, { headers: { authorization: 'Bearer secret-1' } });
    expect(answer.status).toBe(403);
    expect(answer.body.message).toBe('configmaps is forbidden: User "jane" cannot list resource "configmaps" in API group "" in the namespace "default"');
    expect((await cluster.request('GET', configMaps, { headers: { authorization: 'Bearer wrong' } })).status).toBe(401);
    expect((await cluster.request('GET', configMaps, { user: { name: 'joe', groups: [] } })).status).toBe(403);
    expect((await cluster.request('GET', configMaps, { user: ADMIN })).status).toBe(200);
  });

  test('keeps its data in a folder from one start to the next', async () => {
    const { mkdtemp, rm } = await import('node:fs/promises');
    const folder = await mkdtemp('/tmp/steersman-test-');
    const first = await startCluster({ storage: 'lmdb', folder });
    await first.request('POST', configMaps, { body: configMap('kept', { k: 'v' }) });
    await first.stop();
    const second = await startCluster({ storage: 'lmdb', folder });
    expect((await second.request<{ data: unknown }>('GET', `${configMaps}/kept`)).body.data).toEqual({ k: 'v' });
    await second.stop();
    await rm(folder, { recursive: true });
  });
});

describe('a cluster with nodes', () => {
  test('brings a deployment to life, and its containers do what the test says', async () => {
    const clock = new VirtualClock();
    const cluster = await startCluster({ clock, controllers: true, nodes: 2, podScript: (_, container) => (container === 'c' ? { readyAfterMs: 120_000 } : undefined) });
    running.push(cluster);
    const deployments = '/apis/apps/v1/namespaces/default/deployments';
    const ready = async (): Promise<number | undefined> => (await cluster.request<{ status?: { readyReplicas?: number } }>('GET', `${deployments}/web`)).body.status?.readyReplicas;
    await clock.advanceUntil(async () => (await cluster.request('GET', '/api/v1/namespaces/default/serviceaccounts/default')).status === 200);
    const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx:1.27' }] } };
    await cluster.request('POST', deployments, { body: { metadata: { name: 'web' }, spec: { replicas: 3, selector: { matchLabels: { app: 'web' } }, template } } });
    const begin = clock.now();
    await clock.advanceUntil(async () => (await ready()) === 3, 300_000);
    expect(clock.now() - begin).toBeGreaterThanOrEqual(120_000);
  });
});

describe('the log of a simulated container', () => {
  const pods = '/api/v1/namespaces/default/pods';
  const podScript: PodScript = ({ metadata }, container) => ({ log: `${metadata.name} begins\n${container} runs\n`, ...(metadata.name === 'crash' && { exitCode: 1, runMs: 1000 }), ...(metadata.name === 'pull' && { pullError: 'no' }) });
  let clock: VirtualClock;
  let cluster: Cluster;
  beforeEach(async () => {
    clock = new VirtualClock();
    cluster = await startCluster({ clock, nodes: 1, scheduler: false, podScript });
    running.push(cluster);
    await cluster.request('POST', '/api/v1/namespaces/default/serviceaccounts', { body: { metadata: { name: 'default' } } });
    await clock.advance(100);
    for (const name of ['web', 'crash', 'pull']) await cluster.request('POST', pods, { body: { metadata: { name }, spec: { nodeName: 'node-1', containers: [{ name: 'c', image: 'nginx:1.27' }] } } });
    await clock.advanceUntil(async () => (await cluster.request<{ status?: { containerStatuses?: { restartCount: number }[] } }>('GET', `${pods}/crash`)).body.status?.containerStatuses?.[0]?.restartCount === 1);
    await clock.advance(5000);
  });

  test.each([
    ['web/log', 200, 'web begins\nc runs\n'],
    ['web/log?tailLines=1', 200, 'c runs\n'],
    ['web/log?limitBytes=5', 200, 'web b'],
    ['web/log?sinceSeconds=1', 200, ''],
    ['web/log?timestamps=true&tailLines=1', 200, '2026-01-01T00:00:00.000000000Z c runs\n'],
    ['crash/log', 200, 'crash begins\nc runs\n'],
    ['crash/log?previous=true', 200, 'crash begins\nc runs\n'],
    ['web/log?previous=true', 400, 'previous terminated container "c" in pod "web" not found'],
    ['pull/log', 400, 'container "c" in pod "pull" is waiting to start: trying and failing to pull image'],
  ])('GET %s is answered with %d', async (path, status, expected) => {
    const answer = await cluster.request<string | { message: string }>('GET', `${pods}/${path}`);
    expect(answer.status).toBe(status);
    expect(typeof answer.body === 'string' ? answer.body : answer.body.message).toBe(expected);
  });

  test('ends for those who follow it when the container does', async () => {
    const followed = cluster.request<string>('GET', `${pods}/web/log?follow=true`);
    await clock.advance(60_000);
    expect(await Promise.race([followed, Promise.resolve('goes on')])).toBe('goes on');
    await cluster.request('DELETE', `${pods}/web`);
    await clock.advance(1000);
    expect((await followed).body).toBe('web begins\nc runs\n');
  });
});

describe('a fork of a cluster', () => {
  test('has the whole state, and both go their own ways', async () => {
    const cluster = await start();
    await cluster.request('POST', configMaps, { body: configMap('before') });
    const fork = await cluster.fork();
    running.push(fork);
    await cluster.request('POST', configMaps, { body: configMap('original') });
    await fork.request('POST', configMaps, { body: configMap('forked') });
    const names = async (c: Cluster) => (await c.request<{ items: { metadata: { name: string } }[] }>('GET', configMaps)).body.items.map((o) => o.metadata.name);
    expect(await names(cluster)).toEqual(['before', 'original']);
    expect(await names(fork)).toEqual(['before', 'forked']);
  });

  test('serves the custom resources that the original serves', async () => {
    const cluster = await start();
    const schema = { type: 'object', properties: { spec: { type: 'object', properties: { n: { type: 'integer' } } } } };
    const definition = {
      metadata: { name: 'widgets.example.com' },
      spec: { group: 'example.com', scope: 'Namespaced', names: { plural: 'widgets', kind: 'Widget' }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }] },
    };
    await cluster.request('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body: definition });
    const widgets = '/apis/example.com/v1/namespaces/default/widgets';
    const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' }, spec: { n: 1 } };
    expect((await cluster.request('POST', widgets, { body: widget })).status).toBe(201);
    const fork = await cluster.fork();
    running.push(fork);
    expect((await fork.request<{ spec: unknown }>('GET', `${widgets}/w`)).body.spec).toEqual({ n: 1 });
    await fork.request('DELETE', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com');
    expect((await cluster.request('GET', `${widgets}/w`)).status).toBe(200);
  });
});
