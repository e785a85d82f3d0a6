import { describe, expect, test } from 'vitest';
import { formatFieldError, type FieldError } from '../../machinery/field-error.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { KindRules, RuleContext } from '../kind-rules.ts';
import { coreKinds } from './kinds.ts';

const NOW = Date.parse('2024-01-01T00:00:00Z');
const CONTEXT: RuleContext = { nowMs: NOW, userName: '', userGroups: [], userUid: '', userExtra: {}, random: () => 0.5 };
const NEW_STYLE: RuleContext = { ...CONTEXT, requestApiVersion: 'events.k8s.io/v1' };

const rulesOf = (plural: string): KindRules => coreKinds[plural] ?? {};
function made(plural: string, fields: object): KubeObject {
  const object = { apiVersion: 'v1', kind: plural, ...structuredClone(fields), metadata: { name: 'x', namespace: 'ns', creationTimestamp: '2023-12-31T23:00:00Z', ...(fields as KubeObject).metadata } };
  rulesOf(plural).defaults?.(object, 'v1');
  return object;
}
function created(plural: string, fields: object): KubeObject {
  const object = made(plural, fields);
  rulesOf(plural).prepareForCreate?.(object, CONTEXT);
  return object;
}
const texts = (findings: FieldError[] | undefined): string[] => (findings ?? []).map(formatFieldError);
const validate = (plural: string, fields: object, context = CONTEXT): string[] => texts(rulesOf(plural).validate?.(made(plural, fields), context));
function update(plural: string, before: object, after: object, context = CONTEXT): string[] {
  const old = made(plural, before);
  const object = made(plural, after);
  rulesOf(plural).prepareForUpdate?.(object, old, context);
  return texts(rulesOf(plural).validateUpdate?.(object, old, context));
}
const row = (plural: string, fields: object): unknown[] => rulesOf(plural).cells?.(made(plural, fields), { nowMs: NOW }) ?? [];

describe('namespaces', () => {
  test('carry their name as a label, whatever is written, and hold until they are empty', () => {
    expect(created('namespaces', { metadata: { labels: { 'kubernetes.io/metadata.name': 'lie' } } })).toMatchObject({
      metadata: { labels: { 'kubernetes.io/metadata.name': 'x' } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
  });

  test('end when asked, and are held by finalizers of their own', () => {
    const namespaces = rulesOf('namespaces');
    const object = created('namespaces', {});
    namespaces.beginDeletion?.(object, CONTEXT);
    expect(object['status']).toEqual({ phase: 'Terminating' });
    expect(namespaces.heldInDeletion?.(object)).toBe(true);
    expect(namespaces.heldInDeletion?.(made('namespaces', { spec: {} }))).toBe(false);
  });

  test('give up finalizers only through their own endpoint', () => {
    const old = created('namespaces', {});
    const object = made('namespaces', { spec: { finalizers: [] } });
    rulesOf('namespaces').prepareForUpdate?.(object, old, CONTEXT);
    expect(object['spec']).toEqual({ finalizers: ['kubernetes'] });
  });

  test.each([
    ['a.b', 'must not contain dots'],
    ['Bad_Name', 'a lowercase RFC 1123 label must'],
  ])('are named by labels: %s', (name, text) => {
    expect(rulesOf('namespaces').validateName?.(name, false)[0]).toContain(text);
  });

  test('are in the phase their deletion says', () => {
    const judge = (metadata: object, phase: string): string[] => texts(rulesOf('namespaces').status?.validateUpdate?.(made('namespaces', { metadata, status: { phase } }), made('namespaces', {}), CONTEXT));
    expect(judge({}, 'Terminating')).toEqual(['status.Phase: Invalid value: "Terminating": may only be \'Active\' if `deletionTimestamp` is empty']);
    expect(judge({ deletionTimestamp: 'x' }, 'Terminating')).toEqual([]);
  });
});

describe('nodes', () => {
  test('offer what they have, and name their pod range twice', () => {
    expect(made('nodes', { spec: { podCIDR: '10.0.0.0/24', podCIDRs: ['10.9.0.0/24'] }, status: { capacity: { cpu: '4' } } })).toMatchObject({
      spec: { podCIDRs: ['10.0.0.0/24'] },
      status: { allocatable: { cpu: '4' } },
    });
  });

  test.each([
    [{ taints: [{ key: 'a', effect: 'Never' }] }, ['metadata.taints[0].effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"']],
    [{ taints: [{ key: 'a', effect: 'NoSchedule' }, { key: 'a', effect: 'NoExecute' }] }, []],
    [
      { taints: [{ key: 'a', effect: 'NoSchedule' }, { key: 'a', value: 'x', effect: 'NoSchedule' }] },
      ['metadata.taints[1]: Duplicate value: {"Key":"a","Value":"x","Effect":"NoSchedule","TimeAdded":null}: taints must be unique by key and effect pair'],
    ],
    [{ podCIDRs: ['10.0.0.0/24', '10.0.1.0/24'] }, ['spec.podCIDRs: Invalid value: ["10.0.0.0/24","10.0.1.0/24"]: may specify no more than one CIDR for each IP family']],
  ])('are judged: %j', (spec, expected) => {
    expect(validate('nodes', { spec })).toEqual(expected);
  });

  test.each([
    [{ podCIDR: '10.0.0.0/24' }, { podCIDR: '10.0.1.0/24' }, ['spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid']],
    [{}, { podCIDR: '10.0.1.0/24' }, []],
    [{ providerID: 'a' }, { providerID: 'b' }, ['spec.providerID: Forbidden: node updates may not change providerID except from "" to valid']],
    [{}, { unschedulable: true, taints: [{ key: 'a', effect: 'NoExecute' }] }, []],
  ])('change from %j to %j', (before, after, expected) => {
    expect(update('nodes', { spec: before }, { spec: after })).toEqual(expected);
  });

  test('have each address once', () => {
    const object = made('nodes', { status: { addresses: [{ type: 'InternalIP', address: '1.1.1.1' }, { type: 'InternalIP', address: '1.1.1.1' }] } });
    expect(texts(rulesOf('nodes').status?.validateUpdate?.(object, made('nodes', {}), CONTEXT))).toEqual(['status.addresses[1]: Duplicate value: {"Type":"InternalIP","Address":"1.1.1.1"}']);
  });

  test('are shown with their roles and state', () => {
    const node = {
      metadata: { labels: { 'node-role.kubernetes.io/worker': '', 'node-role.kubernetes.io/control-plane': '' } },
      spec: { unschedulable: true },
      status: { conditions: [{ type: 'Ready', status: 'True' }], addresses: [{ type: 'InternalIP', address: '1.1.1.1' }], nodeInfo: { kubeletVersion: 'v1.36.2' } },
    };
    expect(row('nodes', node)).toEqual(['x', 'Ready,SchedulingDisabled', 'control-plane,worker', '60m', 'v1.36.2', '1.1.1.1', '<none>', '<unknown>', '<unknown>', '<unknown>']);
    expect(row('nodes', {}).slice(1, 3)).toEqual(['Unknown', '<none>']);
  });
});

describe('config maps and secrets', () => {
  test.each([
    ['configmaps', { data: { 'a.b': '1' } }, []],
    ['configmaps', { data: { '..': '1' } }, ["data[..]: Invalid value: \"..\": must not be '..'"]],
    ['configmaps', { data: { a: '1' }, binaryData: { a: 'MQ==' } }, ['data[a]: Invalid value: "a": duplicate of key present in binaryData']],
    ['configmaps', { data: { a: 'x'.repeat(1024 * 1024 + 1) } }, ['[]: Too long: may not be more than 1048576 bytes']],
    ['configmaps', { data: { a: 'é'.repeat(600 * 1024) } }, ['[]: Too long: may not be more than 1048576 bytes']],
    ['secrets', { stringData: { a: 'x'.repeat(1024 * 1024 + 1) } }, ['data: Too long: may not be more than 1048576 bytes']],
    ['secrets', { type: 'kubernetes.io/tls', stringData: { 'tls.crt': '' } }, ['data[tls.key]: Required value']],
    ['secrets', { type: 'kubernetes.io/basic-auth' }, ['data[username]: Required value', 'data[password]: Required value']],
    ['secrets', { type: 'kubernetes.io/ssh-auth' }, ['data[ssh-privatekey]: Required value']],
    ['secrets', { type: 'kubernetes.io/dockercfg', stringData: { '.dockercfg': '{}' } }, []],
    ['secrets', { type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': 'not json' } }, [
      'data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": invalid character \'o\' in literal null (expecting \'u\')',
    ]],
    ['secrets', { type: 'kubernetes.io/service-account-token' }, ['metadata.annotations[kubernetes.io/service-account.name]: Required value']],
  ])('are judged: %s %#', (plural, fields, expected) => {
    expect(validate(plural, fields)).toEqual(expected);
  });

  test.each(['configmaps', 'secrets'])('%s that are immutable stay so', (plural) => {
    const before = { data: { a: 'MQ==' }, immutable: true };
    expect(update(plural, before, before)).toEqual([]);
    expect(update(plural, before, { data: { a: 'Mg==' } })).toEqual([
      'immutable: Forbidden: field is immutable when `immutable` is set',
      'data: Forbidden: field is immutable when `immutable` is set',
    ]);
  });

  test('secrets take texts into their data, over what is there', () => {
    expect(made('secrets', { data: { a: 'b2xk' }, stringData: { a: 'new', b: 'x' } })).toMatchObject({ type: 'Opaque', data: { a: 'bmV3', b: 'eA==' } });
  });

  test('a secret keeps its type', () => {
    expect(update('secrets', { type: 'a/b' }, { type: 'a/c' })).toEqual(['type: Invalid value: "a/c": field is immutable']);
  });

  test('a certificate that is none draws a warning', () => {
    const warn = (stringData: object): string[] => rulesOf('secrets').warningsOnCreate?.(made('secrets', { type: 'kubernetes.io/tls', stringData }), CONTEXT) ?? [];
    const pem = (type: string): string => `-----BEGIN ${type}-----\nMQ==\n-----END ${type}-----\n`;
    expect(warn({ 'tls.crt': '', 'tls.key': '' })).toEqual(['tls: failed to find any PEM data in certificate input']);
    expect(warn({ 'tls.crt': pem('PRIVATE KEY'), 'tls.key': '' })[0]).toContain('PEM inputs may have been switched');
    expect(warn({ 'tls.crt': pem('CERTIFICATE'), 'tls.key': '' })).toEqual(['tls: failed to find any PEM data in key input']);
    expect(warn({ 'tls.crt': pem('CERTIFICATE'), 'tls.key': pem('CERTIFICATE') })[0]).toContain('found a certificate rather than a key');
  });

  test('are shown with how much they hold', () => {
    expect(row('configmaps', { data: { a: '1' }, binaryData: { b: 'MQ==' } })).toEqual(['x', 2, '60m']);
    expect(row('secrets', { data: { a: 'MQ==' } })).toEqual(['x', 'Opaque', 1, '60m']);
  });
});

describe('volumes and claims', () => {
  const volume = { spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/data' } } };
  const claim = { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } };

  test('are completed', () => {
    expect(created('persistentvolumes', volume)).toMatchObject({
      spec: { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem', hostPath: { path: '/data', type: '' } },
      status: { phase: 'Pending', lastPhaseTransitionTime: '2024-01-01T00:00:00Z' },
    });
    expect(created('persistentvolumeclaims', claim)).toMatchObject({ spec: { volumeMode: 'Filesystem' }, status: { phase: 'Pending' } });
  });

  test.each([
    [{ hostPath: undefined }, ['spec: Required value: must specify a volume type']],
    [{ nfs: { server: 's', path: '/p' } }, ['spec.nfs: Forbidden: may not specify more than 1 volume type']],
    [{ hostPath: undefined, local: { path: '/mnt' } }, ['spec.nodeAffinity: Required value: Local volume requires node affinity']],
    [{ accessModes: [] }, ['spec.accessModes: Required value']],
    [{ volumeMode: 'Tape' }, ['spec.volumeMode: Unsupported value: "Tape": supported values: "Block", "Filesystem"']],
    [{ hostPath: { path: '/' }, persistentVolumeReclaimPolicy: 'Recycle' }, ["spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'"]],
  ])('volumes are judged: %j', (more, expected) => {
    expect(validate('persistentvolumes', { spec: { ...volume.spec, ...more } })).toEqual(expected);
  });

  test('a volume stays where it is', () => {
    const findings = update('persistentvolumes', volume, { spec: { ...volume.spec, hostPath: { path: '/other' } } });
    expect(findings).toEqual([
      'spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation\n@@ -2,7 +2,7 @@\n  "GCEPersistentDisk": null,\n  "AWSElasticBlockStore": null,\n  "HostPath": {\n-  "Path": "/data",\n+  "Path": "/other",\n   "Type": ""\n  },\n  "Glusterfs": null,\n',
    ]);
  });

  test('the time of a volume moves with its phase', () => {
    const old = created('persistentvolumes', volume);
    const next = { ...structuredClone(old), status: { phase: 'Available', lastPhaseTransitionTime: '2024-01-01T00:00:00Z' } };
    rulesOf('persistentvolumes').status?.prepareForUpdate?.(next, old, { ...CONTEXT, nowMs: NOW + 1000 });
    expect(next.status).toEqual({ phase: 'Available', lastPhaseTransitionTime: '2024-01-01T00:00:01Z' });
  });

  test.each([
    [{ accessModes: [], resources: {} }, ['spec.accessModes: Required value: at least 1 access mode is required', 'spec.resources[storage]: Required value']],
    [{ accessModes: ['ReadWriteOncePod', 'ReadWriteMany'] }, ['spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes']],
    [{ resources: { requests: { storage: '0' } } }, ['spec.resources[storage]: Invalid value: "0": must be greater than zero']],
  ])('claims are judged: %j', (more, expected) => {
    expect(validate('persistentvolumeclaims', { spec: { ...claim.spec, ...more } })).toEqual(expected);
  });

  const sized = (storage: string, status: object): object => ({ spec: { ...claim.spec, resources: { requests: { storage } } }, status });
  const bound = { phase: 'Bound', capacity: { storage: '2Gi' } };
  test('a claim grows when it is bound', () => {
    expect(update('persistentvolumeclaims', sized('2Gi', bound), sized('4Gi', bound))).toEqual([]);
    expect(update('persistentvolumeclaims', sized('2Gi', {}), sized('4Gi', {}))[0]).toMatch(/^spec: Forbidden: spec is immutable after creation except resources\.requests and volumeAttributesClassName for bound claims\n@@ -6,7 \+6,7 @@/);
  });

  test('a claim shrinks to what its volume has not reached, no further', () => {
    expect(update('persistentvolumeclaims', sized('8Gi', bound), sized('4Gi', bound))).toEqual([]);
    expect(update('persistentvolumeclaims', sized('8Gi', bound), sized('2Gi', bound))).toEqual(['spec.resources.requests.storage: Forbidden: field can not be less than status.capacity']);
  });

  test('a claim is given its volume once', () => {
    const named = (volumeName: string): object => ({ spec: { ...claim.spec, volumeName } });
    expect(update('persistentvolumeclaims', claim, named('v1'))).toEqual([]);
    expect(update('persistentvolumeclaims', named('v1'), named('v2'))[0]).toContain('\n- "VolumeName": "v1",\n+ "VolumeName": "v2",\n');
  });

  test('a claim names its source in both fields, if the older one knows such', () => {
    const source = (fields: object): unknown => created('persistentvolumeclaims', { spec: { ...claim.spec, ...fields } })['spec'];
    const snapshot = { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 's' };
    expect(source({ dataSource: snapshot })).toMatchObject({ dataSourceRef: snapshot });
    expect(source({ dataSourceRef: { apiGroup: 'a.b', kind: 'X', name: 'n' } })).toMatchObject({ dataSource: { apiGroup: 'a.b', kind: 'X', name: 'n' } });
    expect(source({ dataSource: { kind: 'Pod', name: 'n' } })).not.toHaveProperty('dataSource');
  });

  test('are shown', () => {
    expect(row('persistentvolumes', { spec: { ...volume.spec, claimRef: { namespace: 'a', name: 'b' }, storageClassName: 'slow' } })).toEqual([
      'x', '1Gi', 'RWO', 'Retain', 'Pending', 'a/b', 'slow', '<unset>', '', '60m', 'Filesystem',
    ]);
    expect(row('persistentvolumeclaims', { ...claim, status: bound })).toEqual(['x', 'Bound', '', '', '', '', '<unset>', '60m', 'Filesystem']);
  });
});

describe('limit ranges', () => {
  test('of containers default from their bounds', () => {
    expect(made('limitranges', { spec: { limits: [{ type: 'Container', max: { cpu: '2' }, min: { memory: '1Mi' } }] } })['spec']).toEqual({
      limits: [{ type: 'Container', max: { cpu: '2' }, min: { memory: '1Mi' }, default: { cpu: '2' }, defaultRequest: { cpu: '2', memory: '1Mi' } }],
    });
  });

  test.each([
    [[{ type: 'Odd' }], ['spec.limits[0].type: Invalid value: "Odd": must be a standard limit type or fully qualified']],
    [[{ type: 'Pod' }, { type: 'Pod' }], ['spec.limits[1].type: Duplicate value: "Pod"']],
    [[{ type: 'Pod', default: { cpu: '1' } }], ["spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'"]],
    [[{ type: 'Pod', min: { cpu: '2' }, max: { cpu: '1' } }], ['spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1']],
    [[{ type: 'PersistentVolumeClaim' }], ['spec.limits[0].limits: Required value: either minimum or maximum storage value is required, but neither was provided']],
    [[{ type: 'Pod', maxLimitRequestRatio: { cpu: '500m' } }], ['spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "500m": ratio 500m is less than 1']],
  ])('are judged: %j', (limits, expected) => {
    expect(validate('limitranges', { spec: { limits } })).toEqual(expected);
  });
});

describe('resource quotas', () => {
  test.each([
    [{ hard: { pods: '1', 'requests.cpu': '1', 'count/widgets.example.com': '1' } }, []],
    [{ hard: { storage: '1' } }, ['spec.hard[storage]: Invalid value: "storage": must be a standard resource for quota']],
    [{ hard: { pods: '500m' } }, ['spec.hard[pods]: Invalid value: "500m": must be an integer']],
    [{ scopes: ['Odd'] }, ['spec.scopes: Invalid value: ["Odd"]: unsupported scope']],
    [{ scopes: ['BestEffort'], hard: { cpu: '1' } }, ['spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource']],
    [{ scopes: ['Terminating', 'NotTerminating'] }, ['spec.scopes: Invalid value: ["Terminating","NotTerminating"]: conflicting scopes']],
    [{ scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In' }] } }, [
      "spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
    ]],
  ])('are judged: %j', (spec, expected) => {
    expect(validate('resourcequotas', { spec })).toEqual(expected);
  });

  test('keep their scopes', () => {
    expect(update('resourcequotas', { spec: { scopes: ['BestEffort'] } }, { spec: {} })).toEqual(['spec.scopes: Invalid value: []: field is immutable']);
  });

  test('are shown with limits apart', () => {
    expect(row('resourcequotas', { status: { hard: { pods: '2', 'limits.cpu': '4' }, used: { pods: '1' } } })).toEqual(['x', 'pods: 1/2', 'limits.cpu: 0/4', '60m']);
  });
});

describe('replication controllers', () => {
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'a:1' }] } };

  test('take selector and labels from their template', () => {
    expect(created('replicationcontrollers', { spec: { template } })).toMatchObject({ metadata: { labels: { a: 'b' } }, spec: { replicas: 1, selector: { a: 'b' } }, status: { replicas: 0 } });
  });

  test.each([
    [{}, ['spec.selector: Required value', 'spec.template: Required value']],
    [{ template, selector: { a: 'c' } }, ['spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`']],
    [{ template, replicas: -1, minReadySeconds: -1 }, ['spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0', 'spec.replicas: Invalid value: -1: must be greater than or equal to 0']],
    [{ template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } }, ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"']],
  ])('are judged: %j', (spec, expected) => {
    expect(validate('replicationcontrollers', { spec })).toEqual(expected);
  });

  test('count no more pods than they have', () => {
    const object = made('replicationcontrollers', { status: { replicas: 1, readyReplicas: 2 } });
    expect(texts(rulesOf('replicationcontrollers').status?.validateUpdate?.(object, object, CONTEXT))).toEqual(['status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas']);
  });

  test('are shown, as pod templates are', () => {
    expect(row('replicationcontrollers', { spec: { template, replicas: 3 } })).toEqual(['x', 3, 0, 0, '60m', 'c', 'a:1', 'a=b']);
    expect(row('podtemplates', { template })).toEqual(['x', 'c', 'a:1', 'a=b']);
  });
});

describe('endpoints', () => {
  test.each([
    [[{}], ['subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`']],
    [[{ addresses: [{ ip: '127.0.0.1' }] }], ['subsets[0].addresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)']],
    [[{ addresses: [{ ip: '169.254.1.1' }] }], ['subsets[0].addresses[0].ip: Invalid value: "169.254.1.1": may not be in the link-local range (169.254.0.0/16, fe80::/10)']],
    [[{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 1 }, { port: 2 }] }], ['subsets[0].ports[0].name: Required value', 'subsets[0].ports[1].name: Required value']],
  ])('are judged: %j', (subsets, expected) => {
    expect(validate('endpoints', { subsets })).toEqual(expected);
  });

  test('are shown, the first few', () => {
    const addresses = ['10.1.1.1', '10.1.1.2', '10.1.1.3', '10.1.1.4'].map((ip) => ({ ip }));
    expect(row('endpoints', { subsets: [{ addresses, ports: [{ port: 80 }] }] })[1]).toBe('10.1.1.1:80,10.1.1.2:80,10.1.1.3:80 + 1 more...');
    expect(row('endpoints', { subsets: [{ addresses: [{ ip: 'fd00::1' }], ports: [{ port: 80 }] }] })[1]).toBe('[fd00::1]:80');
    expect(row('endpoints', {})[1]).toBe('<none>');
  });
});

describe('events', () => {
  const old = { involvedObject: { kind: 'Pod', name: 'p', namespace: 'ns' }, reason: 'R', type: 'Normal' };
  const newer = { ...old, eventTime: '2024-01-01T00:00:00.000001Z', reportingComponent: 'a.io/c', reportingInstance: 'i', action: 'A' };

  test.each([
    [old, []],
    [{ ...old, involvedObject: { namespace: 'other' } }, ['involvedObject.namespace: Invalid value: "other": does not match event.namespace']],
    [{ ...newer, action: '' }, ['action: Required value']],
  ])('of the older style are judged: %j', (fields, expected) => {
    expect(validate('events', fields)).toEqual(expected);
  });

  test.each([
    [newer, []],
    [{ ...newer, type: 'Odd' }, ['type: Invalid value: "": has invalid value: Odd']],
    [{ ...newer, count: 1 }, ['count: Invalid value: "": needs to be unset']],
    [{ ...newer, series: { count: 1 } }, ['series.count: Invalid value: "": should be at least 2', 'series.lastObservedTime: Required value']],
    [{ ...old }, ['eventTime: Required value']],
  ])('of the newer style are judged: %j', (fields, expected) => {
    expect(validate('events', fields, NEW_STYLE)).toEqual(expected);
  });

  test('of the newer style change in their series only', () => {
    expect(update('events', newer, { ...newer, series: { count: 2, lastObservedTime: 'x' } }, NEW_STYLE)).toEqual([]);
    expect(update('events', newer, { ...newer, message: 'm' }, NEW_STYLE)).toEqual(['message: Invalid value: "m": field is immutable']);
    expect(update('events', newer, { ...newer, message: 'm' })).toEqual([]);
  });

  test('are read and written under the names of either group', () => {
    const { conversion } = rulesOf('events');
    const stored = conversion?.toStorage({ apiVersion: 'events.k8s.io/v1', kind: 'Event', metadata: {}, regarding: { name: 'p' }, note: 'n', reportingController: 'c' }, 'events.k8s.io/v1');
    expect(stored).toEqual({ apiVersion: 'v1', kind: 'Event', metadata: {}, involvedObject: { name: 'p' }, message: 'n', reportingComponent: 'c', reportingInstance: '', source: {} });
    expect(stored && conversion?.fromStorage(stored, 'events.k8s.io/v1')).toEqual({ apiVersion: 'events.k8s.io/v1', kind: 'Event', metadata: {}, regarding: { name: 'p' }, note: 'n', reportingController: 'c', deprecatedSource: {} });
  });

  test('are shown', () => {
    expect(row('events', { ...old, message: ' m ', firstTimestamp: '2023-12-31T23:50:00Z', lastTimestamp: '2023-12-31T23:59:00Z', count: 3, source: { component: 'kubelet', host: 'n' } })).toEqual([
      '60s', 'Normal', 'R', 'pod/p', '', 'kubelet, n', 'm', '10m', 3, 'x',
    ]);
  });
});

test('service accounts keep the names of their secrets only', () => {
  expect(created('serviceaccounts', { secrets: [{ name: 's', namespace: 'other' }] })['secrets']).toEqual([{ name: 's' }]);
});
