import { afterEach, expect, test } from 'vitest';
import { startCluster, type Cluster } from '../../../sdk/testing/cluster.ts';

const running: Cluster[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((cluster) => cluster.stop()));
});

async function clusterWithQuota(hard: Record<string, string>): Promise<Cluster> {
  const cluster = await startCluster();
  running.push(cluster);
  const path = '/api/v1/namespaces/default/resourcequotas';
  await cluster.request('POST', path, { body: { metadata: { name: 'q' }, spec: { hard } } });
  const used = Object.fromEntries(Object.keys(hard).map((name) => [name, '0']));
  await cluster.request('PATCH', `${path}/q/status`, { body: { status: { hard, used } }, headers: { 'content-type': 'application/merge-patch+json' } });
  return cluster;
}

async function usedOf(cluster: Cluster): Promise<Record<string, string>> {
  const { body } = await cluster.request<{ status: { used: Record<string, string> } }>('GET', '/api/v1/namespaces/default/resourcequotas/q');
  return body.status.used;
}

test('two hundred creations at once fill a quota to the last place and not beyond', async () => {
  const cluster = await clusterWithQuota({ configmaps: '120' });
  const create = (i: number) => cluster.request('POST', '/api/v1/namespaces/default/configmaps', { body: { metadata: { name: `m${i}` } } });
  const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => create(i)));
  const admitted = answers.filter(({ status }) => status === 201).length;
  expect(admitted).toBe(120);
  expect(answers.filter(({ status }) => status === 403)).toHaveLength(80);
  expect(await usedOf(cluster)).toEqual({ configmaps: '120' });
  const { body } = await cluster.request<{ items: { metadata: { name: string } }[] }>('GET', '/api/v1/namespaces/default/configmaps');
  expect(body.items.filter(({ metadata }) => metadata.name.startsWith('m'))).toHaveLength(120);
});

test('forks of a cluster charge their own quotas', async () => {
  const cluster = await clusterWithQuota({ configmaps: '1' });
  const fork = await cluster.fork();
  running.push(fork);
  for (const one of [cluster, fork]) {
    expect((await one.request('POST', '/api/v1/namespaces/default/configmaps', { body: { metadata: { name: 'a' } } })).status).toBe(201);
    expect(await usedOf(one)).toEqual({ configmaps: '1' });
  }
});

test('the server owns the usage that it writes', async () => {
  const cluster = await clusterWithQuota({ configmaps: '1' });
  await cluster.request('POST', '/api/v1/namespaces/default/configmaps', { body: { metadata: { name: 'a' } } });
  const { body } = await cluster.request<{ metadata: { managedFields: object[] } }>('GET', '/api/v1/namespaces/default/resourcequotas/q');
  expect(body.metadata.managedFields).toContainEqual(expect.objectContaining({ manager: 'kube-apiserver', operation: 'Update', subresource: 'status', fieldsV1: { 'f:status': { 'f:used': { 'f:configmaps': {} } } } }));
});
