import { describe, expect, test } from 'vitest';
import { formatFieldError, type FieldError } from '../../machinery/field-error.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { KindRules, RuleContext } from '../kind-rules.ts';
import { makeResourceKinds, resourceKinds } from './kinds.ts';

const CONTEXT: RuleContext = { nowMs: Date.parse('2024-01-01T00:00:00Z'), userName: '', userGroups: [], userUid: '', userExtra: {}, random: () => 0.5 };
const rulesOf = (plural: string): KindRules => resourceKinds[plural] ?? {};
function made(plural: string, spec: object, more: object = {}): KubeObject {
  const object = { apiVersion: 'resource.k8s.io/v1', kind: plural, metadata: { name: 'x', creationTimestamp: '2023-12-31T23:00:00Z' }, spec: structuredClone(spec), ...structuredClone(more) };
  rulesOf(plural).defaults?.(object, 'v1');
  return object;
}
const texts = (findings: FieldError[] | undefined): string[] => (findings ?? []).map(formatFieldError);
const validate = (plural: string, spec: object): string[] => texts(rulesOf(plural).validate?.(made(plural, spec), CONTEXT));
const update = (plural: string, before: object, after: object): string[] => texts(rulesOf(plural).validateUpdate?.(made(plural, after), made(plural, before), CONTEXT));

const GPU = { name: 'gpu', exactly: { deviceClassName: 'gpu.example.com' } };
const OPAQUE = { driver: 'gpu.example.com', parameters: { speed: 'fast' } };

describe('device classes', () => {
  test.each([
    [{}, []],
    [{ selectors: [{}] }, ['spec.selectors[0].cel: Required value']],
    [{ config: [{}] }, ['spec.config[0].opaque: Required value']],
    [{ config: [{ opaque: { driver: 'Gpu.example.com', parameters: 'text' } }] }, ['spec.config[0].opaque.parameters: Invalid value: "<value omitted>": must be a valid JSON object']],
    [{ extendedResourceName: 'cpu' }, ['spec.extendedResourceName: Invalid value: "cpu": must be a valid extended resource name']],
    [{ extendedResourceName: 'example.com/gpu' }, []],
  ])('with %j', (spec, expected) => {
    expect(validate('deviceclasses', spec)).toEqual(expected);
  });

  test('have their selectors checked by whom the server names', () => {
    const kinds = makeResourceKinds({ check: (expression) => (expression === '1' ? { type: 'invalid', text: 'must evaluate to bool' } : { type: 'forbidden', text: 'too complex' }) });
    expect(texts(kinds['deviceclasses']?.validate?.(made('deviceclasses', { selectors: [{ cel: { expression: '1' } }, { cel: { expression: '2' } }] }), CONTEXT))).toEqual([
      'spec.selectors[0].cel.expression: Invalid value: "1": must evaluate to bool',
      'spec.selectors[1].cel.expression: Forbidden: too complex',
    ]);
  });
});

describe('resource claims', () => {
  const claim = (fields: object): object => ({ devices: { requests: [GPU], ...fields } });
  const exactly = (fields: object): object => claim({ requests: [{ name: 'gpu', exactly: { deviceClassName: 'c', ...fields } }] });
  const ONE_KIND = 'exactly one of `exactly` or `firstAvailable` is required';
  const UNKNOWN = `must be the name of a request in the claim or the name of a request and a subrequest separated by '/'`;

  test('ask for one device unless told otherwise', () => {
    expect(made('resourceclaims', claim({ requests: [GPU, { name: 'any', firstAvailable: [{ name: 'a', deviceClassName: 'c', allocationMode: 'All' }] }] }))['spec']).toEqual({
      devices: {
        requests: [
          { name: 'gpu', exactly: { deviceClassName: 'gpu.example.com', allocationMode: 'ExactCount', count: 1 } },
          { name: 'any', firstAvailable: [{ name: 'a', deviceClassName: 'c', allocationMode: 'All' }] },
        ],
      },
    });
  });

  test.each([
    [claim({}), []],
    [claim({ requests: [{ name: 'gpu' }] }), [`spec.devices.requests[0]: Required value: ${ONE_KIND}`]],
    [claim({ requests: [{ ...GPU, firstAvailable: [{ name: 'a', deviceClassName: 'c' }] }] }), [`spec.devices.requests[0]: Invalid value: null: ${ONE_KIND}, but multiple fields are set`]],
    [claim({ requests: [GPU, GPU] }), ['spec.devices.requests[1]: Duplicate value: "gpu"']],
    [exactly({ deviceClassName: '' }), ['spec.devices.requests[0].exactly.deviceClassName: Required value']],
    [exactly({ allocationMode: 'Some' }), ['spec.devices.requests[0].exactly.allocationMode: Unsupported value: "Some": supported values: "All", "ExactCount"']],
    [exactly({ allocationMode: 'All', count: 2 }), [`spec.devices.requests[0].exactly.count: Invalid value: 2: must not be specified when allocationMode is 'All'`]],
    [exactly({ count: -1 }), ['spec.devices.requests[0].exactly.count: Invalid value: -1: must be greater than zero']],
    [exactly({ tolerations: [{ operator: 'Like', effect: 'Explode' }] }), ['spec.devices.requests[0].exactly.tolerations[0].operator: Unsupported value: "Like": supported values: "Equal", "Exists"', 'spec.devices.requests[0].exactly.tolerations[0].effect: Unsupported value: "Explode": supported values: "NoExecute", "NoSchedule", "None"']],
    [claim({ constraints: [{ requests: ['gone'], matchAttribute: 'a.example.com/b' }] }), [`spec.devices.constraints[0].requests[0]: Invalid value: "gone": ${UNKNOWN}`]],
    [claim({ constraints: [{}] }), ['spec.devices.constraints[0]: Required value: exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set']],
    [claim({ constraints: [{ matchAttribute: 'nodomain' }] }), ['spec.devices.constraints[0].matchAttribute: Invalid value: "nodomain": a fully qualified name must be a domain and a name separated by a slash']],
    [claim({ config: [{ requests: ['gpu', 'gpu'], opaque: OPAQUE }] }), ['spec.devices.config[0].requests[1]: Duplicate value: "gpu"']],
    [claim({ config: [{ requests: ['gpu'] }] }), ['spec.devices.config[0].opaque: Required value']],
    [{ devices: { requests: [{ name: 'r', firstAvailable: [{ name: 'a', deviceClassName: 'c' }] }], config: [{ requests: ['r/a'], opaque: OPAQUE }] } }, []],
  ])('with %j', (spec, expected) => {
    expect(validate('resourceclaims', spec)).toEqual(expected);
  });

  test('ask for the same for good', () => {
    expect(update('resourceclaims', claim({}), exactly({ count: 2 }))).toEqual([
      'spec: Invalid value: {"Devices":{"Requests":[{"Name":"gpu","Exactly":{"DeviceClassName":"c","Selectors":null,"AllocationMode":"ExactCount","Count":2,"AdminAccess":null,"Tolerations":null,"Capacity":null},"FirstAvailable":null}],"Constraints":null,"Config":null}}: field is immutable',
    ]);
  });

  const RESULT = { request: 'gpu', driver: 'gpu.example.com', pool: 'p', device: 'd' };
  const ALLOCATION = { devices: { results: [RESULT] } };
  const CONSUMER = { resource: 'pods', name: 'p', uid: '1' };
  const DEVICE = { driver: 'gpu.example.com', pool: 'p', device: 'd' };
  function statusUpdate(before: object, after: object, metadata: object = {}): { object: KubeObject; findings: string[] } {
    const old = made('resourceclaims', claim({}), { status: before });
    const object = made('resourceclaims', claim({}), { status: after });
    rulesOf('resourceclaims').status?.prepareForUpdate?.(object, old, CONTEXT);
    Object.assign(object.metadata, metadata);
    return { object, findings: texts(rulesOf('resourceclaims').status?.validateUpdate?.(object, old, CONTEXT)) };
  }

  test.each([
    [{}, { allocation: ALLOCATION, reservedFor: [CONSUMER] }, []],
    [{}, { reservedFor: [CONSUMER] }, ['status.reservedFor: Forbidden: may not be specified when `allocated` is not set']],
    [{}, { allocation: ALLOCATION, reservedFor: [CONSUMER, CONSUMER] }, ['status.reservedFor[1]: Duplicate value: "1"']],
    [{}, { allocation: ALLOCATION, reservedFor: [{ ...CONSUMER, name: '' }] }, ['status.reservedFor[0].name: Required value']],
    [{}, { allocation: { devices: { results: [{ ...RESULT, request: 'gone' }] } } }, [`status.allocation.devices.results[0].request: Invalid value: "gone": ${UNKNOWN}`]],
    [{}, { allocation: { devices: { results: [{ ...RESULT, pool: '', device: '' }] } } }, ['status.allocation.devices.results[0].pool: Required value', 'status.allocation.devices.results[0].device: Required value']],
    [{}, { allocation: { devices: { results: [{ ...RESULT, bindingConditions: ['a'] }] } } }, ['status.allocation.devices.results[0].bindingFailureConditions: Invalid value: []: bindingFailureConditions are required to use bindingConditions']],
    [{}, { allocation: { devices: { config: [{ source: 'Nowhere', opaque: OPAQUE }] } } }, ['status.allocation.devices.config[0].source: Unsupported value: "Nowhere": supported values: "FromClaim", "FromClass"']],
    [{}, { devices: [DEVICE] }, ['status.devices[0]: Invalid value: "gpu.example.com/p/d": must be an allocated device in the claim']],
    [{}, { allocation: ALLOCATION, devices: [{ ...DEVICE, networkData: { ips: ['10.0.0.1/24', '10.0.0.1', '2001:DB8::1/64'] } }] }, ['status.devices[0].networkData.ips[1]: Invalid value: "10.0.0.1": must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)', 'status.devices[0].networkData.ips[2]: Invalid value: "2001:DB8::1/64": must be in canonical form ("2001:db8::1/64")']],
  ])('with status %j then %j', (before, after, expected) => {
    expect(statusUpdate(before, after).findings).toEqual(expected);
  });

  test('keep their devices while they have any', () => {
    const { findings } = statusUpdate({ allocation: ALLOCATION }, { allocation: { devices: { results: [{ ...RESULT, device: 'e' }] } } });
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatch(/^status\.allocation: Invalid value: \{"Devices":\{"Results":\[\{"Request":"gpu",.*"Device":"e",.*: field is immutable$/);
  });

  test('forget what was reported of devices that are freed', () => {
    expect(statusUpdate({ allocation: ALLOCATION, devices: [DEVICE] }, { devices: [DEVICE] }).object['status']).toEqual({});
  });

  test('take no new consumers while they go', () => {
    const status = { allocation: ALLOCATION, reservedFor: [CONSUMER] };
    const going = { deletionTimestamp: '2024-01-01T00:00:00Z' };
    expect(statusUpdate(status, status, going).findings).toEqual([]);
    expect(statusUpdate({ allocation: ALLOCATION }, status, going).findings).toEqual([
      'status.reservedFor: Forbidden: new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set',
    ]);
  });

  test.each([
    [{}, {}, 'pending'],
    [{ allocation: ALLOCATION }, {}, 'allocated'],
    [{ allocation: ALLOCATION, reservedFor: [CONSUMER] }, { deletionTimestamp: 't' }, 'deleted,allocated,reserved'],
  ])('with status %j and metadata %j are %s', (status, metadata, state) => {
    expect(rulesOf('resourceclaims').cells?.(made('resourceclaims', claim({}), { status, metadata: { name: 'x', ...metadata } }), CONTEXT)[1]).toBe(state);
  });
});

describe('resource claim templates', () => {
  test('label and annotate, and no more', () => {
    expect(validate('resourceclaimtemplates', { metadata: { labels: { a: 'b' } }, spec: {} })).toEqual([]);
    expect(validate('resourceclaimtemplates', { metadata: { name: 'fixed', finalizers: ['x'] }, spec: {} })).toEqual([
      'spec.metadata.name: Forbidden: cannot be set',
      'spec.metadata.finalizers: Forbidden: cannot be set',
    ]);
  });

  test('have defaults of claims, and never change', () => {
    const spec = { metadata: {}, spec: { devices: { requests: [GPU] } } };
    expect(made('resourceclaimtemplates', spec)['spec']).toMatchObject({ spec: { devices: { requests: [{ exactly: { count: 1 } }] } } });
    expect(update('resourceclaimtemplates', spec, { spec: {} })).toEqual([
      'spec: Invalid value: {"Spec":{"Devices":{"Requests":null,"Constraints":null,"Config":null}}}: field is immutable',
    ]);
  });
});

describe('resource slices', () => {
  const base = { driver: 'gpu.example.com', pool: { name: 'p/q', generation: 0, resourceSliceCount: 1 } };
  const slice = (fields: object): object => ({ ...base, nodeName: 'n', ...fields });
  const device = (fields: object): object => slice({ devices: [{ name: 'd', ...fields }] });
  const PLACES = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required';
  const counters = { total: { value: '40Gi' } };

  test.each([
    [slice({}), []],
    [slice({ driver: '' }), ['spec.driver: Required value']],
    [slice({ pool: { name: '', resourceSliceCount: 0, generation: -1 } }), ['spec.pool.name: Required value', 'spec.pool.resourceSliceCount: Invalid value: 0: must be greater than zero', 'spec.pool.generation: Invalid value: -1: must be greater than or equal to zero']],
    [base, [`spec: Required value: ${PLACES}`]],
    [slice({ allNodes: true }), [`spec: Invalid value: "{\`nodeName\`, \`allNodes\`}": ${PLACES}, but multiple fields are set`]],
    [{ ...base, allNodes: false }, ['spec.allNodes: Invalid value: false: must be either unset or set to true', `spec: Required value: ${PLACES}`]],
    [{ ...base, nodeSelector: { nodeSelectorTerms: [] } }, ['spec.nodeSelector.nodeSelectorTerms: Required value: must have at least one node selector term', 'spec.nodeSelector.nodeSelectorTerms: Invalid value: []: must have exactly one node selector term']],
    [slice({ devices: [{ name: 'a' }, { name: 'a' }] }), ['spec.devices[1]: Duplicate value: "a"']],
    [slice({ devices: [{ name: 'a' }], sharedCounters: [{ name: 'm', counters }] }), ['spec: Invalid value: "": only one of `sharedCounters` or `devices` is allowed']],
    [slice({ sharedCounters: [{ name: 'm', counters: null }, { name: 'm', counters }] }), ['spec.sharedCounters[0].counters: Required value', 'spec.sharedCounters[1]: Duplicate value: "m"']],
    [device({ attributes: { model: { string: 'big' }, 'gpu.example.com/cores': { int: 64 }, driver: { version: '1.2.3-rc.1+b' } } }), []],
    [device({ attributes: { x: {} } }), ['spec.devices[0].attributes[x]: Invalid value: "": exactly one value must be specified']],
    [device({ attributes: { x: { version: 'one' } } }), ['spec.devices[0].attributes[x].version: Invalid value: "one": must be a string compatible with semver.org spec 2.0.0']],
    [device({ attributes: { x: { string: 's'.repeat(65) } } }), ['spec.devices[0].attributes[x].string: Too long: may not be more than 64 bytes']],
    [device({ taints: [{ key: 'k', effect: 'Explode' }] }), ['spec.devices[0].taints[0].effect: Unsupported value: "Explode": supported values: "NoExecute", "NoSchedule", "None"']],
    [device({ capacity: { m: { value: '-1' } } }), []],
    [device({ nodeName: 'n' }), ['spec.devices[0].nodeName: Forbidden: `nodeName`, `nodeSelector` and `allNodes` can only be set when `perDeviceNodeSelection` is set to true in the ResourceSlice spec']],
    [{ ...base, perDeviceNodeSelection: true, devices: [{ name: 'd', nodeName: 'n' }] }, []],
  ])('with %j', (spec, expected) => {
    expect(validate('resourceslices', spec)).toEqual(expected);
  });

  test.each([
    [{ default: '2', validValues: ['1', '2'] }, 0],
    [{ default: '3', validValues: ['1', '2'] }, 1],
    [{ default: '1', validValues: ['2', '1'] }, 1],
    [{ default: '1', validValues: ['1', '20'] }, 1],
    [{ default: '2', validRange: { min: '1', max: '9', step: '1' } }, 0],
    [{ default: '2', validRange: { min: '1', max: '9', step: '3' } }, 2],
    [{ default: '1', validRange: { min: '11' } }, 3],
    [{ default: '1', validRange: { min: '1' }, validValues: ['1'] }, 1],
  ])('divide shared devices by %j', (requestPolicy, findings) => {
    const capacity = { m: { value: '10', requestPolicy } };
    expect(validate('resourceslices', device({ allowMultipleAllocations: true, capacity }))).toHaveLength(findings);
    expect(validate('resourceslices', device({ capacity }))).toEqual(['spec.devices[0].capacity[m].requestPolicy: Forbidden: allowMultipleAllocations must be true']);
  });

  test('stay where they are', () => {
    expect(update('resourceslices', slice({}), { ...slice({ driver: 'o.example.com', nodeName: 'm' }), pool: { ...base.pool, name: 'r', generation: 2 } })).toEqual([
      'spec.pool.name: Invalid value: "r": field is immutable',
      'spec.driver: Invalid value: "o.example.com": field is immutable',
      'spec.nodeName: Invalid value: "m": field is immutable',
    ]);
  });

  test('give taints their time, and drop what features that are off would need', () => {
    const object = made('resourceslices', device({ taints: [{ key: 'k', effect: 'None' }], nodeAllocatableResourceMappings: {}, attributes: { x: { ints: [1], int: 1 } } }));
    rulesOf('resourceslices').prepareForCreate?.(object, CONTEXT);
    expect(object['spec']).toEqual(device({ taints: [{ key: 'k', effect: 'None', timeAdded: '2024-01-01T00:00:00Z' }], attributes: { x: { int: 1 } } }));
  });

  test('are found by node and driver', () => {
    const fields = rulesOf('resourceslices').selectableFields ?? {};
    expect(Object.entries(fields).map(([label, read]) => [label, read(made('resourceslices', slice({})))])).toEqual([
      ['spec.nodeName', 'n'],
      ['spec.driver', 'gpu.example.com'],
    ]);
    expect(rulesOf('resourceslices').cells?.(made('resourceslices', slice({})), CONTEXT)).toEqual(['x', 'n', 'gpu.example.com', 'p/q', '60m']);
  });
});

describe('lists and texts are bounded', () => {
  const many = <T>(length: number, item: (i: number) => T): T[] => Array.from({ length }, (_, i) => item(i));
  const slice = { driver: 'd', pool: { name: 'p', generation: 0, resourceSliceCount: 1 }, nodeName: 'n' };

  test.each([
    ['requests', 'resourceclaims', { devices: { requests: many(33, (i) => ({ ...GPU, name: `g${i}` })) } }, 'spec.devices.requests: Too many: 33: must have at most 32 items'],
    ['parameters', 'deviceclasses', { config: [{ opaque: { driver: 'd', parameters: { a: 'x'.repeat(10_240) } } }] }, 'spec.config[0].opaque.parameters: Too long: may not be more than 10240 bytes'],
    ['expressions', 'deviceclasses', { selectors: [{ cel: { expression: 'x'.repeat(10_241) } }] }, 'spec.selectors[0].cel.expression: Too long: may not be more than 10240 bytes'],
    ['devices', 'resourceslices', { ...slice, devices: many(129, (i) => ({ name: `d${i}` })) }, 'spec.devices: Too many: 129: must have at most 128 items'],
    ['devices with taints', 'resourceslices', { ...slice, devices: many(65, (i) => ({ name: `d${i}`, taints: [{ key: 'k', effect: 'None' }] })) }, 'spec.devices: Too many: 65: must have at most 64 items'],
    ['attributes', 'resourceslices', { ...slice, devices: [{ name: 'd', attributes: Object.fromEntries(many(33, (i) => [`a${i}`, { int: i }])) }] }, 'spec.devices[0]: Invalid value: 33: the total number of attributes and capacities must not exceed 32'],
  ])('of %s in %s', (...[, plural, spec, finding]) => {
    expect(validate(plural, spec)).toEqual([finding]);
  });
});
