import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { startCluster, type Cluster } from '../../sdk/testing/cluster.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.stop());

const path = (name: string) => `/api/v1/namespaces/default/configmaps/${name}`;
const apply = (name: string, body: object, query = 'fieldManager=me') =>
  cluster.request<KubeObject & { message: string }>('PATCH', `${path(name)}?${query}`, {
    body: { apiVersion: 'v1', kind: 'ConfigMap', ...body },
    headers: { 'content-type': 'application/apply-patch+yaml' },
  });

describe('server-side apply', () => {
  test('creates what is not there', async () => {
    const created = await apply('new', { metadata: { name: 'new' }, data: { k: 'v' } });
    expect(created.status).toBe(201);
    expect(created.body.metadata.managedFields).toMatchObject([{ manager: 'me', operation: 'Apply', fieldsV1: { 'f:data': { 'f:k': {} } } }]);
  });

  test('takes labels back that are no longer applied, and keeps the rest of the metadata', async () => {
    const created = await apply('labels', { metadata: { name: 'labels', labels: { a: 'b' } } });
    const applied = await apply('labels', { metadata: { name: 'labels' }, data: { k: 'v' } });
    expect(applied.status).toBe(200);
    expect(applied.body.metadata.labels).toBeUndefined();
    expect(applied.body.metadata).toMatchObject({ name: 'labels', namespace: 'default', uid: created.body.metadata.uid });
  });

  test('applying the same again writes nothing', async () => {
    const first = await apply('same', { metadata: { name: 'same' }, data: { k: 'v' } });
    const second = await apply('same', { metadata: { name: 'same' }, data: { k: 'v' } });
    expect(second.body).toEqual(first.body);
  });

  test('another manager\'s value is a conflict unless it is forced', async () => {
    await apply('contested', { metadata: { name: 'contested' }, data: { k: 'mine' } });
    const refused = await apply('contested', { metadata: { name: 'contested' }, data: { k: 'yours' } }, 'fieldManager=you');
    expect(refused.status).toBe(409);
    expect(refused.body.message).toBe('Apply failed with 1 conflict: conflict with "me": .data.k');
    const forced = await apply('contested', { metadata: { name: 'contested' }, data: { k: 'yours' } }, 'fieldManager=you&force=true');
    expect(forced.body['data']).toEqual({ k: 'yours' });
  });

  test('the name in the body must be the name in the path', async () => {
    const refused = await apply('a', { metadata: { name: 'b' } });
    expect(refused.body.message).toBe('the name of the object (b) does not match the name on the URL (a)');
  });
});
