import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../machinery/json.ts';
import { create, NOW_MS, objectOf, update } from '../../apps/rule-runs.test-data.ts';
import { rules } from './strategy.ts';

const selector = { matchLabels: { app: 'x' } };
const budget = (spec: JsonObject) => objectOf('policy/v1', 'PodDisruptionBudget', { spec });

describe('Disruption budgets', () => {
  test.each<[string, JsonObject, string[]]>([
    ['a number', { minAvailable: 2, selector }, []],
    ['a percentage', { maxUnavailable: '50%', selector }, []],
    ['neither bound nor selector', {}, []],
    ['both bounds', { minAvailable: 1, maxUnavailable: '10%', selector }, [
      'spec: Invalid value: {"MinAvailable":1,"Selector":{"matchLabels":{"app":"x"}},"MaxUnavailable":"10%","UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set',
    ]],
    ['less than nothing', { minAvailable: -1 }, ['spec.minAvailable: Invalid value: -1: must be greater than or equal to 0']],
    ['more than all', { maxUnavailable: '101%' }, ['spec.maxUnavailable: Invalid value: "101%": must not be greater than 100%']],
    ['a word', { minAvailable: 'ten' }, [
      `spec.minAvailable: Invalid value: "ten": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')`,
    ]],
    ['another policy', { unhealthyPodEvictionPolicy: 'Never' }, ['spec.unhealthyPodEvictionPolicy: Unsupported value: "Never": supported values: "AlwaysAllow", "IfHealthyBudget"']],
  ])('%s', (_, spec, findings) => {
    expect(create(rules, budget(spec)).findings).toEqual(findings);
  });

  test('an update names the version it means', () => {
    expect(rules.allowUnconditionalUpdate).toBe(false);
  });

  test('conditions of a status are complete', () => {
    const condition = { type: 'A', status: 'Maybe' };
    const status = { disruptionsAllowed: -1, conditions: [condition, { type: 'A', status: 'True', lastTransitionTime: '2024-01-01T00:00:00Z', reason: 'no blanks' }] };
    const { findings } = update(rules, budget({}), (object) => void (object['status'] = status), rules.status);
    expect(findings).toEqual([
      'status.conditions[0].status: Unsupported value: "Maybe": supported values: "False", "True", "Unknown"',
      'status.conditions[0].lastTransitionTime: Required value',
      'status.conditions[0].reason: Required value',
      'status.conditions[1].type: Duplicate value: "A"',
      expect.stringMatching(/^status.conditions\[1\].reason: Invalid value: "no blanks": a condition reason must start with alphabetic character/),
      'status.disruptionsAllowed: Invalid value: -1: must be greater than or equal to 0',
    ]);
  });

  test('table cells', () => {
    const object = budget({ maxUnavailable: '10%' });
    object['status'] = { disruptionsAllowed: 3 };
    expect(rules.cells?.(object, { nowMs: NOW_MS })).toEqual(['x', 'N/A', '10%', 3, '120m']);
  });
});
