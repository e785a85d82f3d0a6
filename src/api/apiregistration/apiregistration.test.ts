import { describe, expect, test } from 'vitest';
import { formatFieldError } from '../../machinery/field-error.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { RuleContext } from '../kind-rules.ts';
import { apiregistrationKinds } from './kinds.ts';

const CONTEXT: RuleContext = { nowMs: Date.parse('2024-01-01T00:00:00Z'), userName: '', userGroups: [], userUid: '', userExtra: {}, random: () => 0.5 };
const rules = apiregistrationKinds['apiservices'] ?? {};
const SERVICE = { namespace: 'here', name: 'there' };
const GOOD = { group: 'example.com', version: 'v1', groupPriorityMinimum: 100, versionPriority: 10, service: SERVICE };
function made(spec: object, more: object = {}): KubeObject {
  const object = { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', metadata: { name: 'v1.example.com', creationTimestamp: '2023-12-31T23:00:00Z' }, spec: structuredClone(spec), status: {}, ...more };
  rules.defaults?.(object, 'v1');
  return object;
}

describe('API services', () => {
  test('are reached by HTTPS', () => {
    expect(made(GOOD)['spec']).toMatchObject({ service: { port: 443 } });
  });

  test.each([
    [GOOD, {}, []],
    [{ ...GOOD, service: undefined }, {}, []],
    [GOOD, { metadata: { name: 'wrong.example.com' } }, ['metadata.name: Invalid value: "wrong.example.com": must be `spec.version+"."+spec.group`: "v1.example.com"']],
    [{ ...GOOD, groupPriorityMinimum: 0, versionPriority: 1001 }, {}, ['spec.groupPriorityMinimum: Invalid value: 0: must be positive and less than 20000', 'spec.versionPriority: Invalid value: 1001: must be positive and less than 1000']],
    [{ ...GOOD, group: '', version: 'v2' }, { metadata: { name: 'v2.' } }, ['spec.group: Required value: only v1 may have an empty group and it better be legacy kube']],
    [{ ...GOOD, service: { name: '', namespace: '', port: 70_000 } }, {}, ['spec.service.namespace: Required value', 'spec.service.name: Required value', 'spec.service.port: Invalid value: 70000: port is not valid: must be between 1 and 65535, inclusive']],
    [{ ...GOOD, insecureSkipTLSVerify: true, caBundle: 'eA==' }, {}, ['spec.insecureSkipTLSVerify: Invalid value: true: may not be true if caBundle is present']],
    [{ ...GOOD, service: undefined, insecureSkipTLSVerify: true, caBundle: 'eA==' }, {}, ['spec.caBundle: Invalid value: "1 bytes": local APIServices may not have a caBundle', 'spec.insecureSkipTLSVerify: Invalid value: true: local APIServices may not have insecureSkipTLSVerify']],
  ])('with %j and %j', (spec, more, expected) => {
    expect(rules.validate?.(made(spec, more), CONTEXT).map(formatFieldError)).toEqual(expected);
  });

  test('of this server are there at once', () => {
    const local = made({ ...GOOD, service: undefined });
    rules.prepareForCreate?.(local, CONTEXT);
    expect(rules.cells?.(local, CONTEXT)).toEqual(['v1.example.com', 'Local', 'True', '60m']);
    const remote = made(GOOD);
    rules.prepareForCreate?.(remote, CONTEXT);
    expect(rules.cells?.(remote, CONTEXT)).toEqual(['v1.example.com', 'here/there', 'Unknown', '60m']);
  });

  test('say why they are not there', () => {
    const status = { conditions: [{ type: 'Available', status: 'False', reason: 'ServiceNotFound' }] };
    expect(rules.cells?.(made(GOOD, { status }), CONTEXT)[2]).toBe('False (ServiceNotFound)');
    const object = made(GOOD, { status: { conditions: [{ type: 'Available', status: 'Maybe' }] } });
    expect(rules.status?.validateUpdate?.(object, object, CONTEXT).map(formatFieldError)).toEqual([
      'status.conditions[0].status: Unsupported value: "Maybe": supported values: "True", "False", "Unknown"',
    ]);
  });
});
