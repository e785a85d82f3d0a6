import { afterAll, beforeAll, expect, test } from 'vitest';
import { VirtualClock } from '../../../machinery/virtual-clock.ts';
import { startCluster, type Cluster } from '../../../sdk/testing/cluster.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ clock: new VirtualClock() });
  for (const [name, labels] of [['plain', {}], ['marked', { 'resource.kubernetes.io/admin-access': 'true' }]] as const) await cluster.request('POST', '/api/v1/namespaces', { body: { metadata: { name, labels } } });
});
afterAll(() => cluster.stop());

const devices = { requests: [{ name: 'a', exactly: { deviceClassName: 'gpu.example.com' } }, { name: 'b', exactly: { deviceClassName: 'gpu.example.com', adminAccess: true } }] };
const claims = ['resourceclaims', { devices }, 'spec.devices.requests[1].adminAccess'] as const;
const templates = ['resourceclaimtemplates', { spec: { devices } }, 'spec.spec.devices.requests[1].adminAccess'] as const;

test.each([claims, templates])('access of administrators to devices needs a marked namespace: %s', async (resource, spec, field) => {
  const create = (namespace: string): ReturnType<typeof cluster.request<{ details?: { causes?: { field: string; reason: string }[] } }>> =>
    cluster.request('POST', `/apis/resource.k8s.io/v1/namespaces/${namespace}/${resource}?dryRun=All`, { body: { metadata: { name: 'x' }, spec } });
  const refused = await create('plain');
  expect([refused.status, refused.body.details?.causes?.map((cause) => [cause.field, cause.reason])]).toEqual([422, [[field, 'FieldValueForbidden']]]);
  expect((await create('marked')).status).toBe(201);
});

test('selectors of devices are compiled when they are written', async () => {
  const create = (expression: string): ReturnType<typeof cluster.request<{ message?: string }>> =>
    cluster.request('POST', '/apis/resource.k8s.io/v1/deviceclasses?dryRun=All', { body: { metadata: { name: 'x' }, spec: { selectors: [{ cel: { expression } }] } } });
  expect((await create('device.driver == "gpu.example.com"')).status).toBe(201);
  expect((await create('1')).body.message).toContain('must evaluate to bool or the unknown type, not int');
  expect((await create('device.')).body.message).toContain('compilation failed: ERROR: <input>:1:8: Syntax error');
});
