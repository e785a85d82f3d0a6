import { afterEach, beforeEach, expect, test } from 'vitest';
import { startCluster, type Cluster } from '../../src/sdk/testing/index.ts';
import type { Plugin } from '../../src/sdk/scheduler/index.ts';
import cheapestNode from './cheapest-node.ts';

let cluster: Cluster;
beforeEach(async () => {
  cluster = await startCluster({ scheduler: { plugins: [cheapestNode] } });
  await create('/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } });
  for (const [name, price] of Object.entries({ cheap: '0.1', dear: '0.9' })) {
    const allocatable = { cpu: '4', memory: '8Gi', pods: '110' };
    await create('/api/v1/nodes', { metadata: { name, labels: { 'example.com/price-per-hour': price } }, status: { allocatable, capacity: allocatable } });
    await cluster.request('PATCH', `/api/v1/nodes/${name}`, { body: { spec: { taints: null } }, headers: { 'content-type': 'application/merge-patch+json' } });
  }
});
afterEach(() => cluster.stop());

const create = async (path: string, body: object): Promise<void> => {
  const answer = await cluster.request('POST', path, { body });
  if (answer.status !== 201) throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
};

interface Placed {
  readonly spec: { readonly nodeName?: string };
  readonly status: { readonly conditions?: readonly { readonly message?: string }[] };
}

/** The pod's node, or why it has none. */
const place = async (name: string, annotations: Record<string, string> = {}): Promise<string> => {
  await create('/api/v1/namespaces/default/pods', { metadata: { name, annotations }, spec: { automountServiceAccountToken: false, containers: [{ name: 'c', image: 'i' }] } });
  for (;;) {
    const { body } = await cluster.request<Placed>('GET', `/api/v1/namespaces/default/pods/${name}`);
    const said = body.spec.nodeName ?? body.status.conditions?.[0]?.message;
    if (said !== undefined) return said;
    await new Promise((resolve) => setImmediate(resolve));
  }
};

test('pods go to the cheapest node, and to none that is above their budget', async () => {
  expect(await place('any')).toBe('cheap');
  expect(await place('poor', { 'example.com/budget-per-hour': '0.05' })).toContain('0/2 nodes are available: 2 node(s) were above the budget of the pod.');
});

test('a plugin can be replaced while the scheduler runs', async () => {
  const dearestNode: Plugin = { ...cheapestNode, normalizeScores: (_state, _pod, { scores }) => scores.forEach((price, i) => (scores[i] = 100 * price)) };
  cluster.scheduler?.replacePlugin(dearestNode);
  expect(await place('rich')).toBe('dear');
});
