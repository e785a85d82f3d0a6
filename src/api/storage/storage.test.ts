import { describe, expect, test } from 'vitest';
import { formatFieldError, type FieldError } from '../../machinery/field-error.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { KindRules, RuleContext } from '../kind-rules.ts';
import { storageKinds } from './kinds.ts';

const NOW = Date.parse('2024-01-01T00:00:00Z');
const CONTEXT: RuleContext = { nowMs: NOW, userName: '', userGroups: [], userUid: '', userExtra: {}, random: () => 0.5 };
const rulesOf = (plural: string): KindRules => storageKinds[plural] ?? {};
function made(plural: string, fields: object): KubeObject {
  const object = { apiVersion: 'storage.k8s.io/v1', kind: plural, metadata: { name: 'x', creationTimestamp: '2023-12-31T23:00:00Z' }, ...structuredClone(fields) };
  rulesOf(plural).defaults?.(object, 'v1');
  return object;
}
const texts = (findings: FieldError[] | undefined): string[] => (findings ?? []).map(formatFieldError);
const validate = (plural: string, fields: object): string[] => texts(rulesOf(plural).validate?.(made(plural, fields), CONTEXT));
const update = (plural: string, before: object, after: object): string[] => texts(rulesOf(plural).validateUpdate?.(made(plural, after), made(plural, before), CONTEXT));
const row = (plural: string, fields: object): unknown[] => rulesOf(plural).cells?.(made(plural, fields), { nowMs: NOW }) ?? [];

describe('storage classes', () => {
  const topology = (...values: string[]): object => ({ matchLabelExpressions: [{ key: 'zone', values }] });

  test('delete volumes and bind them at once unless told otherwise', () => {
    expect(made('storageclasses', { provisioner: 'p' })).toMatchObject({ reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' });
  });

  test.each([
    [{ provisioner: 'Example.com/P' }, []],
    [{ provisioner: '' }, ['provisioner: Required value']],
    [{ provisioner: 'p', parameters: { '': 'x' } }, ['parameters: Invalid value: "": field can not be empty.']],
    [{ provisioner: 'p', reclaimPolicy: 'Recycle' }, ['reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"']],
    [{ provisioner: 'p', volumeBindingMode: 'Later' }, ['volumeBindingMode: Unsupported value: "Later": supported values: "Immediate", "WaitForFirstConsumer"']],
    [{ provisioner: 'p', allowedTopologies: [topology('a', 'b'), topology('b', 'a')] }, ['allowedTopologies[1].matchLabelExpressions: Duplicate value: ""']],
    [{ provisioner: 'p', allowedTopologies: [topology()] }, ['allowedTopologies.matchLabelExpressions[0].values: Required value']],
    [{ provisioner: 'p', allowedTopologies: [topology('a', 'a')] }, ['allowedTopologies.matchLabelExpressions[0].values[1]: Duplicate value: "a"']],
  ])('with %j', (fields, expected) => {
    expect(validate('storageclasses', fields)).toEqual(expected);
  });

  test('have parameters of a bounded number and size', () => {
    expect(validate('storageclasses', { provisioner: 'p', parameters: { a: 'x'.repeat(262_144) } })).toEqual(['parameters: Too long: may not be more than 262144 bytes']);
    const many = Object.fromEntries(Array.from({ length: 513 }, (_, i) => [`k${i}`, '']));
    expect(validate('storageclasses', { provisioner: 'p', parameters: many })).toEqual(['parameters: Too long: may not be more than 512 bytes']);
  });

  test('keep what volumes were made by', () => {
    const before = { provisioner: 'p', parameters: { a: '1' } };
    expect(update('storageclasses', before, { provisioner: 'q', parameters: { a: '2' }, reclaimPolicy: 'Retain', volumeBindingMode: 'WaitForFirstConsumer' })).toEqual([
      'parameters: Invalid value: {"a":"2"}: field is immutable',
      'provisioner: Invalid value: "q": field is immutable',
      'reclaimPolicy: Invalid value: "Retain": field is immutable',
      'volumeBindingMode: Invalid value: "WaitForFirstConsumer": field is immutable',
    ]);
    expect(update('storageclasses', before, { ...before, allowVolumeExpansion: true, mountOptions: ['ro'] })).toEqual([]);
  });

  test('show which one is the default', () => {
    const metadata = { name: 'x', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } };
    expect(row('storageclasses', { metadata, provisioner: 'p' })).toEqual(['x (default)', 'p', 'Delete', 'Immediate', false, '<unknown>']);
  });
});

describe('CSI drivers', () => {
  test('have defaults for what is not said', () => {
    expect(made('csidrivers', {})['spec']).toEqual({
      attachRequired: true,
      podInfoOnMount: false,
      storageCapacity: false,
      fsGroupPolicy: 'ReadWriteOnceWithFSType',
      volumeLifecycleModes: ['Persistent'],
      requiresRepublish: false,
      seLinuxMount: false,
    });
  });

  test.each([
    [{}, []],
    [{ volumeLifecycleModes: ['Forever'] }, ['spec.volumeLifecycleModes: Unsupported value: "Forever": supported values: "Persistent", "Ephemeral"']],
    [{ fsGroupPolicy: 'Sometimes' }, ['spec.fsGroupPolicy: Unsupported value: "Sometimes": supported values: "File", "None", "ReadWriteOnceWithFSType"']],
    [{ tokenRequests: [{ audience: 'a' }, { audience: 'a', expirationSeconds: 1 }] }, ['spec.tokenRequests[1].audience: Duplicate value: "a"']],
    [{ tokenRequests: [{ audience: 'a', expirationSeconds: 599 }] }, ['spec.tokenRequests[0].expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes']],
    [{ tokenRequests: [{ audience: 'a', expirationSeconds: 2 ** 32 + 1 }] }, ['spec.tokenRequests[0].expirationSeconds: Invalid value: 4294967297: may not specify a duration larger than 2^32 seconds']],
    [{ nodeAllocatableUpdatePeriodSeconds: 9 }, ['spec.nodeAllocatableUpdatePeriodSeconds: Invalid value: 9: must be greater than or equal to 10 seconds']],
  ])('with %j', (spec, expected) => {
    expect(validate('csidrivers', { spec })).toEqual(expected);
  });

  test('keep how volumes are attached, and how long they live', () => {
    expect(update('csidrivers', {}, { spec: { attachRequired: false, volumeLifecycleModes: ['Ephemeral'], podInfoOnMount: true } })).toEqual([
      'spec.attachedRequired: Invalid value: false: field is immutable',
      'spec.volumeLifecycleModes: Invalid value: ["Ephemeral"]: field is immutable',
    ]);
  });

  test('are warned of tokens among attributes', () => {
    const warnings = (spec: object): string[] => rulesOf('csidrivers').warningsOnCreate?.(made('csidrivers', { spec }), CONTEXT) ?? [];
    expect(warnings({})).toEqual([]);
    expect(warnings({ tokenRequests: [{ audience: '' }], serviceAccountTokenInSecrets: true })).toEqual([]);
    expect(warnings({ tokenRequests: [{ audience: '' }] })).toHaveLength(1);
  });

  test('show modes and audiences', () => {
    expect(row('csidrivers', {})).toEqual(['x', true, false, false, '<unset>', false, 'Persistent', '60m']);
    const spec = { tokenRequests: [{ audience: 'a' }, { audience: '' }], volumeLifecycleModes: ['Ephemeral', 'Persistent'] };
    expect(row('csidrivers', { spec }).slice(4, 7)).toEqual(['a,', false, 'Ephemeral,Persistent']);
  });
});

describe('CSI nodes', () => {
  const driver = { name: 'a.example.com', nodeID: 'n', topologyKeys: null };

  test.each([
    [null, []],
    [[driver], []],
    [[driver, driver], ['spec.drivers[1].name: Duplicate value: "a.example.com"']],
    [[{ ...driver, nodeID: '' }], ['spec.drivers[0].nodeID: Required value']],
    [[{ ...driver, topologyKeys: ['k', 'k', ''] }], ['spec.drivers[0]: Duplicate value: "k"', 'spec.drivers[0]: Required value', 'spec.drivers[0]: Invalid value: ["k","k",""]: name part must be non-empty']],
    [[{ ...driver, allocatable: { count: -1 } }], ['spec.drivers[0].allocatable.count: Invalid value: -1: must be greater than or equal to 0']],
  ])('with %j', (drivers, expected) => {
    expect(validate('csinodes', { spec: { drivers } }).slice(0, expected.length || 9)).toEqual(expected);
  });

  test('have short identities', () => {
    expect(validate('csinodes', { spec: { drivers: [{ ...driver, nodeID: 'n'.repeat(193) }] } })[0]).toMatch(/: must be 192 characters or less$/);
  });

  test('change only how many volumes a driver attaches', () => {
    const before = { spec: { drivers: [driver] } };
    expect(update('csinodes', before, { spec: { drivers: [{ ...driver, allocatable: { count: 3 } }] } })).toEqual([]);
    expect(update('csinodes', before, { spec: { drivers: [{ ...driver, nodeID: 'm' }] } })).toEqual([
      'CSINodeDriver: Invalid value: {"Name":"a.example.com","NodeID":"m","TopologyKeys":null,"Allocatable":null}: field is immutable',
    ]);
    expect(row('csinodes', before)).toEqual(['x', 1, '60m']);
  });
});

describe('volume attachments', () => {
  const spec = { attacher: 'csi.example.com', nodeName: 'n', source: { persistentVolumeName: 'pv' } };
  const ONE_SOURCE = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';

  test.each([
    [spec, []],
    [{ ...spec, source: {} }, [`spec.source: Required value: ${ONE_SOURCE}`]],
    [{ ...spec, source: { persistentVolumeName: 'pv', inlineVolumeSpec: {} } }, [`spec.source: Forbidden: ${ONE_SOURCE}`]],
    [{ ...spec, attacher: 'a'.repeat(64) }, ['spec.attacher: Too long: may not be more than 63 bytes']],
  ])('with %j', (fields, expected) => {
    expect(validate('volumeattachments', { spec: fields })).toEqual(expected);
  });

  test('stay as they are', () => {
    expect(update('volumeattachments', { spec }, { spec: { ...spec, nodeName: 'm' } })).toEqual([
      'spec: Invalid value: {"Attacher":"csi.example.com","Source":{"PersistentVolumeName":"pv","InlineVolumeSpec":null},"NodeName":"m"}: field is immutable',
    ]);
  });

  test('say in short what went wrong', () => {
    const status = { attached: false, attachError: { message: 'm'.repeat(1025) } };
    expect(update('volumeattachments', { spec }, { spec, status })).toEqual(['status.attachError.message: Too long: may not be more than 262144 bytes']);
  });

  test('keep their metadata when their status is written', () => {
    const object = { ...made('volumeattachments', { spec }), metadata: { name: 'x', labels: { a: 'b' }, managedFields: [{ manager: 'm' }] } };
    rulesOf('volumeattachments').status?.prepareForUpdate?.(object, made('volumeattachments', { spec }), CONTEXT);
    expect(object.metadata).toEqual({ name: 'x', creationTimestamp: '2023-12-31T23:00:00Z', managedFields: [{ manager: 'm' }] });
    expect(row('volumeattachments', { spec, status: { attached: true } })).toEqual(['x', 'csi.example.com', 'pv', 'n', true, '60m']);
  });
});

describe('capacities', () => {
  test.each([
    [{ storageClassName: 'fast', capacity: '1Gi' }, []],
    [{ storageClassName: 'fast', capacity: '-1', maximumVolumeSize: '-2' }, ['capacity: Invalid value: "-1": must be greater than or equal to 0', 'maximumVolumeSize: Invalid value: "-2": must be greater than or equal to 0']],
  ])('with %j', (fields, expected) => {
    expect(validate('csistoragecapacities', fields)).toEqual(expected);
  });

  test('keep what was asked', () => {
    const before = { storageClassName: 'fast', nodeTopology: { matchLabels: { zone: 'a' } } };
    expect(update('csistoragecapacities', before, { storageClassName: 'slow', nodeTopology: { matchLabels: { zone: 'b' } } })).toEqual([
      'nodeTopology: Invalid value: {"matchLabels":{"zone":"b"}}: field is immutable',
      'storageClassName: Invalid value: "slow": field is immutable',
    ]);
    expect(update('csistoragecapacities', before, { ...before, capacity: '2Gi' })).toEqual([]);
  });
});

describe('volume attributes classes', () => {
  test.each([
    [{ driverName: 'd', parameters: { a: 'b' } }, []],
    [{ driverName: '', parameters: {} }, ['driverName: Required value', 'parameters: Required value: must contain at least one key/value pair']],
  ])('with %j', (fields, expected) => {
    expect(validate('volumeattributesclasses', fields)).toEqual(expected);
  });

  test('never change', () => {
    expect(update('volumeattributesclasses', { driverName: 'd', parameters: { a: 'b' } }, { driverName: 'e', parameters: { a: 'c' } })).toEqual([
      'driverName: Forbidden: updates to driverName are forbidden.',
      'parameters: Forbidden: updates to parameters are forbidden.',
    ]);
  });
});
