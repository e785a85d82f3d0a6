import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { Authorizer } from '../../authorization/authorizer.ts';
import { MemoryReader, object } from '../../authorization/memory-reader.test-data.ts';
import { pod, refusal, write, type RecordedWrite } from '../admission-request.test-data.ts';
import { nodeRestriction } from './node-restriction.ts';

const MIRROR = { 'kubernetes.io/config.mirror': 'hash' };
const owner = { apiVersion: 'v1', kind: 'Node', name: 'n1', uid: 'uid-n1', controller: true };
const token = (audience?: string) => ({ volumes: [{ name: 't', projected: { sources: [{ serviceAccountToken: { path: 't', ...(audience !== undefined && { audience }) } }] } }] });
const reader = new MemoryReader([
  object('v1', 'Node', { name: 'n1', uid: 'uid-n1' }),
  pod({ nodeName: 'n1', volumes: [...token('vault').volumes, { name: 'i', csi: { driver: 'inline' } }, { name: 'd', persistentVolumeClaim: { claimName: 'd' } }] }, { name: 'mine', uid: 'uid-mine' }),
  object('v1', 'PersistentVolumeClaim', { name: 'd', namespace: 'x' }, { spec: { volumeName: 'pv' } }),
  object('v1', 'PersistentVolume', { name: 'pv' }, { spec: { csi: { driver: 'bound' } } }),
  object('storage.k8s.io/v1', 'CSIDriver', { name: 'inline' }, { spec: { tokenRequests: [{ audience: 'of-inline' }] } }),
  object('storage.k8s.io/v1', 'CSIDriver', { name: 'bound' }, { spec: { tokenRequests: [{ audience: '' }, { audience: 'of-bound' }] } }),
  pod({ nodeName: 'n2' }, { name: 'theirs', uid: 'uid-theirs' }),
]);
const authorizer: Authorizer = {
  name: 'test',
  authorize: ({ verb, resource, namespace, name }) => ({ decision: `${verb} ${resource} ${namespace}/${name}` === 'request-serviceaccounts-token-audience granted x/a' ? 'allow' : 'no-opinion' }),
};
const plugin = nodeRestriction({ reader, authorizer });
const USER = { name: 'system:node:n1', groups: ['system:nodes'] };

function asks(resource: string, partial: Partial<RecordedWrite>): RecordedWrite {
  const [plural = '', group = ''] = resource.split('.x ');
  return write({ user: USER, resource: { group, version: 'v1', resource: plural }, ...partial });
}

async function outcome(request: RecordedWrite): Promise<string | undefined> {
  return (await refusal(plugin, request))?.message?.replace(/^.* is forbidden: /, '');
}

describe('pods', () => {
  const mirror = (spec: object = {}, metadata: Partial<KubeObject['metadata']> = {}) => pod({ nodeName: 'n1', ...spec }, { annotations: MIRROR, ownerReferences: [owner], ...metadata });
  const own = 'node "n1" can only create pods with an owner reference set to itself';
  test.each([
    ['its own mirror', mirror(), undefined],
    ['no mirror', mirror({}, { annotations: {} }), 'pod does not have "kubernetes.io/config.mirror" annotation, node "n1" can only create mirror pods'],
    ['a mirror elsewhere', mirror({ nodeName: 'n2' }), 'node "n1" can only create pods with spec.nodeName set to itself'],
    ['without an owner', mirror({}, { ownerReferences: [] }), own],
    ['of another owner', mirror({}, { ownerReferences: [{ ...owner, name: 'n2' }] }), own],
    ['of two owners', mirror({}, { ownerReferences: [owner, owner] }), 'node "n1" can only create pods with a single owner reference set to itself'],
    ['not controlled', mirror({}, { ownerReferences: [{ ...owner, controller: false }] }), 'node "n1" can only create pods with a controller owner reference set to itself'],
    ['blocking', mirror({}, { ownerReferences: [{ ...owner, blockOwnerDeletion: true }] }), 'node "n1" must not set blockOwnerDeletion on an owner reference'],
    ['of an older node', mirror({}, { ownerReferences: [{ ...owner, uid: 'old' }] }), 'node "n1" UID mismatch: expected old got uid-n1'],
    ['with an account', mirror({ serviceAccountName: 'a' }), 'node "n1" can not create pods that reference a service account'],
    ['with a secret', mirror({ volumes: [{ name: 'v', secret: { secretName: 's' } }] }), 'node "n1" can not create pods that reference secrets'],
    ['with a config map', mirror({ containers: [{ name: 'c', envFrom: [{ configMapRef: { name: 'm' } }] }] }), 'node "n1" can not create pods that reference configmaps'],
    ['with a claim', mirror({ volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'd' } }] }), 'node "n1" can not create pods that reference persistentvolumeclaims'],
    ['with devices', mirror({ resourceClaims: [{ name: 'd' }] }), 'node "n1" can not create pods that reference resourceclaims'],
  ])('are made as %s', async (_, made, expected) => expect(await outcome(asks('pods', { object: made }))).toBe(expected));

  test.each([
    [{ operation: 'DELETE', name: 'mine' }, undefined],
    [{ operation: 'DELETE', name: 'theirs' }, 'node "n1" can only delete pods with spec.nodeName set to itself'],
    [{ operation: 'DELETE', name: 'gone' }, 'pods "gone" not found'],
    [{ operation: 'UPDATE', name: 'mine' }, 'unexpected operation "UPDATE", node "n1" can only create and delete mirror pods'],
    [{ subresource: 'eviction', name: 'mine' }, undefined],
    [{ subresource: 'eviction', name: 'theirs' }, 'node n1 can only evict pods with spec.nodeName set to itself'],
    [{ subresource: 'binding', name: 'mine' }, `unexpected pod subresource "binding", only 'status' and 'eviction' are allowed`],
  ] as const)('%j', async (partial, expected) => expect(await outcome(asks('pods', partial))).toBe(expected));

  test('tell their status, not their labels', async () => {
    const status = (object: KubeObject, oldObject: KubeObject) => outcome(asks('pods', { operation: 'UPDATE', subresource: 'status', object, oldObject }));
    const mine = pod({ nodeName: 'n1' });
    expect(await status({ ...mine, status: { phase: 'Running' } }, mine)).toBeUndefined();
    expect(await status(mine, pod({ nodeName: 'n2' }))).toBe('node "n1" can only update pod status for pods with spec.nodeName set to itself');
    expect(await status({ ...mine, metadata: { ...mine.metadata, labels: { a: 'b' } } }, mine)).toBe('node "n1" cannot update labels through pod status');
    expect(await status({ ...mine, status: { resourceClaimStatuses: [{ name: 'c' }] } }, mine)).toBe('node "n1" cannot update resource claim statuses');
  });
});

describe('its node', () => {
  const node = (labels: Record<string, string>, rest: Record<string, unknown> = {}, name = 'n1') => object('v1', 'Node', { name, labels }, rest);
  const update = (to: KubeObject, from: KubeObject) => outcome(asks('nodes', { operation: 'UPDATE', namespace: '', name: 'n1', object: to, oldObject: from }));

  test('registers with labels of the kubelets’ own', async () => {
    const labels = { 'kubernetes.io/hostname': 'n1', 'a.node.kubernetes.io/b': 'c', 'mine.example.com/a': 'b', plain: 'x' };
    expect(await outcome(asks('nodes', { object: node(labels), namespace: '', name: 'n1' }))).toBeUndefined();
    expect(await outcome(asks('nodes', { object: node({ ...labels, 'node-restriction.kubernetes.io/b': '', 'other.k8s.io/a': '' }), namespace: '', name: 'n1' }))).toBe(
      'node "n1" is not allowed to set the following labels: node-restriction.kubernetes.io/b, other.k8s.io/a',
    );
    expect(await outcome(asks('nodes', { object: node({}, {}, 'n2'), namespace: '', name: 'n2' }))).toBe('node "n1" is not allowed to modify node "n2"');
  });

  test('changes neither its taints nor what draws pods to it', async () => {
    expect(await update(node({ 'kubernetes.io/arch': 'arm64' }), node({}))).toBeUndefined();
    expect(await update(node({}, { spec: { taints: [] } }), node({}, { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } }))).toBe('node "n1" is not allowed to modify taints');
    expect(await update(node({}), node({ 'node-role.kubernetes.io/edge': '' }))).toBe('node "n1" is not allowed to modify labels: node-role.kubernetes.io/edge');
    expect(await update({ ...node({}), metadata: { name: 'n1', ownerReferences: [owner] } }, node({}))).toBe('node "n1" is not allowed to modify ownerReferences');
  });
});

describe('tokens', () => {
  const request = (spec: object) => outcome(asks('serviceaccounts', { subresource: 'token', name: 'a', object: object('authentication.k8s.io/v1', 'TokenRequest', {}, { spec }) }));
  const bound = (name: string, uid?: string) => ({ boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, ...(uid !== undefined && { uid }) } });
  test.each([
    [{}, 'node requested token not bound to a pod'],
    [{ boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name: 's', uid: 'u' } }, 'node requested token not bound to a pod'],
    [bound('mine'), 'node requested token with a pod binding without a uid'],
    [bound('mine', 'old'), 'the UID in the bound object reference (old) does not match the UID in record. The object might have been deleted and then recreated'],
    [bound('theirs', 'uid-theirs'), 'node requested token bound to a pod scheduled on a different node'],
    [{ ...bound('mine', 'uid-mine'), audiences: ['vault'] }, undefined],
    [{ ...bound('mine', 'uid-mine'), audiences: ['of-inline'] }, undefined],
    [{ ...bound('mine', 'uid-mine'), audiences: ['of-bound'] }, undefined],
    [bound('mine', 'uid-mine'), undefined],
    [{ ...bound('mine', 'uid-mine'), audiences: ['granted'] }, undefined],
    [{ ...bound('mine', 'uid-mine'), audiences: ['other'] }, 'audience "other" not found in pod spec volume, system:node:n1 is not authorized to request tokens for this audience'],
    [{ ...bound('mine', 'uid-mine'), audiences: ['a', 'b'] }, 'node may only request 0 or 1 audiences'],
  ])('%j', async (spec, expected) => expect(await request(spec)).toBe(expected));
});

describe('other things of its own', () => {
  const lease = (namespace: string, name: string) => asks('leases.x coordination.k8s.io', { namespace, name, operation: 'DELETE' });
  const slice = (nodeName: string) => asks('resourceslices.x resource.k8s.io', { namespace: '', object: object('resource.k8s.io/v1', 'ResourceSlice', { name: 's' }, { spec: { nodeName } }) });
  test.each([
    [lease('kube-node-lease', 'n1'), undefined],
    [lease('kube-node-lease', 'n2'), 'can only access node lease with the same name as the requesting node'],
    [lease('default', 'n1'), 'can only access leases in the "kube-node-lease" system namespace'],
    [asks('csinodes.x storage.k8s.io', { name: 'n2', operation: 'UPDATE' }), 'can only access CSINode with the same name as the requesting node'],
    [slice('n1'), undefined],
    [slice('n2'), 'can only create ResourceSlice with the same NodeName as the requesting node'],
    [asks('persistentvolumeclaims', { operation: 'UPDATE' }), 'may only update PVC status'],
    [asks('configmaps', {}), undefined],
    [{ ...lease('default', 'n1'), user: { name: 'system:node:n1', groups: [] } }, undefined],
    [{ ...lease('kube-node-lease', 'n1'), user: { name: 'system:node:', groups: ['system:nodes'] } }, 'could not determine node from user "system:node:"'],
  ])('%#', async (request, expected) => expect(await outcome(request)).toBe(expected));

  test('claims: how large their volume has become, and nothing else', async () => {
    const claim = (status: object) => object('v1', 'PersistentVolumeClaim', { name: 'd', resourceVersion: '1' }, { spec: {}, status });
    const update = (status: object) => outcome(asks('persistentvolumeclaims', { operation: 'UPDATE', subresource: 'status', object: claim(status), oldObject: claim({ phase: 'Bound' }) }));
    expect(await update({ phase: 'Bound', capacity: { storage: '2Gi' }, conditions: [] })).toBeUndefined();
    expect(await update({ phase: 'Lost' })).toBe('node "n1" is not allowed to update fields other than status.quantity and status.conditions');
  });
});
