import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Namespace } from '../../api/types/generated/core-v1.ts';
import { LoopCluster, WIDGETS } from '../loop-cluster.contract.ts';

const NS = '/api/v1/namespaces/shop';

describe('the deletion of a namespace', () => {
  let loops: LoopCluster;
  beforeEach(async () => {
    loops = await LoopCluster.open(['namespace-controller']);
    await loops.create('/api/v1/namespaces', { metadata: { name: 'shop' } });
  });
  afterEach(() => loops.close());

  const conditions = async (): Promise<Record<string, string>> => {
    const { status } = (await loops.get<Namespace>(NS)) ?? {};
    return Object.fromEntries((status?.conditions ?? []).map((c) => [c.type, `${c.status} ${c.reason}: ${c.message}`]));
  };

  test('takes everything in it along, of built-in and custom kinds, and nothing beside it', async () => {
    await loops.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', WIDGETS);
    await loops.settle();
    await loops.create('/apis/example.com/v1/namespaces/shop/widgets', { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' } });
    for (const namespace of ['shop', 'default']) await loops.create(`/api/v1/namespaces/${namespace}/configmaps`, { metadata: { name: 'c' } });
    await loops.delete(NS);
    await loops.gone(NS);
    expect(await loops.names('/apis/example.com/v1/widgets')).toEqual([]);
    expect(await loops.get('/api/v1/namespaces/shop/configmaps/c')).toBeUndefined();
    expect(await loops.get('/api/v1/namespaces/default/configmaps/c')).toBeDefined();
    expect(loops.log).toEqual([]);
  });

  test('gives requests that were admitted before it five seconds', async () => {
    await loops.create(`${NS}/configmaps`, { metadata: { name: 'c' } });
    await loops.delete(NS);
    await loops.settle(4900);
    expect(await loops.get(`${NS}/configmaps/c`)).toBeDefined();
    await loops.settle(200);
    expect(await loops.get(NS)).toBeUndefined();
  });

  test('waits for finalizers, and says for which', async () => {
    await loops.create(`${NS}/configmaps`, { metadata: { name: 'c', finalizers: ['example.com/hold'] } });
    await loops.delete(NS);
    await loops.settle(6000);
    expect(await conditions()).toMatchObject({
      NamespaceContentRemaining: 'True SomeResourcesRemain: Some resources are remaining: configmaps. has 1 resource instances',
      NamespaceFinalizersRemaining: 'True SomeFinalizersRemain: Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
    });
    await loops.merge(`${NS}/configmaps/c`, { metadata: { finalizers: null } });
    await loops.gone(NS);
  });

  test('deletes nothing that running pods use before they have ended', async () => {
    await loops.create(`${NS}/serviceaccounts`, { metadata: { name: 'default' } });
    await loops.create(`${NS}/pods`, { metadata: { name: 'p' }, spec: { nodeName: 'n', automountServiceAccountToken: false, containers: [{ name: 'c', image: 'i' }] } });
    await loops.create(`${NS}/configmaps`, { metadata: { name: 'c' } });
    await loops.delete(NS);
    await loops.settle(10_000);
    expect((await loops.get(`${NS}/pods/p`))?.metadata.deletionTimestamp).toBeDefined();
    expect(await loops.get(`${NS}/configmaps/c`)).toBeDefined();
    expect(await conditions()).toMatchObject({ NamespaceContentRemaining: 'False ContentRemoved: All content successfully removed' });
    await loops.delete(`${NS}/pods/p?gracePeriodSeconds=0`);
    await loops.gone(NS);
  });

  test('leaves the namespace to those who put finalizers of their own on it', async () => {
    await loops.merge(NS, { metadata: { finalizers: ['example.com/hold'] } });
    await loops.create(`${NS}/configmaps`, { metadata: { name: 'c' } });
    await loops.delete(NS);
    await loops.settle(30_000);
    expect(await loops.get(`${NS}/configmaps/c`)).toBeUndefined();
    expect((await loops.get<Namespace>(NS))?.spec?.finalizers).toBeUndefined();
    await loops.merge(NS, { metadata: { finalizers: null } });
    expect(await loops.get(NS)).toBeUndefined();
  });
});
