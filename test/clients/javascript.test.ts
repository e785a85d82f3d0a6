import {
  ApiException,
  ApiextensionsV1Api,
  AppsV1Api,
  AuthorizationV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  KubernetesObjectApi,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  VersionApi,
  Watch,
  type KubernetesObject,
  type V1ConfigMap,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startTestCluster, type TestCluster } from '../support/cluster.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const NAMESPACE = 'javascript';

let cluster: TestCluster;
let config: KubeConfig;
let core: CoreV1Api;

beforeAll(async () => {
  cluster = await startTestCluster();
  config = new KubeConfig();
  config.loadFromFile(cluster.kubeconfig);
  core = config.makeApiClient(CoreV1Api);
  await core.createNamespace({ body: { metadata: { name: NAMESPACE } } });
});

afterAll(async () => {
  expect(cluster.log).toEqual([]);
  await cluster.close();
});

/** A promise to be resolved from outside. */
function until(condition: () => boolean): Promise<void> {
  return vi.waitFor(() => expect(condition()).toBe(true), { timeout: 20_000, interval: 10 });
}

describe('objects', () => {
  test('are created, read, replaced, listed and deleted', async () => {
    const made = await core.createNamespacedConfigMap({ namespace: NAMESPACE, body: { metadata: { name: 'settings', labels: { set: 'a' } }, data: { color: 'blue' } } });
    expect(made.metadata?.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(made.metadata?.creationTimestamp).toBeInstanceOf(Date);
    await core.replaceNamespacedConfigMap({ namespace: NAMESPACE, name: 'settings', body: { ...made, data: { color: 'red' } } });
    const read = await core.readNamespacedConfigMap({ namespace: NAMESPACE, name: 'settings' });
    expect(read.data).toEqual({ color: 'red' });
    await expect(core.replaceNamespacedConfigMap({ namespace: NAMESPACE, name: 'settings', body: made })).rejects.toMatchObject({ code: 409 });
    const { items, metadata } = await core.listNamespacedConfigMap({ namespace: NAMESPACE, labelSelector: 'set=a' });
    expect([items.map((i) => i.metadata?.name), Number(metadata?.resourceVersion) > 0]).toEqual([['settings'], true]);
    const status = await core.deleteNamespacedConfigMap({ namespace: NAMESPACE, name: 'settings' });
    expect(status).toMatchObject({ status: 'Success', details: { kind: 'configmaps', name: 'settings' } });
  });

  test('are listed page by page', async () => {
    const names = Array.from({ length: 7 }, (_, i) => `page-${i}`);
    for (const name of names) await core.createNamespacedConfigMap({ namespace: NAMESPACE, body: { metadata: { name, labels: { set: 'paged' } } } });
    const seen: string[] = [];
    let next: string | undefined;
    do {
      const page = await core.listNamespacedConfigMap({ namespace: NAMESPACE, labelSelector: 'set=paged', limit: 3, ...(next !== undefined && { _continue: next }) });
      seen.push(...page.items.map((i) => i.metadata?.name ?? ''));
      next = page.metadata?._continue;
    } while (next !== undefined && next !== '');
    expect(seen).toEqual(names);
    await core.deleteCollectionNamespacedConfigMap({ namespace: NAMESPACE, labelSelector: 'set=paged' });
    expect((await core.listNamespacedConfigMap({ namespace: NAMESPACE, labelSelector: 'set=paged' })).items).toEqual([]);
  });

  test.each([
    [PatchStrategy.MergePatch, { data: { b: '2', a: null } }, { b: '2', c: '3' }],
    [PatchStrategy.StrategicMergePatch, { data: { b: '2' } }, { a: '1', b: '2', c: '3' }],
    [PatchStrategy.JsonPatch, [{ op: 'remove', path: '/data/a' }, { op: 'add', path: '/data/d', value: '4' }], { c: '3', d: '4' }],
    [PatchStrategy.ServerSideApply, { apiVersion: 'v1', kind: 'ConfigMap', data: { e: '5' } }, { a: '1', c: '3', e: '5' }],
  ])('are patched by %s', async (strategy, body, data) => {
    const name = `patched-${strategy.split('/')[1]?.split('+')[0]}`;
    await core.createNamespacedConfigMap({ namespace: NAMESPACE, body: { metadata: { name }, data: { a: '1', c: '3' } } });
    const patched = await core.patchNamespacedConfigMap({ namespace: NAMESPACE, name, body, fieldManager: 'javascript' }, setHeaderOptions('Content-Type', strategy));
    expect(patched.data).toEqual(data);
  });

  test('of apps have status and scale beside them', async () => {
    const apps = config.makeApiClient(AppsV1Api);
    await apps.createNamespacedDeployment({
      namespace: NAMESPACE,
      body: { metadata: { name: 'web' }, spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image: 'nginx' }] } } } },
    });
    const scale = await apps.readNamespacedDeploymentScale({ namespace: NAMESPACE, name: 'web' });
    expect([scale.spec?.replicas, scale.status?.selector]).toEqual([2, 'app=web']);
    await apps.replaceNamespacedDeploymentScale({ namespace: NAMESPACE, name: 'web', body: { ...scale, spec: { replicas: 5 } } });
    const status = await apps.patchNamespacedDeploymentStatus({ namespace: NAMESPACE, name: 'web', body: { spec: { replicas: 9 }, status: { replicas: 5 } } }, setHeaderOptions('Content-Type', PatchStrategy.MergePatch));
    expect([status.spec?.replicas, status.status?.replicas]).toEqual([5, 5]);
  });

  test('fail with a Status that says why', async () => {
    const failure = await core.createNamespacedConfigMap({ namespace: NAMESPACE, body: { metadata: { name: 'Not_A_Name' } } }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ApiException);
    const { code, body } = failure as ApiException<string>;
    expect(code).toBe(422);
    expect(JSON.parse(body)).toMatchObject({ kind: 'Status', reason: 'Invalid', details: { kind: 'ConfigMap', name: 'Not_A_Name', causes: [{ reason: 'FieldValueInvalid', field: 'metadata.name' }] } });
    await expect(core.readNamespacedConfigMap({ namespace: NAMESPACE, name: 'missing' })).rejects.toMatchObject({ code: 404 });
  });
});

describe('watches and informers', () => {
  test('a watch goes on from a revision', async () => {
    const { metadata } = await core.listNamespacedSecret({ namespace: NAMESPACE });
    const events: [string, string][] = [];
    const watch = await new Watch(config).watch(
      `/api/v1/namespaces/${NAMESPACE}/secrets`,
      { resourceVersion: metadata?.resourceVersion },
      (type, object: KubernetesObject) => events.push([type, object.metadata?.name ?? '']),
      () => undefined,
    );
    await core.createNamespacedSecret({ namespace: NAMESPACE, body: { metadata: { name: 'one' }, stringData: { a: '1' } } });
    await core.patchNamespacedSecret({ namespace: NAMESPACE, name: 'one', body: { stringData: { a: '2' } } }, setHeaderOptions('Content-Type', PatchStrategy.MergePatch));
    await core.deleteNamespacedSecret({ namespace: NAMESPACE, name: 'one' });
    await until(() => events.length >= 3);
    watch.abort();
    expect(events).toEqual([['ADDED', 'one'], ['MODIFIED', 'one'], ['DELETED', 'one']]);
  });

  test('an informer holds what there is, and is told of changes', async () => {
    const path = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
    await core.createNamespacedConfigMap({ namespace: NAMESPACE, body: { metadata: { name: 'before', labels: { informed: 'yes' } } } });
    const informer = makeInformer<V1ConfigMap>(config, path, () => core.listNamespacedConfigMap({ namespace: NAMESPACE, labelSelector: 'informed=yes' }), 'informed=yes');
    const seen: string[] = [];
    for (const verb of ['add', 'update', 'delete'] as const) informer.on(verb, (object) => seen.push(`${verb} ${object.metadata?.name} ${object.data?.['n'] ?? ''}`));
    await informer.start();
    await core.createNamespacedConfigMap({ namespace: NAMESPACE, body: { metadata: { name: 'after', labels: { informed: 'yes' } } } });
    await core.createNamespacedConfigMap({ namespace: NAMESPACE, body: { metadata: { name: 'other' } } });
    await until(() => seen.length >= 2);
    await core.patchNamespacedConfigMap({ namespace: NAMESPACE, name: 'after', body: { data: { n: '1' } } }, setHeaderOptions('Content-Type', PatchStrategy.MergePatch));
    await until(() => seen.length >= 3);
    // Whoever leaves the selection is gone for who watches it.
    await core.patchNamespacedConfigMap({ namespace: NAMESPACE, name: 'before', body: { metadata: { labels: { informed: null } } } }, setHeaderOptions('Content-Type', PatchStrategy.MergePatch));
    await core.deleteNamespacedConfigMap({ namespace: NAMESPACE, name: 'after' });
    await until(() => seen.length >= 5);
    expect(seen).toEqual(['add before ', 'add after ', 'update after 1', 'delete before ', 'delete after 1']);
    expect(informer.list()).toEqual([]);
    await informer.stop();
  });
});

describe('custom resources', () => {
  test('are served to a client that knows nothing of them', async () => {
    const objects = KubernetesObjectApi.makeApiClient(config);
    await config.makeApiClient(ApiextensionsV1Api).createCustomResourceDefinition({
      body: {
        metadata: { name: 'gadgets.example.com' },
        spec: {
          group: 'example.com',
          names: { plural: 'gadgets', kind: 'Gadget' },
          scope: 'Namespaced',
          versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { size: { type: 'integer', _default: 3 } } } } } } }],
        },
      },
    });
    const custom = config.makeApiClient(CustomObjectsApi);
    const at = { group: 'example.com', version: 'v1', namespace: NAMESPACE, plural: 'gadgets' };
    expect(await custom.createNamespacedCustomObject({ ...at, body: { apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'top' }, spec: {} } })).toMatchObject({ spec: { size: 3 }, metadata: { generation: 1 } });
    expect(await objects.read({ apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'top', namespace: NAMESPACE } })).toMatchObject({ spec: { size: 3 } });
    const patched = await objects.patch({ apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'top', namespace: NAMESPACE }, spec: { size: 9 } } as KubernetesObject, undefined, undefined, undefined, undefined, PatchStrategy.MergePatch);
    expect(patched).toMatchObject({ spec: { size: 9 }, metadata: { generation: 2 } });
    expect(await custom.listNamespacedCustomObject(at)).toMatchObject({ kind: 'GadgetList', items: [{ metadata: { name: 'top' } }] });
    await objects.delete({ apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'top', namespace: NAMESPACE } });
    expect(await custom.listNamespacedCustomObject(at)).toMatchObject({ items: [] });
  });
});

describe('the server', () => {
  test('says its version, and what one may do', async () => {
    expect(await config.makeApiClient(VersionApi).getCode()).toMatchObject({ major: '1', minor: '36' });
    const review = await config.makeApiClient(AuthorizationV1Api).createSelfSubjectAccessReview({ body: { spec: { resourceAttributes: { verb: 'delete', resource: 'nodes' } } } });
    expect(review.status?.allowed).toBe(true);
  });

  test('gives out tokens that it takes', async () => {
    await core.createNamespacedServiceAccount({ namespace: NAMESPACE, body: { metadata: { name: 'robot' } } });
    const { status } = await core.createNamespacedServiceAccountToken({ namespace: NAMESPACE, name: 'robot', body: { spec: { audiences: [], expirationSeconds: 3600 } } });
    const robot = new KubeConfig();
    const current = config.getCurrentCluster();
    if (!current || status?.token === undefined) throw new Error('no cluster, or no token');
    robot.loadFromClusterAndUser(current, { name: 'robot', token: status.token });
    await expect(robot.makeApiClient(CoreV1Api).listNamespacedSecret({ namespace: NAMESPACE })).rejects.toMatchObject({
      code: 403,
      body: expect.stringContaining(`User \\"system:serviceaccount:${NAMESPACE}:robot\\" cannot list resource`) as string,
    });
  });
});
