import { expect, test } from 'vitest';
import { hasReason, notFound } from '../../machinery/status-error.ts';
import { jsonResponse, type ApiRequest } from '../http/api-request.ts';
import { requestTarget } from './request-target.ts';

const ROLES = { group: 'rbac.authorization.k8s.io', version: 'v1', resource: 'clusterroles' };
const NAMESPACES = { group: '', version: 'v1', resource: 'namespaces' };
const CONFIG_MAPS = { group: '', version: 'v1', resource: 'configmaps' };

test('objects are ensured by requests of the server to itself', async () => {
  const seen: unknown[] = [];
  const target = requestTarget(async (request: ApiRequest) => {
    const body = request.hasBody ? (JSON.parse(Buffer.from(await request.readBody(1_000)).toString()) as unknown) : undefined;
    seen.push([request.method, request.path, request.presetUser?.name, body]);
    return jsonResponse(200, { kind: 'X' });
  });
  const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'system:node' } };
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'x' } };
  expect(await target.get(NAMESPACES, '', 'default')).toEqual({ kind: 'X' });
  await target.create(ROLES, role);
  await target.update(CONFIG_MAPS, map);
  await target.delete(ROLES, '', 'system:node');
  expect(seen).toEqual([
    ['GET', '/api/v1/namespaces/default', 'system:apiserver', undefined],
    ['POST', '/apis/rbac.authorization.k8s.io/v1/clusterroles', 'system:apiserver', role],
    ['PUT', '/api/v1/namespaces/x/configmaps/a', 'system:apiserver', map],
    ['DELETE', '/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode', 'system:apiserver', undefined],
  ]);
});

test('what is not there is undefined; other refusals are told', async () => {
  const target = requestTarget(async () => jsonResponse(404, notFound(NAMESPACES, 'a').status));
  expect(await target.get(NAMESPACES, '', 'a')).toBeUndefined();
  await expect(target.delete(NAMESPACES, '', 'a')).rejects.toSatisfy((error) => hasReason(error, 'NotFound'));
});
