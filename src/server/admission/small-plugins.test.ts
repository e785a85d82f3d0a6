import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { MemoryReader, object } from '../authorization/memory-reader.test-data.ts';
import { pod, podRefusal, podWrite, refusal, write, type RecordedWrite } from './admission-request.test-data.ts';
import type { AdmissionPlugin } from './admission-plugin.ts';
import { alwaysAdmit } from './always-admit/always-admit.ts';
import { alwaysDeny } from './always-deny/always-deny.ts';
import { alwaysPullImages } from './always-pull-images/always-pull-images.ts';
import { defaultIngressClass } from './default-ingress-class/default-ingress-class.ts';
import { defaultStorageClass } from './default-storage-class/default-storage-class.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds/default-toleration-seconds.ts';
import { denyServiceExternalIps } from './deny-service-external-ips/deny-service-external-ips.ts';
import { extendedResourceToleration } from './extended-resource-toleration/extended-resource-toleration.ts';
import { namespaceExists } from './namespace-exists/namespace-exists.ts';
import { persistentVolumeClaimResize } from './persistent-volume-claim-resize/persistent-volume-claim-resize.ts';
import { podHardAntiAffinityTopology } from './pod-hard-anti-affinity-topology/pod-hard-anti-affinity-topology.ts';
import { podNodeSelector } from './pod-node-selector/pod-node-selector.ts';
import { podResizeValidator } from './pod-resize-validator/pod-resize-validator.ts';
import { podTolerationRestriction } from './pod-toleration-restriction/pod-toleration-restriction.ts';
import { podTopologyLabels } from './pod-topology-labels/pod-topology-labels.ts';
import { storageObjectInUseProtection } from './storage-object-in-use-protection/storage-object-in-use-protection.ts';
import { taintNodesByCondition } from './taint-nodes-by-condition/taint-nodes-by-condition.ts';

const of = (group: string, resource: string, given: KubeObject, partial: Partial<RecordedWrite> = {}): RecordedWrite & { object: KubeObject } => ({
  ...write({ resource: { group, version: 'v1', resource }, object: given, ...partial }),
  object: given,
});

async function specAfter(plugin: AdmissionPlugin, request: RecordedWrite & { object: KubeObject }): Promise<unknown> {
  expect(await refusal(plugin, request)).toBeUndefined();
  return request.object['spec'];
}

test('DefaultTolerationSeconds adds what a pod does not say of failing nodes', async () => {
  const ready = { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 };
  const reachable = { ...ready, key: 'node.kubernetes.io/unreachable' };
  const cases: [object[] | undefined, object[]][] = [
    [undefined, [ready, reachable]],
    [[{ operator: 'Exists' }], [{ operator: 'Exists' }]],
    [[{ ...ready, tolerationSeconds: 5 }], [{ ...ready, tolerationSeconds: 5 }, reachable]],
    [[{ ...ready, effect: 'NoSchedule' }], [{ ...ready, effect: 'NoSchedule' }, ready, reachable]],
  ];
  for (const [tolerations, expected] of cases) expect(await specAfter(defaultTolerationSeconds(), podWrite(tolerations ? { tolerations } : {}))).toMatchObject({ tolerations: expected });
  expect(await specAfter(defaultTolerationSeconds({ notReadySeconds: 1, unreachableSeconds: 2 }), podWrite({}))).toMatchObject({ tolerations: [{ tolerationSeconds: 1 }, { tolerationSeconds: 2 }] });
});

test('TaintNodesByCondition taints new nodes once', async () => {
  const taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };
  const node = (taints?: object[]) => of('', 'nodes', object('v1', 'Node', { name: 'n' }, taints ? { spec: { taints } } : {}));
  expect(await specAfter(taintNodesByCondition(), node())).toEqual({ taints: [taint] });
  expect(await specAfter(taintNodesByCondition(), node([{ key: 'own', effect: 'NoSchedule' }, taint]))).toEqual({ taints: [{ key: 'own', effect: 'NoSchedule' }, taint] });
});

describe('a default class', () => {
  const made = (kind: string, annotation: string, name: string, creationTimestamp: string, value = 'true') => object(kind === 'StorageClass' ? 'storage.k8s.io/v1' : 'networking.k8s.io/v1', kind, { name, creationTimestamp, annotations: { [annotation]: value } });
  const IS_DEFAULT = 'storageclass.kubernetes.io/is-default-class';
  const old = made('StorageClass', IS_DEFAULT, 'old', '2025-01-01T00:00:00Z');
  const claim = (spec: object, annotations?: Record<string, string>) => of('', 'persistentvolumeclaims', object('v1', 'PersistentVolumeClaim', { name: 'd', ...(annotations && { annotations }) }, { spec }));
  test.each([
    [[], claim({}), {}],
    [[old], claim({}), { storageClassName: 'old' }],
    [[old, made('StorageClass', 'storageclass.beta.kubernetes.io/is-default-class', 'new', '2026-01-01T00:00:00Z')], claim({}), { storageClassName: 'new' }],
    [[old, made('StorageClass', IS_DEFAULT, 'also', '2025-01-01T00:00:00Z')], claim({}), { storageClassName: 'also' }],
    [[made('StorageClass', IS_DEFAULT, 'no', '2026-01-01T00:00:00Z', 'false')], claim({}), {}],
    [[old], claim({ storageClassName: '' }), { storageClassName: '' }],
    [[old], claim({}, { 'volume.beta.kubernetes.io/storage-class': 'x' }), {}],
  ])('of storage, %#', async (classes, request, expected) => expect(await specAfter(defaultStorageClass(new MemoryReader(classes)), request)).toEqual(expected));

  test('of ingresses', async () => {
    const reader = new MemoryReader([made('IngressClass', 'ingressclass.kubernetes.io/is-default-class', 'c', '2026-01-01T00:00:00Z')]);
    const ingress = (metadata: object = {}, spec: object = {}) => of('networking.k8s.io', 'ingresses', object('networking.k8s.io/v1', 'Ingress', { name: 'i', ...metadata }, { spec }));
    expect(await specAfter(defaultIngressClass(reader), ingress())).toEqual({ ingressClassName: 'c' });
    expect(await specAfter(defaultIngressClass(reader), ingress({}, { ingressClassName: 'own' }))).toEqual({ ingressClassName: 'own' });
    expect(await specAfter(defaultIngressClass(reader), ingress({ annotations: { 'kubernetes.io/ingress.class': 'old' } }))).toEqual({});
  });
});

test('StorageObjectInUseProtection holds volumes, claims and their classes, once', async () => {
  const finalizersOf = async (group: string, resource: string, finalizers?: string[]) => {
    const request = of(group, resource, object('v1', 'Any', { name: 'a', ...(finalizers && { finalizers }) }));
    await refusal(storageObjectInUseProtection(), request);
    return request.object.metadata.finalizers;
  };
  expect(await finalizersOf('', 'persistentvolumes', ['a.com/b'])).toEqual(['a.com/b', 'kubernetes.io/pv-protection']);
  expect(await finalizersOf('', 'persistentvolumeclaims', ['kubernetes.io/pvc-protection'])).toEqual(['kubernetes.io/pvc-protection']);
  expect(await finalizersOf('storage.k8s.io', 'volumeattributesclasses')).toEqual(['kubernetes.io/vac-protection']);
  expect(await finalizersOf('', 'configmaps')).toBeUndefined();
});

describe('PersistentVolumeClaimResize', () => {
  const reader = new MemoryReader([object('storage.k8s.io/v1', 'StorageClass', { name: 'grows' }, { allowVolumeExpansion: true }), object('storage.k8s.io/v1', 'StorageClass', { name: 'stays' })]);
  const claim = (storage: string, storageClassName: string, phase = 'Bound') => object('v1', 'PersistentVolumeClaim', { name: 'd' }, { spec: { storageClassName, resources: { requests: { storage } } }, status: { phase } });
  const head = 'persistentvolumeclaims "d" is forbidden:';
  const cannot = `${head} only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize`;
  test.each([
    [claim('2Gi', 'grows'), claim('1Gi', 'grows'), undefined],
    [claim('2Gi', 'stays'), claim('1Gi', 'stays'), cannot],
    [claim('2Gi', ''), claim('1Gi', ''), cannot],
    [claim('2Gi', 'grows'), claim('1Gi', 'stays'), cannot],
    [claim('2Gi', 'grows', 'Pending'), claim('1Gi', 'grows', 'Pending'), `${head} Only bound persistent volume claims can be expanded`],
    [claim('1024Mi', 'stays'), claim('1Gi', 'stays'), undefined],
  ])('%#', async (now, oldObject, message) => expect((await refusal(persistentVolumeClaimResize(reader), of('', 'persistentvolumeclaims', now, { operation: 'UPDATE', oldObject })))?.message).toBe(message));
});

test('PodTopologyLabels gives pods and bindings the node’s zone and region', async () => {
  const zone = { 'topology.kubernetes.io/zone': 'z', 'topology.kubernetes.io/region': 'r' };
  const plugin = podTopologyLabels(new MemoryReader([object('v1', 'Node', { name: 'n', labels: { ...zone, other: 'o' } })]));
  const labelsAfter = async (request: RecordedWrite & { object: KubeObject }) => {
    await refusal(plugin, request);
    return request.object.metadata.labels;
  };
  const binding = (kind: string) => of('', 'pods', object('v1', 'Binding', { name: 'p', labels: { 'topology.kubernetes.io/zone': 'wrong' } }, { target: { kind, name: 'n' } }), { subresource: 'binding' });
  expect(await labelsAfter(binding('Node'))).toEqual(zone);
  expect(await labelsAfter(binding('Pod'))).toEqual({ 'topology.kubernetes.io/zone': 'wrong' });
  expect(await labelsAfter(podWrite({ nodeName: 'n' }))).toEqual(zone);
  expect(await labelsAfter(podWrite({ nodeName: 'gone' }))).toBeUndefined();
});

describe('PodResizeValidator', () => {
  const node = (name: string, labels: Record<string, string>) => object('v1', 'Node', { name, labels }, { status: { allocatable: { cpu: '2', memory: '1Gi' } } });
  const plugin = podResizeValidator(new MemoryReader([node('n', { 'kubernetes.io/os': 'linux' }), node('w', { 'kubernetes.io/os': 'windows' })]));
  const resize = (nodeName: string, requests: object, generation = 2) =>
    write({ operation: 'UPDATE', subresource: 'resize', oldObject: pod({}, { generation: 1 }), object: pod({ nodeName, containers: [{ name: 'c', resources: { requests } }] }, { generation }) });
  test.each([
    [resize('n', { cpu: '2' }), undefined, undefined],
    [resize('n', { cpu: '2500m', memory: '2Gi' }), "Node didn't have enough allocatable resources: cpu, requested: 2500, allocatable: 2000; memory, requested: 2147483648, allocatable: 1073741824", 'NodeCapacity'],
    [resize('n', { cpu: '9' }, 1), undefined, undefined],
    [resize('w', {}), 'pod resize is only supported on linux nodes, node "w" is "windows"', 'UnsupportedPlatform'],
    [resize('gone', {}), 'node "gone" not found', undefined],
    [resize('', { cpu: '9' }), undefined, undefined],
  ])('%#', async (request, message, reason) => {
    const status = await refusal(plugin, request);
    expect(status?.message).toBe(message && `pods "p" is forbidden: ${message}`);
    expect(status?.details?.causes?.[0]?.reason).toBe(reason);
  });
});

describe('AlwaysPullImages', () => {
  test('pulls every image of a pod anew', async () => {
    const spec = { initContainers: [{ name: 'i', imagePullPolicy: 'Never' }], volumes: [{ name: 'v', image: { reference: 'r', pullPolicy: 'IfNotPresent' } }] };
    expect(await specAfter(alwaysPullImages(), podWrite(spec))).toMatchObject({ containers: [{ imagePullPolicy: 'Always' }], initContainers: [{ imagePullPolicy: 'Always' }], volumes: [{ image: { pullPolicy: 'Always' } }] });
  });

  test('leaves old pods alone until they get a new image, and refuses what was changed back', async () => {
    const old = pod({ containers: [{ name: 'c', image: 'i', imagePullPolicy: 'Never' }] });
    expect(await specAfter(alwaysPullImages(), podWrite({}, { operation: 'UPDATE', object: structuredClone(old), oldObject: old }))).toEqual(old['spec']);
    const request = podWrite({ containers: [{ name: 'c', image: 'i', imagePullPolicy: 'Never' }] });
    expect(() => alwaysPullImages().validate?.(request)).toThrow('pods "p" is forbidden: spec.containers[0].imagePullPolicy: Unsupported value: "Never": supported values: "Always"');
  });
});

test('ExtendedResourceToleration tolerates the taints of what a pod asks for', async () => {
  const spec = { containers: [{ name: 'c', resources: { requests: { 'b.com/x': '1', cpu: '1', 'a.com/y': '1' } } }], tolerations: [{ key: 'b.com/x', operator: 'Exists' }] };
  expect(await specAfter(extendedResourceToleration(), podWrite(spec))).toMatchObject({ tolerations: [{ key: 'b.com/x', operator: 'Exists' }, { key: 'a.com/y', operator: 'Exists' }] });
});

describe('PodNodeSelector', () => {
  const plugin = podNodeSelector(new MemoryReader([object('v1', 'Namespace', { name: 'x', annotations: { 'scheduler.alpha.kubernetes.io/node-selector': 'env=test,zone=a' } }), object('v1', 'Namespace', { name: 'open' })]));
  test('puts the namespace’s selector beside the pod’s own', async () => {
    expect(await specAfter(plugin, podWrite({ nodeSelector: { disk: 'ssd', env: 'test' } }))).toMatchObject({ nodeSelector: { disk: 'ssd', env: 'test', zone: 'a' } });
    expect(await specAfter(plugin, podWrite({}, { namespace: 'open' }))).not.toHaveProperty('nodeSelector');
  });
  test('refuses what contradicts it', async () => {
    expect(await podRefusal(plugin, podWrite({ nodeSelector: { env: 'prod' } }))).toBe('pod node label selector conflicts with its namespace node label selector');
    expect((await refusal(plugin, podWrite({}, { namespace: 'gone' })))?.message).toBe('namespaces "gone" not found');
  });
});

describe('PodTolerationRestriction', () => {
  const P = 'scheduler.alpha.kubernetes.io/';
  const plugin = (annotations: Record<string, string>) => podTolerationRestriction(new MemoryReader([object('v1', 'Namespace', { name: 'x', annotations })]));
  test('adds the namespace’s defaults, and memory pressure for who asks for something', async () => {
    const defaults = { [`${P}defaultTolerations`]: '[{"key":"a","operator":"Exists"}]' };
    expect(await specAfter(plugin(defaults), podWrite({ tolerations: [{ key: 'b', operator: 'Exists' }] }))).toMatchObject({ tolerations: [{ key: 'a', operator: 'Exists' }, { key: 'b', operator: 'Exists' }] });
    expect(await specAfter(plugin({}), podWrite({ containers: [{ name: 'c', resources: { requests: { cpu: '1' } } }] }))).toMatchObject({ tolerations: [{ key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' }] });
  });
  test('refuses what the namespace does not allow', async () => {
    const whitelist = { [`${P}tolerationsWhitelist`]: '[{"key":"a","operator":"Exists"}]' };
    expect(await refusal(plugin(whitelist), podWrite({ tolerations: [{ key: 'b', operator: 'Exists' }] }))).toMatchObject({ code: 500, message: 'pod tolerations (possibly merged with namespace default tolerations) conflict with its namespace whitelist' });
    expect(await refusal(plugin(whitelist), podWrite({ tolerations: [{ key: 'a', operator: 'Equal', value: 'v' }] }))).toBeUndefined();
    expect((await refusal(plugin({ [`${P}tolerationsWhitelist`]: '{' }), podWrite({ tolerations: [{ key: 'a' }] })))?.code).toBe(500);
  });
});

test('LimitPodHardAntiAffinityTopology keeps anti-affinity to the node', async () => {
  const spec = (topologyKey: string) => ({ affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname' }, { topologyKey }] } } });
  expect(await podRefusal(podHardAntiAffinityTopology(), podWrite(spec('kubernetes.io/hostname')))).toBeUndefined();
  expect(await podRefusal(podHardAntiAffinityTopology(), podWrite(spec('zone')))).toBe('affinity.PodAntiAffinity.RequiredDuringScheduling has TopologyKey zone but only key kubernetes.io/hostname is allowed');
});

test('DenyServiceExternalIPs keeps services to the addresses they have', async () => {
  const service = (...externalIPs: string[]) => object('v1', 'Service', { name: 's' }, { spec: { externalIPs } });
  const refused = async (now: KubeObject, oldObject?: KubeObject) => (await refusal(denyServiceExternalIps(), of('', 'services', now, oldObject ? { operation: 'UPDATE', oldObject } : {})))?.message;
  expect(await refused(service())).toBeUndefined();
  expect(await refused(service('1.2.3.4'))).toBe('services "s" is forbidden: Use of external IPs is denied by admission control');
  expect(await refused(service('1.2.3.4'), service('1.2.3.4', '5.6.7.8'))).toBeUndefined();
});

test('AlwaysAdmit, AlwaysDeny and NamespaceExists do as they say', async () => {
  expect(await refusal(alwaysAdmit(), podWrite({}))).toBeUndefined();
  expect(await podRefusal(alwaysDeny(), podWrite({}))).toBe('admission control is denying all modifications');
  const exists = namespaceExists(new MemoryReader([object('v1', 'Namespace', { name: 'x' })]));
  expect(await refusal(exists, podWrite({}))).toBeUndefined();
  expect((await refusal(exists, podWrite({}, { namespace: 'y', operation: 'DELETE' })))?.message).toBe('namespaces "y" not found');
  expect(await refusal(exists, of('', 'namespaces', object('v1', 'Namespace', { name: 'y' }), { namespace: 'y' }))).toBeUndefined();
});
