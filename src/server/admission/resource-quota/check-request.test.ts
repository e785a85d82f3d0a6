import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { object } from '../../authorization/memory-reader.test-data.ts';
import { pod, podWrite, write, type RecordedWrite } from '../admission-request.test-data.ts';
import { checkRequest } from './check-request.ts';
import { UsageEvaluators } from '../../../api/quota/evaluators/evaluators.ts';
import { quotaOf } from '../../../api/quota/quota.ts';
import { formatUsage } from '../../../api/quota/usage.ts';

const evaluators = new UsageEvaluators(() => Date.parse('2026-01-01T00:00:00Z'));

interface QuotaSpec {
  readonly scopes?: readonly string[];
  readonly scopeSelector?: object;
  readonly used?: Record<string, string>;
}

const quota = (hard: Record<string, string>, { used, ...spec }: QuotaSpec = {}, name = 'q'): KubeObject =>
  object('v1', 'ResourceQuota', { name, namespace: 'x' }, { spec, status: { hard, used: used ?? Object.fromEntries(Object.keys(hard).map((key) => [key, '0'])) } });

/** What is used afterwards, or why not. */
function check(request: RecordedWrite, ...quotas: KubeObject[]): unknown {
  const evaluator = evaluators.find(request.resource);
  if (evaluator === undefined || !evaluator.handles(request.operation, request.subresource)) return 'not counted';
  const verdict = checkRequest(request, evaluator, quotas.map(quotaOf));
  return verdict.type === 'refused' ? verdict.detail : Object.fromEntries([...verdict.charged].map(([name, usage]) => [name, formatUsage(usage)]));
}

const of = (group: string, resource: string, given: object, partial: Partial<RecordedWrite> = {}): RecordedWrite =>
  write({ resource: { group, version: 'v1', resource }, object: object('v1', 'Any', { name: 'a', namespace: 'x', resourceVersion: '1' }, { spec: given }), ...partial });
const changed = (request: RecordedWrite, before: object): RecordedWrite => ({ ...request, operation: 'UPDATE', oldObject: object('v1', 'Any', { name: 'a', resourceVersion: '1' }, { spec: before }) });
const sized = (resources: object, rest: object = {}) => ({ containers: [{ name: 'c', resources }], ...rest });

describe('pods', () => {
  const full = { requests: { cpu: '500m', memory: '1Gi', 'ephemeral-storage': '1Gi', 'hugepages-2Mi': '4Mi', 'example.com/gpu': '2' }, limits: { cpu: '1', memory: '2Gi' } };
  test.each([
    ['by number', { pods: '1', 'count/pods': '2' }, {}, { q: 'count/pods=1,pods=1' }],
    ['by what they ask for', { cpu: '1', 'requests.memory': '9Gi', 'limits.cpu': '1', 'limits.memory': '2Gi' }, sized(full), { q: 'cpu=500m,limits.cpu=1,limits.memory=2Gi,requests.memory=1Gi' }],
    ['by devices and pages', { 'requests.example.com/gpu': '2', 'hugepages-2Mi': '4Mi', 'requests.ephemeral-storage': '1Gi' }, sized(full), { q: 'hugepages-2Mi=4Mi,requests.ephemeral-storage=1Gi,requests.example.com/gpu=2' }],
    ['with their overhead', { 'requests.cpu': '1' }, sized({ requests: { cpu: '250m' } }, { overhead: { cpu: '250m' } }), { q: 'requests.cpu=500m' }],
    ['as a whole where they say so', { 'requests.cpu': '1' }, { resources: { requests: { cpu: '700m' } } }, { q: 'requests.cpu=700m' }],
    ['by their largest init container', { 'requests.cpu': '2' }, sized({ requests: { cpu: '1' } }, { initContainers: [{ name: 'i', resources: { requests: { cpu: '1500m' } } }] }), { q: 'requests.cpu=1500m' }],
    ['not by what no quota names', { configmaps: '0' }, {}, {}],
    ['too many', { pods: '0' }, {}, 'exceeded quota: q, requested: pods=1, used: pods=0, limited: pods=0'],
    ['too large', { 'requests.cpu': '100m', 'requests.memory': '1Mi' }, sized(full), 'exceeded quota: q, requested: requests.cpu=500m,requests.memory=1Gi, used: requests.cpu=0,requests.memory=0, limited: requests.cpu=100m,requests.memory=1Mi'],
    ['that do not say what is limited', { 'limits.memory': '1Gi', cpu: '1', pods: '9' }, { containers: [{ name: 'e' }, { name: 'c', resources: { requests: { cpu: '1' } } }] }, 'failed quota: q: must specify cpu for: e; limits.memory for: c,e'],
  ])('%s', (_, hard, spec, expected) => expect(check(podWrite(spec), quota(hard))).toEqual(expected));

  test.each([
    ['Terminating', {}, { activeDeadlineSeconds: 1 }, true],
    ['NotTerminating', {}, { activeDeadlineSeconds: 1 }, false],
    ['BestEffort', {}, {}, true],
    ['NotBestEffort', {}, {}, false],
    ['NotBestEffort', {}, sized({ requests: { cpu: '1' } }), true],
    ['PriorityClass', { operator: 'In', values: ['high'] }, { priorityClassName: 'high' }, true],
    ['PriorityClass', { operator: 'NotIn', values: ['high'] }, {}, true],
    ['PriorityClass', { operator: 'Exists' }, {}, false],
    ['PriorityClass', { operator: 'DoesNotExist' }, {}, true],
    ['CrossNamespacePodAffinity', { operator: 'Exists' }, { affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ podAffinityTerm: { namespaceSelector: {} } }] } } }, true],
    ['CrossNamespacePodAffinity', { operator: 'Exists' }, { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'k' }] } } }, false],
  ])('in the scope %s %j: %j %s', (scopeName, selector, spec, isCounted) => {
    const scoped = 'operator' in selector ? { scopeSelector: { matchExpressions: [{ scopeName, ...selector }] } } : { scopes: [scopeName] };
    expect(check(podWrite(spec), quota({ pods: '1' }, scoped))).toEqual(isCounted ? { q: 'pods=1' } : {});
  });

  test('count for nothing but their number once they have ended', () => {
    const ended = { ...pod(sized({ requests: { cpu: '1' } })), status: { phase: 'Succeeded' } };
    expect(check(write({ object: ended }), quota({ pods: '1', 'requests.cpu': '1', 'count/pods': '1' }))).toEqual({ q: 'count/pods=1,pods=0,requests.cpu=0' });
  });

  test('that are resized cost the difference, and keep what they have until it is given back', () => {
    const old = { ...pod(sized({ requests: { cpu: '1' } }), { resourceVersion: '1' }), status: { containerStatuses: [{ name: 'c', resources: { requests: { cpu: '1' } } }] } };
    const resize = (cpu: string) => write({ operation: 'UPDATE', subresource: 'resize', oldObject: old, object: { ...old, spec: sized({ requests: { cpu } }) } });
    const held = quota({ 'requests.cpu': '2', pods: '1' }, { used: { 'requests.cpu': '1', pods: '1' } });
    expect(check(resize('1500m'), held)).toEqual({ q: 'pods=1,requests.cpu=1500m' });
    expect(check(resize('500m'), held)).toEqual({});
    expect(check(resize('3'), held)).toBe('exceeded quota: q, requested: requests.cpu=2, used: requests.cpu=1, limited: requests.cpu=2');
  });

  test('are not counted when their labels or status change', () => {
    expect(check(podWrite({}, { operation: 'UPDATE' }), quota({ pods: '0' }))).toBe('not counted');
    expect(check(podWrite({}, { operation: 'UPDATE', subresource: 'status' }), quota({ pods: '0' }))).toBe('not counted');
  });
});

describe('services', () => {
  const names = { services: '9', 'services.nodeports': '9', 'services.loadbalancers': '9' };
  const ports = [{ port: 1 }, { port: 2, nodePort: 30001 }];
  test.each([
    [{ ports }, 'services=1,services.loadbalancers=0,services.nodeports=0'],
    [{ type: 'NodePort', ports }, 'services=1,services.loadbalancers=0,services.nodeports=2'],
    [{ type: 'LoadBalancer', ports }, 'services=1,services.loadbalancers=1,services.nodeports=2'],
    [{ type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, ports }, 'services=1,services.loadbalancers=1,services.nodeports=1'],
  ])('%j', (spec, used) => expect(check(of('', 'services', spec), quota(names))).toEqual({ q: used }));

  test('that change their type cost the difference', () => {
    const used = { services: '1', 'services.nodeports': '2', 'services.loadbalancers': '1' };
    expect(check(changed(of('', 'services', { ports }), { type: 'LoadBalancer', ports }), quota(names, { used }))).toEqual({ q: 'services=1,services.loadbalancers=0,services.nodeports=0' });
    expect(check(changed(of('', 'services', { type: 'NodePort', ports }), { ports }), quota({ 'services.nodeports': '1' }))).toBe('exceeded quota: q, requested: services.nodeports=2, used: services.nodeports=0, limited: services.nodeports=1');
    expect(check(changed(of('', 'services', { ports, selector: {} }), { ports }), quota(names))).toEqual({});
  });
});

describe('claims', () => {
  const claim = (storage: string, rest: object = {}) => ({ resources: { requests: { storage } }, ...rest });
  test.each([
    [{ persistentvolumeclaims: '1', 'requests.storage': '9Gi' }, claim('1Gi'), { q: 'persistentvolumeclaims=1,requests.storage=1Gi' }],
    [
      { 'gold.storageclass.storage.k8s.io/requests.storage': '9Gi', 'gold.storageclass.storage.k8s.io/persistentvolumeclaims': '9', 'iron.storageclass.storage.k8s.io/requests.storage': '0' },
      claim('1Gi', { storageClassName: 'gold' }),
      { q: 'gold.storageclass.storage.k8s.io/persistentvolumeclaims=1,gold.storageclass.storage.k8s.io/requests.storage=1Gi,iron.storageclass.storage.k8s.io/requests.storage=0' },
    ],
  ])('%j %j', (hard, spec, used) => expect(check(of('', 'persistentvolumeclaims', spec), quota(hard))).toEqual(used));

  test('that grow cost the difference', () => {
    const grown = changed(of('', 'persistentvolumeclaims', claim('5Gi')), claim('1Gi'));
    expect(check(grown, quota({ 'requests.storage': '4Gi' }, { used: { 'requests.storage': '1Gi' } }))).toBe('exceeded quota: q, requested: requests.storage=4Gi, used: requests.storage=1Gi, limited: requests.storage=4Gi');
  });

  test('that come into a scope are counted there in full', () => {
    const scoped = quota({ persistentvolumeclaims: '1' }, { scopeSelector: { matchExpressions: [{ scopeName: 'VolumeAttributesClass', operator: 'In', values: ['fast'] }] } });
    expect(check(changed(of('', 'persistentvolumeclaims', claim('1', { volumeAttributesClassName: 'fast' })), claim('1')), scoped)).toEqual({ q: 'persistentvolumeclaims=1' });
  });
});

test('claims of devices count what they may come to hold', () => {
  const requests = [
    { name: 'a', exactly: { deviceClassName: 'gpu', count: 2 } },
    { name: 'b', firstAvailable: [{ name: 'x', deviceClassName: 'gpu', count: 1 }, { name: 'y', deviceClassName: 'gpu', allocationMode: 'All' }] },
  ];
  expect(check(of('resource.k8s.io', 'resourceclaims', { devices: { requests } }), quota({ 'gpu.deviceclass.resource.k8s.io/devices': '99' }))).toEqual({ q: 'gpu.deviceclass.resource.k8s.io/devices=34' });
});

describe('any objects', () => {
  test.each([
    ['', 'configmaps', { configmaps: '9', 'count/configmaps': '9' }, { q: 'configmaps=1,count/configmaps=1' }],
    ['apps', 'deployments', { 'count/deployments.apps': '9', 'count/deployments': '0' }, { q: 'count/deployments=0,count/deployments.apps=1' }],
    ['example.com', 'crontabs', { 'count/crontabs.example.com': '0' }, 'exceeded quota: q, requested: count/crontabs.example.com=1, used: count/crontabs.example.com=0, limited: count/crontabs.example.com=0'],
    ['', 'events', { 'count/events': '0' }, 'not counted'],
    ['__proto__', 'constructor', { pods: '0' }, {}],
  ])('%s/%s', (group, resource, hard, expected) => expect(check(of(group, resource, {}), quota(hard as Record<string, string>))).toEqual(expected));

  test('are not counted by quotas with scopes', () => {
    expect(check(of('', 'configmaps', {}), quota({ configmaps: '0' }, { scopes: ['BestEffort'] }))).toEqual({});
  });
});

test('a quota that has not been counted lets nothing in, and one without status lets all in', () => {
  expect(check(podWrite({}), quota({ pods: '1', configmaps: '1' }, { used: { configmaps: '1' } }))).toBe('status unknown for quota: q, resources: pods');
  expect(check(podWrite({}), object('v1', 'ResourceQuota', { name: 'q' }, { spec: { hard: { pods: '0' } } }))).toEqual({});
});

test('every quota must hold, and each is charged its own', () => {
  expect(check(podWrite({}), quota({ pods: '5' }, { used: { pods: '3' } }, 'a'), quota({ pods: '2' }, {}, 'b'))).toEqual({ a: 'pods=4', b: 'pods=1' });
  expect(check(podWrite({}), quota({ pods: '5' }, {}, 'a'), quota({ pods: '0' }, {}, 'b'))).toMatch(/^exceeded quota: b,/);
});
