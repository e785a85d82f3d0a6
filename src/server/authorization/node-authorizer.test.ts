import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { UserInfo } from '../authentication/authenticator.ts';
import type { Attributes } from './authorizer.ts';
import { MemoryReader, object } from './memory-reader.test-data.ts';
import { NodeAuthorizer } from './node-authorizer.ts';

const n1: UserInfo = { name: 'system:node:n1', groups: ['system:nodes', 'system:authenticated'] };
const nodeRules = [
  { verbs: ['get', 'list', 'watch'], apiGroups: [''], resources: ['services'] },
  { verbs: ['create', 'get'], apiGroups: [''], resources: ['nodes'] },
  { verbs: ['patch'], apiGroups: [''], resources: ['pods/status'] },
  { verbs: ['create', 'delete'], apiGroups: [''], resources: ['pods'] },
];

const pod = (name: string, spec: object, metadata: Partial<KubeObject['metadata']> = {}): KubeObject => object('v1', 'Pod', { name, namespace: 'x', ...metadata }, { spec: { nodeName: 'n1', ...spec } });

function authorizer(...objects: KubeObject[]): NodeAuthorizer {
  return new NodeAuthorizer({ reader: new MemoryReader(objects), nodeRules });
}

function ask(subject: NodeAuthorizer, verb: string, resource: string, more: Partial<Attributes> = {}): string {
  const [plain = '', subresource = ''] = resource.split('/');
  const { decision, reason } = subject.authorize({ user: n1, verb, resourceRequest: true, path: '', group: '', version: 'v1', resource: plain, subresource, namespace: 'x', name: 'a', ...more });
  return decision === 'allow' ? 'allow' : (reason ?? '');
}

const UNRELATED = 'no relationship found between node \'n1\' and this object';

describe('what a pod of the node uses may be read', () => {
  test.each([
    ['a secret volume', 'secrets', { volumes: [{ name: 'v', secret: { secretName: 'a' } }] }],
    ['a projected secret', 'secrets', { volumes: [{ name: 'v', projected: { sources: [{ secret: { name: 'a' } }] } }] }],
    ['a driver\'s secret', 'secrets', { volumes: [{ name: 'v', csi: { driver: 'd', nodePublishSecretRef: { name: 'a' } } }] }],
    ['a pull secret', 'secrets', { imagePullSecrets: [{ name: 'a' }] }],
    ['a secret in the environment', 'secrets', { containers: [{ env: [{ name: 'E', valueFrom: { secretKeyRef: { name: 'a' } } }] }] }],
    ['a secret as environment', 'secrets', { initContainers: [{ envFrom: [{ secretRef: { name: 'a' } }] }] }],
    ['a config map volume', 'configmaps', { volumes: [{ name: 'v', configMap: { name: 'a' } }] }],
    ['a config map in the environment', 'configmaps', { ephemeralContainers: [{ env: [{ name: 'E', valueFrom: { configMapKeyRef: { name: 'a' } } }] }] }],
    ['a claim', 'persistentvolumeclaims', { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'a' } }] }],
    ['its account', 'serviceaccounts', { serviceAccountName: 'a' }],
  ])('%s', (_, resource, spec) => {
    expect(ask(authorizer(pod('p', spec)), 'get', resource)).toBe('allow');
    expect(ask(authorizer(pod('p', { ...spec, nodeName: 'n2' })), 'get', resource)).toBe(UNRELATED);
    expect(ask(authorizer(pod('p', spec, { namespace: 'y' })), 'get', resource)).toBe(UNRELATED);
    expect(ask(authorizer(pod('p', spec, { annotations: { 'kubernetes.io/config.mirror': 'm' } })), 'get', resource)).toBe(UNRELATED);
  });

  test('a volume and its driver\'s secret, as far as volume and claim name each other', () => {
    const claim = object('v1', 'PersistentVolumeClaim', { name: 'c', namespace: 'x' }, { spec: { volumeName: 'v' } });
    const volume = (claimRef: object): KubeObject => object('v1', 'PersistentVolume', { name: 'v' }, { spec: { claimRef, csi: { nodeStageSecretRef: { name: 'a', namespace: 'storage' } } } });
    const user = pod('p', { volumes: [{ name: 'w', ephemeral: {} }, { name: 'x', persistentVolumeClaim: { claimName: 'c' } }] });
    const bound = authorizer(claim, volume({ namespace: 'x', name: 'c' }), user);
    expect(ask(bound, 'get', 'persistentvolumes', { namespace: '', name: 'v' })).toBe('allow');
    expect(ask(bound, 'get', 'secrets', { namespace: 'storage' })).toBe('allow');
    expect(ask(bound, 'get', 'persistentvolumeclaims', { name: 'p-w' })).toBe('allow');
    const stolen = authorizer(claim, volume({ namespace: 'y', name: 'c' }), user);
    expect(ask(stolen, 'get', 'persistentvolumes', { namespace: '', name: 'v' })).toBe(UNRELATED);
    expect(ask(stolen, 'get', 'secrets', { namespace: 'storage' })).toBe(UNRELATED);
  });

  test('and ends with the pod', () => {
    const reader = new MemoryReader([pod('p', { imagePullSecrets: [{ name: 'a' }] })]);
    const subject = new NodeAuthorizer({ reader, nodeRules });
    expect(ask(subject, 'get', 'secrets')).toBe('allow');
    reader.remove(pod('p', {}));
    expect(ask(subject, 'get', 'secrets')).toBe(UNRELATED);
  });
});

describe('a node', () => {
  const subject = authorizer(pod('mine', { serviceAccountName: 'robot' }), pod('other', { nodeName: 'n2' }));
  const storage = { group: 'storage.k8s.io', namespace: '' };
  const leases = { group: 'coordination.k8s.io', namespace: 'kube-node-lease' };
  const slices = { group: 'resource.k8s.io', namespace: '', name: '' };
  test.each<[string, string, Partial<Attributes>, string]>([
    ['get', 'nodes', { namespace: '', name: 'n1' }, 'allow'],
    ['get', 'nodes', { namespace: '', name: 'n2' }, 'node \'n1\' cannot read \'n2\', only its own Node object'],
    ['list', 'nodes', { namespace: '', name: '' }, 'node \'n1\' cannot read all nodes, only its own Node object'],
    ['create', 'nodes', { namespace: '', name: '' }, 'allow'],
    ['delete', 'nodes', { namespace: '', name: 'n1' }, ''],
    ['get', 'pods', { name: 'mine' }, 'allow'],
    ['get', 'pods', { name: 'other' }, UNRELATED],
    ['list', 'pods', { namespace: '', name: '' }, 'can only list/watch pods with spec.nodeName field selector'],
    ['list', 'pods', { namespace: '', name: '', fieldSelector: 'spec.nodeName=n1' }, 'allow'],
    ['watch', 'pods', { namespace: '', name: '', fieldSelector: 'status.phase!=Failed,spec.nodeName==n1' }, 'allow'],
    ['list', 'pods', { namespace: '', name: '', fieldSelector: 'spec.nodeName=n2' }, 'can only list/watch pods with spec.nodeName field selector'],
    ['patch', 'pods/status', { name: 'other' }, 'allow'],
    ['update', 'pods', { name: 'mine' }, ''],
    ['patch', 'secrets', {}, 'can only read resources of this type'],
    ['list', 'secrets', { name: '' }, 'No Object name found'],
    ['get', 'secrets', { namespace: '' }, 'can only read namespaced object of this type'],
    ['list', 'persistentvolumeclaims', {}, 'can only get individual resources of this type'],
    ['delete', 'persistentvolumeclaims/status', {}, 'can only get/update/patch this type'],
    ['create', 'serviceaccounts/token', { name: 'robot' }, 'allow'],
    ['create', 'serviceaccounts/token', { name: 'default' }, UNRELATED],
    ['create', 'serviceaccounts', { name: '' }, 'can only create tokens for individual service accounts'],
    ['get', 'leases', { ...leases, name: 'n1' }, 'allow'],
    ['get', 'leases', { ...leases, name: 'n2' }, 'can only access node lease with the same name as the requesting node'],
    ['create', 'leases', { ...leases, name: '' }, 'allow'],
    ['get', 'leases', { ...leases, namespace: 'default', name: 'n1' }, 'can only access leases in the "kube-node-lease" system namespace'],
    ['list', 'leases', leases, 'can only get, create, update, patch, or delete a node lease'],
    ['update', 'csinodes', { ...storage, name: 'n1' }, 'allow'],
    ['update', 'csinodes', { ...storage, name: 'n2' }, 'can only access CSINode with the same name as the requesting node'],
    ['list', 'volumeattachments', { ...storage, name: '' }, 'can only get individual resources of this type'],
    ['create', 'resourceslices', slices, 'allow'],
    ['list', 'resourceslices', { ...slices, fieldSelector: 'spec.nodeName=n1' }, 'allow'],
    ['list', 'resourceslices', slices, 'can only list/watch/deletecollection resourceslices with nodeName field selector'],
    ['list', 'services', { name: '' }, 'allow'],
    ['list', 'deployments', { group: 'apps', name: '' }, ''],
    ['get', '', { resourceRequest: false, path: '/metrics' }, ''],
  ])('%s %s %j: %s', (verb, resource, more, outcome) => expect(ask(subject, verb, resource, more)).toBe(outcome));

  test.each<[UserInfo, string]>([
    [{ name: 'system:node:n1', groups: [] }, ''],
    [{ name: 'somebody', groups: ['system:nodes'] }, ''],
    [{ name: 'system:node:', groups: ['system:nodes'] }, 'unknown node for user "system:node:"'],
  ])('is not %j', (user, reason) => expect(ask(subject, 'get', 'nodes', { user, namespace: '', name: 'n1' })).toBe(reason));

  test('cannot be told its rules', () => {
    expect(subject.rulesFor(n1)).toMatchObject({ incomplete: true, evaluationError: 'node authorizer does not support user rule resolution' });
    expect(subject.rulesFor({ name: 'alice', groups: [] })).toEqual({ resourceRules: [], nonResourceRules: [], incomplete: false });
  });
});
