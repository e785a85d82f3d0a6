import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ClusterRole } from '../../api/types/generated/rbac-v1.ts';
import { LoopCluster } from '../loop-cluster.contract.ts';

const ROLES = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
const rule = (resource: string): object => ({ apiGroups: [''], resources: [resource], verbs: ['get'] });

describe('a cluster role that is made of others', () => {
  let loops: LoopCluster;
  beforeEach(async () => {
    loops = await LoopCluster.open(['clusterrole-aggregation-controller']);
  });
  afterEach(() => loops.close());

  const part = async (name: string, labels: object, ...resources: string[]): Promise<void> => {
    await loops.create(ROLES, { metadata: { name, labels }, rules: resources.map(rule) });
    await loops.settle();
  };
  const sum = async (): Promise<(string | undefined)[]> => ((await loops.get<ClusterRole>(`${ROLES}/sum`))?.rules ?? []).map(({ resources }) => resources?.[0]);

  test('has their rules and no others, by name and each once, whatever becomes of them', async () => {
    await part('b', { agg: 'x' }, 'services', 'pods');
    await part('a', { agg: 'x' }, 'pods');
    await part('c', { agg: 'y' }, 'secrets');
    await loops.create(ROLES, { metadata: { name: 'sum', labels: { agg: 'x' } }, rules: [rule('nodes')], aggregationRule: { clusterRoleSelectors: [{ matchLabels: { agg: 'x' } }, { matchLabels: { agg: 'z' } }] } });
    await loops.settle();
    expect(await sum()).toEqual(['pods', 'services']);
    await part('d', { agg: 'z' }, 'events');
    expect(await sum()).toEqual(['pods', 'services', 'events']);
    await loops.delete(`${ROLES}/b`);
    await loops.merge(`${ROLES}/c`, { metadata: { labels: { agg: 'z' } } });
    await loops.settle();
    expect(await sum()).toEqual(['pods', 'secrets', 'events']);
    await loops.delete(`${ROLES}/a`);
    for (const name of ['c', 'd']) await loops.delete(`${ROLES}/${name}`);
    await loops.settle();
    expect(await sum()).toEqual([]);
    expect(loops.log).toEqual([]);
  });

  test('is written by the control loop under its own name', async () => {
    await part('a', { agg: 'x' }, 'pods');
    await loops.create(ROLES, { metadata: { name: 'sum' }, aggregationRule: { clusterRoleSelectors: [{ matchLabels: { agg: 'x' } }] } });
    await loops.settle();
    const managers = (await loops.get<ClusterRole>(`${ROLES}/sum`))?.metadata.managedFields?.map(({ manager, operation }) => `${manager} ${operation}`);
    expect(managers).toContain('clusterrole-aggregation-controller Apply');
  });
});
