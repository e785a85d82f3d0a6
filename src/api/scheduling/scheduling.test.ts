import { describe, expect, test } from 'vitest';
import { formatFieldError } from '../../machinery/field-error.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { RuleContext } from '../kind-rules.ts';
import { schedulingKinds } from './kinds.ts';

const CONTEXT: RuleContext = { nowMs: Date.parse('2024-01-01T00:00:00Z'), userName: '', userGroups: [], userUid: '', userExtra: {}, random: () => 0.5 };
const rules = schedulingKinds['priorityclasses'] ?? {};
function made(name: string, fields: object): KubeObject {
  const object = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name, creationTimestamp: '2023-12-31T23:00:00Z' }, ...fields };
  rules.defaults?.(object, 'v1');
  return object;
}
const RESERVED = "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: ";

describe('priority classes', () => {
  test.each([
    ['x', { value: 1_000_000_000 }, []],
    ['x', { value: 1_000_000_001 }, ['value: Forbidden: maximum allowed value of a user defined priority is 1000000000']],
    ['x', { value: 1, preemptionPolicy: 'Sometimes' }, ['preemptionPolicy: Unsupported value: "Sometimes": supported values: "PreemptLowerPriority", "Never"']],
    ['system-mine', { value: 1 }, [`${RESERVED}system-mine is not a known system priority class`]],
    ['system-node-critical', { value: 1 }, [`${RESERVED}value of system-node-critical PriorityClass must be 2000001000`]],
    ['system-cluster-critical', { value: 2_000_000_000, globalDefault: true }, [`${RESERVED}globalDefault of system-cluster-critical PriorityClass must be false`]],
    ['system-cluster-critical', { value: 2_000_000_000 }, []],
  ])('%s with %j', (name, fields, expected) => {
    expect(rules.validate?.(made(name, fields), CONTEXT).map(formatFieldError)).toEqual(expected);
  });

  test('keep their value and policy', () => {
    expect(rules.validateUpdate?.(made('x', { value: 2, preemptionPolicy: 'Never' }), made('x', { value: 1 }), CONTEXT).map(formatFieldError)).toEqual([
      'value: Forbidden: may not be changed in an update.',
      'preemptionPolicy: Invalid value: "Never": field is immutable',
    ]);
    expect(rules.validateUpdate?.(made('x', { value: 1, description: 'd' }), made('x', { value: 1 }), CONTEXT)).toEqual([]);
  });

  test('have one generation for good', () => {
    const object = made('x', { value: 1 });
    rules.prepareForCreate?.(object, CONTEXT);
    expect(object.metadata.generation).toBe(1);
    expect(rules.tracksGeneration).toBe(false);
    expect(rules.cells?.(object, CONTEXT)).toEqual(['x', 1, false, '60m', 'PreemptLowerPriority']);
  });
});
