import { describe, expect, test } from 'vitest';
import { loadFacts } from '../api/facts/facts.ts';
import { BUILTIN } from './builtin-resources.ts';
import { createRequest, deleteCollectionRequest, deleteRequest, getRequest, listRequest, patchRequest, targetPath, updateRequest, watchRequest, type RequestSpec } from './request.ts';

const pods = BUILTIN.pods;
const web = { resource: BUILTIN.deployments, namespace: 'prod', name: 'web' };

describe('requests', () => {
  const cases: [string, RequestSpec, Partial<RequestSpec>][] = [
    ['get in the core group', getRequest({ resource: pods, namespace: 'a', name: 'x' }), { method: 'GET', path: '/api/v1/namespaces/a/pods/x' }],
    ['get at a revision', getRequest(web, { resourceVersion: '0' }), { path: '/apis/apps/v1/namespaces/prod/deployments/web?resourceVersion=0' }],
    ['get of a cluster-wide object', getRequest({ resource: BUILTIN.nodes, name: 'n' }), { path: '/api/v1/nodes/n' }],
    ['get of a subresource', getRequest({ ...web, subresource: 'scale' }), { path: '/apis/apps/v1/namespaces/prod/deployments/web/scale' }],
    ['proxy paths stay paths', getRequest({ resource: pods, namespace: 'a', name: 'x', subresource: 'proxy/a b/' }), { path: '/api/v1/namespaces/a/pods/x/proxy/a%20b/' }],
    ['names are escaped', getRequest({ resource: BUILTIN.clusterRoles, name: 'system:a/b?c' }), { path: '/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Aa%2Fb%3Fc' }],
    ['list everywhere', listRequest({ resource: pods }), { path: '/api/v1/pods' }],
    ['list a page', listRequest({ resource: pods, namespace: 'a' }, { limit: 2, continue: 'a+b=', labelSelector: 'x in (1,2)' }), { path: '/api/v1/namespaces/a/pods?labelSelector=x%20in%20(1%2C2)&limit=2&continue=a%2Bb%3D' }],
    ['watch with bookmarks by default', watchRequest({ resource: pods }, { resourceVersion: '5', timeoutSeconds: 300 }), { path: '/api/v1/pods?watch=true&allowWatchBookmarks=true&resourceVersion=5&timeoutSeconds=300' }],
    ['watch that begins with the state', watchRequest({ resource: pods }, { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' }), { path: '/api/v1/pods?watch=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&sendInitialEvents=true' }],
    ['create', createRequest({ resource: pods, namespace: 'a' }, { x: 1 }, { dryRun: true, fieldManager: 'm' }), { method: 'POST', path: '/api/v1/namespaces/a/pods?fieldManager=m&dryRun=All', body: { x: 1 } }],
    ['update', updateRequest(web, {}, { fieldValidation: 'Strict' }), { method: 'PUT', path: '/apis/apps/v1/namespaces/prod/deployments/web?fieldValidation=Strict' }],
    ['apply', patchRequest(web, { type: 'apply', body: {} }, { fieldManager: 'm', force: true }), { method: 'PATCH', contentType: 'application/apply-patch+yaml', path: '/apis/apps/v1/namespaces/prod/deployments/web?fieldManager=m&force=true' }],
    ['strategic merge patch', patchRequest(web, { type: 'strategic', body: {} }), { contentType: 'application/strategic-merge-patch+json' }],
    ['delete', deleteRequest(web, { propagationPolicy: 'Foreground', preconditions: { uid: 'u' }, gracePeriodSeconds: 0 }), { method: 'DELETE', body: { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0, propagationPolicy: 'Foreground', preconditions: { uid: 'u' } } }],
    ['delete a collection', deleteCollectionRequest({ resource: pods, namespace: 'a' }, { labelSelector: 'a=b' }), { method: 'DELETE', path: '/api/v1/namespaces/a/pods?labelSelector=a%3Db' }],
  ];
  test.each(cases)('%s', (_name, request, expected) => {
    expect(request).toMatchObject(expected);
  });

  test.each(['', '.', '..'])('a name that would name something else is refused: %j', (name) => {
    expect(() => targetPath({ ...web, name })).toThrow(RangeError);
    expect(() => targetPath({ ...web, subresource: 'proxy/../../secrets' })).toThrow(RangeError);
  });

  test('the built-in resources are those of the API, with its kinds and scopes', () => {
    const facts = loadFacts();
    for (const { group, version, resource, kind, namespaced } of Object.values(BUILTIN)) {
      expect(facts.resource(group, version, resource)).toMatchObject({ kind, namespaced });
    }
    const listed = facts.resources.filter(({ verbs }) => verbs.includes('list'));
    const known = new Set(Object.values(BUILTIN).map(({ group, resource }) => `${resource}.${group}`));
    expect(listed.filter(({ group, resource }) => !known.has(`${resource}.${group}`))).toEqual([]);
  });
});
