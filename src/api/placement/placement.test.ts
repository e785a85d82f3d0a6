import { describe, expect, test } from 'vitest';
import type { Node, NodeSelectorRequirement, NodeSelectorTerm, Taint, Toleration } from '../types/generated/core-v1.ts';
import { wantsNode } from './node-affinity.ts';
import { toleratesTaint, untoleratedTaint } from './tolerations.ts';

const TAINT: Taint = { key: 'a', value: '5', effect: 'NoExecute' };

describe('a toleration', () => {
  test.each<[Toleration, boolean]>([
    [{ operator: 'Exists' }, true],
    [{ key: 'a', operator: 'Exists' }, true],
    [{ key: 'a', value: '5' }, true],
    [{ key: 'a', operator: 'Equal', value: '5', effect: 'NoExecute' }, true],
    [{ key: 'a', value: '6' }, false],
    [{ key: 'b', operator: 'Exists' }, false],
    [{ key: 'a', operator: 'Exists', effect: 'NoSchedule' }, false],
    [{ key: 'a', operator: 'Lt', value: '6' }, true],
    [{ key: 'a', operator: 'Gt', value: '6' }, false],
    [{ key: 'a', operator: 'Gt', value: '4' }, true],
    [{ key: 'a', operator: 'Gt', value: 'x' }, false],
  ])('%j bears a=5:NoExecute: %s', (toleration, bears) => {
    expect(toleratesTaint(toleration, TAINT)).toBe(bears);
  });

  test('is needed for each taint', () => {
    const other: Taint = { key: 'b', effect: 'NoSchedule' };
    expect(untoleratedTaint([TAINT, other], [{ key: 'a', operator: 'Exists' }])).toBe(other);
    expect(untoleratedTaint([TAINT, other], [{ operator: 'Exists' }])).toBeUndefined();
  });
});

describe('a pod', () => {
  const node: Node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', labels: { zone: 'z1', cores: '8' } } };
  const expression = (key: string, operator: NodeSelectorRequirement['operator'], values?: string[]): NodeSelectorTerm => ({ matchExpressions: [{ key, operator, ...(values && { values }) }] });

  test.each<[NodeSelectorTerm[], boolean]>([
    [[expression('zone', 'In', ['z1', 'z2'])], true],
    [[expression('zone', 'NotIn', ['z1'])], false],
    [[expression('other', 'NotIn', ['z1'])], true],
    [[expression('zone', 'Exists')], true],
    [[expression('zone', 'DoesNotExist')], false],
    [[expression('cores', 'Gt', ['4'])], true],
    [[expression('cores', 'Lt', ['4'])], false],
    [[expression('zone', 'Gt', ['4'])], false],
    [[expression('other', 'Exists'), expression('zone', 'Exists')], true],
    [[{}], false],
    [[], false],
    [[{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n'] }] }], true],
    [[{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['m'] }], matchExpressions: [{ key: 'zone', operator: 'Exists' }] }], false],
  ])('that requires %j wants the node: %s', (nodeSelectorTerms, wants) => {
    expect(wantsNode({ containers: [], affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } }, node)).toBe(wants);
  });

  test.each<[Record<string, string>, boolean]>([
    [{}, true],
    [{ zone: 'z1' }, true],
    [{ zone: 'z1', cores: '4' }, false],
  ])('that selects %j wants the node: %s', (nodeSelector, wants) => {
    expect(wantsNode({ containers: [], nodeSelector }, node)).toBe(wants);
  });
});
