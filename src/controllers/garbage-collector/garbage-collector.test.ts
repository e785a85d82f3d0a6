import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { KubeObject, OwnerReference } from '../../machinery/object-meta.ts';
import { LoopCluster, WIDGETS } from '../loop-cluster.contract.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const ROLES = '/apis/rbac.authorization.k8s.io/v1/clusterroles';

describe('garbage collection', () => {
  let loops: LoopCluster;
  beforeEach(async () => {
    loops = await LoopCluster.open(['garbage-collector-controller']);
  });
  afterEach(() => loops.close());

  const map = (name: string, owners: OwnerReference[] = [], finalizers: string[] = []): Promise<KubeObject> => loops.create(MAPS, { metadata: { name, ownerReferences: owners, finalizers } });
  const by = ({ apiVersion, kind, metadata: { name = '', uid = '' } }: KubeObject, more: Partial<OwnerReference> = {}): OwnerReference => ({ apiVersion, kind, name, uid, ...more });
  const remove = (name: string, propagationPolicy?: string): Promise<void> => loops.delete(`${MAPS}/${name}`, propagationPolicy === undefined ? undefined : { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy });
  const names = async (): Promise<string[]> => loops.names(MAPS);
  const owners = async (name: string): Promise<string[]> => ((await loops.get(`${MAPS}/${name}`))?.metadata.ownerReferences ?? []).map((o) => o.name);

  test('takes dependents of dependents in the background', async () => {
    const child = await map('child', [by(await map('owner'))]);
    await map('grandchild', [by(child)]);
    await map('other');
    await loops.settle();
    await remove('owner');
    await loops.settle();
    expect(await names()).toEqual(['other']);
    expect(loops.log).toEqual([]);
  });

  test.each<[string, Partial<OwnerReference>]>([
    ['has another uid', { uid: '11111111-2222-3333-4444-555555555555' }],
    ['does not exist', { name: 'nobody', uid: '11111111-2222-3333-4444-555555555555' }],
    ['has another name than is said', { name: 'nobody' }],
  ])('takes an object whose owner %s', async (_, wrong) => {
    await map('child', [by(await map('owner'), wrong)]);
    await loops.settle();
    expect(await names()).toEqual(['owner']);
  });

  test('an object that another owner holds forgets those that are gone', async () => {
    await map('child', [by(await map('stays')), by(await map('goes'))]);
    await loops.settle();
    await remove('goes');
    await loops.settle();
    expect(await owners('child')).toEqual(['stays']);
  });

  test('foreground deletion keeps the owner until the dependents that block it are gone', async () => {
    const owner = await map('owner');
    await map('blocking', [by(owner, { blockOwnerDeletion: true })], ['example.com/hold']);
    await map('free', [by(owner)]);
    await loops.settle();
    await remove('owner', 'Foreground');
    await loops.settle();
    expect(await names()).toEqual(['blocking', 'owner']);
    await loops.merge(`${MAPS}/blocking`, { metadata: { finalizers: null } });
    await loops.settle();
    expect(await names()).toEqual([]);
  });

  test('foreground deletion goes on though dependents that do not block it live on', async () => {
    await map('child', [by(await map('owner'))], ['example.com/hold']);
    await loops.settle();
    await remove('owner', 'Foreground');
    await loops.settle();
    expect(await names()).toEqual(['child']);
    expect((await loops.get(`${MAPS}/child`))?.metadata.deletionTimestamp).toBeDefined();
  });

  test('owners that block each other do not hold each other for ever', async () => {
    const one = await map('one');
    const two = await map('two', [by(one, { blockOwnerDeletion: true })]);
    await loops.merge(`${MAPS}/one`, { metadata: { ownerReferences: [by(two, { blockOwnerDeletion: true })] } });
    await loops.settle();
    await remove('one', 'Foreground');
    await loops.settle(5000);
    expect(await names()).toEqual([]);
  });

  test('orphans stay, and forget their owner', async () => {
    await map('child', [by(await map('owner'))]);
    await loops.settle();
    await remove('owner', 'Orphan');
    await loops.settle();
    expect(await names()).toEqual(['child']);
    expect((await loops.get(`${MAPS}/child`))?.metadata.ownerReferences).toBeUndefined();
  });

  test('knows custom resources as soon as they are served', async () => {
    await loops.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', WIDGETS);
    await loops.settle(2000);
    const widgets = '/apis/example.com/v1/namespaces/default/widgets';
    const owner = await loops.create(widgets, { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'owner' } });
    await map('child', [by(owner)]);
    await loops.create(widgets, { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'part', ownerReferences: [by(owner)] } });
    await loops.settle();
    await loops.delete(`${widgets}/owner`);
    await loops.settle();
    expect([await names(), await loops.names(widgets)]).toEqual([[], []]);
  });

  test('an owner in another namespace is none, and an event says so', async () => {
    const owner = await loops.create('/api/v1/namespaces/kube-system/configmaps', { metadata: { name: 'owner' } });
    await loops.settle();
    await map('child', [by(owner)]);
    await loops.settle();
    expect(await names()).toEqual([]);
    const { items = [] } = (await loops.get<{ items: KubeObject[] }>('/api/v1/namespaces/default/events')) ?? {};
    expect(items.map((e) => [e['type'], e['reason'], e['message'], (e['source'] as { component: string }).component])).toEqual([
      ['Warning', 'OwnerRefInvalidNamespace', `ownerRef [v1/ConfigMap, namespace: default, name: owner, uid: ${owner.metadata.uid}] does not exist in namespace "default"`, 'garbage-collector-controller'],
    ]);
  });

  test('objects without a namespace own objects in every one', async () => {
    const role = await loops.create(ROLES, { metadata: { name: 'owner' }, rules: [] });
    for (const namespace of ['default', 'kube-system']) await loops.create(`/api/v1/namespaces/${namespace}/configmaps`, { metadata: { name: 'child', ownerReferences: [by(role)] } });
    await loops.settle();
    expect(await loops.get('/api/v1/namespaces/kube-system/configmaps/child')).toBeDefined();
    await loops.delete(`${ROLES}/owner`);
    await loops.settle();
    expect([await names(), await loops.get('/api/v1/namespaces/kube-system/configmaps/child')]).toEqual([[], undefined]);
  });

  test('leaves an object without a namespace alone whose owner would be in one', async () => {
    await loops.create(ROLES, { metadata: { name: 'child', ownerReferences: [by(await map('owner'))] }, rules: [] });
    await loops.settle();
    await remove('owner');
    await loops.settle(5000);
    expect(await loops.get(`${ROLES}/child`)).toBeDefined();
  });
});
