import { describe, expect, test } from 'vitest';
import { formatFieldError } from '../../machinery/field-error.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { RuleContext } from '../kind-rules.ts';
import { nodeKinds } from './kinds.ts';

const CONTEXT: RuleContext = { nowMs: Date.parse('2024-01-01T00:00:00Z'), userName: '', userGroups: [], userUid: '', userExtra: {}, random: () => 0.5 };
const rules = nodeKinds['runtimeclasses'] ?? {};
const made = (fields: object): KubeObject => ({ apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name: 'x', creationTimestamp: '2023-12-31T23:00:00Z' }, ...fields });

describe('runtime classes', () => {
  test.each([
    [{ handler: 'runsc' }, []],
    [{ handler: '' }, ['handler: Required value']],
    [{ handler: 'runsc', overhead: { podFixed: { cpu: '-1' } } }, ['overhead.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0']],
    [
      { handler: 'runsc', scheduling: { tolerations: [{ key: 'a', operator: 'Like' }, { key: 'a', operator: 'Like' }] } },
      [
        'scheduling.tolerations[0].operator: Unsupported value: "Like": supported values: "Equal", "Exists"',
        'scheduling.tolerations[1].operator: Unsupported value: "Like": supported values: "Equal", "Exists"',
        'scheduling.tolerations[1]: Duplicate value: {"Key":"a","Operator":"Like","Value":"","Effect":"","TolerationSeconds":null}',
      ],
    ],
  ])('with %j', (fields, expected) => {
    expect(rules.validate?.(made(fields), CONTEXT).map(formatFieldError)).toEqual(expected);
  });

  test('keep their handler', () => {
    expect(rules.validateUpdate?.(made({ handler: 'kata' }), made({ handler: 'runsc' }), CONTEXT).map(formatFieldError)).toEqual([
      'handler: Invalid value: "kata": field is immutable',
    ]);
    expect(rules.cells?.(made({ handler: 'kata' }), CONTEXT)).toEqual(['x', 'kata', '60m']);
  });
});
