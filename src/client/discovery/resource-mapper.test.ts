import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonValue } from '../../machinery/json.ts';
import { VirtualClock } from '../../machinery/virtual-clock.ts';
import { failure } from '../../machinery/status-error.ts';
import { TestCluster } from '../../runtime/test-cluster.contract.ts';
import type { Caller } from '../caller.ts';
import type { RequestSpec } from '../request.ts';
import { ResourceMapper } from './resource-mapper.ts';

describe('the resource mapper', () => {
  let cluster: TestCluster;
  let mapper: ResourceMapper;
  beforeEach(async () => {
    cluster = await TestCluster.open();
    mapper = new ResourceMapper({ caller: cluster.client, clock: cluster.clock });
  });
  afterEach(() => cluster.close());

  test('knows the resource of a kind, and the kind of a resource', async () => {
    expect(await mapper.forObject({ apiVersion: 'apps/v1', kind: 'Deployment' })).toMatchObject({ group: 'apps', version: 'v1', resource: 'deployments', namespaced: true });
    expect(await mapper.forKind({ group: '', kind: 'Node' })).toMatchObject({ version: 'v1', resource: 'nodes', namespaced: false });
    expect(await mapper.forResource({ group: 'apps', resource: 'deployments' })).toMatchObject({ kind: 'Deployment', subresources: expect.arrayContaining(['scale', 'status']) as string[] });
    expect(await mapper.forObject({ apiVersion: 'a/b/c', kind: 'X' })).toBeUndefined();
  });

  test.each([
    ['pods', 'pods'],
    ['pod', 'pods'],
    ['po', 'pods'],
    ['deploy', 'deployments'],
    ['deployments.apps', 'deployments'],
  ])('knows %s by the name that people type', async (name, resource) => {
    expect((await mapper.forName(name))?.resource).toBe(resource);
  });

  test('reads the server once for all who ask, and again for what is not found, but not at once', async () => {
    let calls = 0;
    cluster.fault = () => {
      calls++;
      return undefined;
    };
    await Promise.all([mapper.forName('pods'), mapper.forName('nodes'), mapper.forName('secrets')]);
    expect(calls).toBe(2);
    expect(await mapper.forName('widgets')).toBeUndefined();
    expect(calls).toBe(2);
    await cluster.clock.advance(10_000);
    expect(await mapper.forName('widgets')).toBeUndefined();
    expect(calls).toBe(4);
  });

  test('a failed reading is nobody else\'s', async () => {
    cluster.fault = () => ({ type: 'answer', status: 500 });
    await expect(mapper.forName('pods')).rejects.toMatchObject({ code: 500 });
    cluster.fault = undefined;
    expect((await mapper.forName('pods'))?.kind).toBe('Pod');
  });
});

test('a server without aggregated discovery is read version by version, and one version that is down hides no other', async () => {
  const documents: Record<string, JsonValue> = {
    '/api': { kind: 'APIVersions', versions: ['v1'] },
    '/apis': {
      kind: 'APIGroupList',
      groups: [
        { name: 'down.example.com', versions: [{ groupVersion: 'down.example.com/v1' }] },
        { name: 'example.com', versions: [{ groupVersion: 'example.com/v1alpha1' }, { groupVersion: 'example.com/v1' }], preferredVersion: { groupVersion: 'example.com/v1' } },
      ],
    },
    '/api/v1': { resources: [{ name: 'pods', kind: 'Pod', namespaced: true, singularName: 'pod', verbs: ['get'], shortNames: ['po'] }, { name: 'pods/status', kind: 'Pod', namespaced: true }] },
    '/apis/example.com/v1': { resources: [{ name: 'widgets', kind: 'Widget', namespaced: false, verbs: ['list'] }] },
    '/apis/example.com/v1alpha1': { resources: [{ name: 'widgets', kind: 'Widget', namespaced: false, verbs: ['list'] }] },
  };
  const caller = {
    json: async ({ path }: RequestSpec): Promise<JsonValue> => {
      const document = documents[path];
      if (document === undefined) throw failure({ code: 503, reason: 'ServiceUnavailable', message: 'down' });
      return document;
    },
  } as Caller;
  const mapper = new ResourceMapper({ caller, clock: new VirtualClock() });
  expect(await mapper.forName('po')).toMatchObject({ kind: 'Pod', subresources: ['status'] });
  expect(await mapper.forKind({ group: 'example.com', kind: 'Widget' })).toMatchObject({ version: 'v1' });
  expect(await mapper.forKind({ group: 'example.com', kind: 'Widget', version: 'v1alpha1' })).toMatchObject({ version: 'v1alpha1' });
  expect(await mapper.all()).toHaveLength(3);
});
