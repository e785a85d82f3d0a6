import { describe, expect, test } from 'vitest';
import type { KubeObject, OwnerReference } from '../../../machinery/object-meta.ts';
import type { Authorizer } from '../../authorization/authorizer.ts';
import { object } from '../../authorization/memory-reader.test-data.ts';
import { refusal, write } from '../admission-request.test-data.ts';
import { ownerReferencesPermissionEnforcement } from './owner-references-permission-enforcement.ts';

const owner = (uid: string, blockOwnerDeletion?: boolean, kind = 'ReplicaSet'): OwnerReference => ({ apiVersion: 'apps/v1', kind, name: 'o', uid, ...(blockOwnerDeletion !== undefined && { blockOwnerDeletion }) });
const owned = (...ownerReferences: OwnerReference[]): KubeObject => object('v1', 'ConfigMap', { name: 'a', namespace: 'x', ownerReferences });

function enforce(...allowed: string[]) {
  const authorizer: Authorizer = {
    name: 'test',
    authorize: ({ verb, resource, subresource, name, namespace }) =>
      allowed.includes(`${verb} ${resource}${subresource && `/${subresource}`} ${namespace}/${name}`) ? { decision: 'allow' } : { decision: 'no-opinion', reason: 'no rule' },
  };
  return ownerReferencesPermissionEnforcement({ authorizer, resourcesOfKind: (_group, _version, kind) => (kind === 'ReplicaSet' ? [{ resource: 'replicasets', namespaced: true }] : []) });
}

const DELETE = 'delete configmaps x/a';
const FINALIZE = 'update replicasets/finalizers x/o';
const cannotDelete = "cannot set an ownerRef on a resource you can't delete: no rule, <nil>";
const cannotBlock = "cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on: no rule, <nil>";

describe('owners', () => {
  test.each<[string, string[], KubeObject, KubeObject | undefined, string | undefined]>([
    ['are set on what one makes', [], owned(owner('1')), undefined, undefined],
    ['are set on what one may delete', [DELETE], owned(owner('1')), owned(), undefined],
    ['are not set on what one may not delete', [], owned(owner('1')), owned(), cannotDelete],
    ['stay without any right', [], owned(owner('1', true)), owned(owner('1', true)), undefined],
    ['are blocked by who may hold them', [FINALIZE], owned(owner('1', true)), undefined, undefined],
    ['are not blocked by others', [DELETE], owned(owner('1', true)), owned(owner('1', false)), cannotBlock],
    ['are let go', [DELETE], owned(owner('1', false)), owned(owner('1', true)), undefined],
    [
      'of unknown kinds are not blocked',
      [],
      owned(owner('1', true, 'Odd')),
      undefined,
      'cannot set blockOwnerDeletion in this case because cannot find RESTMapping for APIVersion apps/v1 Kind Odd: no matches for kind "Odd" in version "apps/v1"',
    ],
  ])('%s', async (_, allowed, now, before, message) => {
    const request = write({ resource: { group: '', version: 'v1', resource: 'configmaps' }, object: now, ...(before && { operation: 'UPDATE' as const, oldObject: before }) });
    expect((await refusal(enforce(...allowed), request))?.message?.replace('configmaps "a" is forbidden: ', '')).toBe(message);
  });
});
