import { describe, expect, test } from 'vitest';
import { chooseContainer, requireNode } from './container-choice.ts';
import { decideEviction, type DisruptionBudget } from './eviction.ts';
import type { Pod } from './pod.ts';

const READY = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
const pod = (status: object, metadata: object = { labels: { app: 'a' } }): Pod => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'ns', ...metadata }, status }) as Pod;
const budget = (status: object, spec: object = {}): DisruptionBudget => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'b', namespace: 'ns', generation: 1 },
  spec: { selector: { matchLabels: { app: 'a' } }, ...spec },
  status: { observedGeneration: 1, ...status },
});

describe('an eviction', () => {
  const none = budget({ disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1 });
  test.each([
    ['no budget selects the pod', pod(READY, { labels: { app: 'other' } }), [none]],
    ['the pod has no labels', pod(READY, {}), [budget({}, { selector: {} })]],
    ['the pod is pending', pod({ phase: 'Pending' }), [none]],
    ['the pod is going anyway', pod(READY, { labels: { app: 'a' }, deletionTimestamp: 'x' }), [none]],
    ['the pod is not ready and the others suffice', pod({ phase: 'Running' }), [none]],
    ['the pod is not ready and may always go', pod({ phase: 'Running' }), [budget({}, { unhealthyPodEvictionPolicy: 'AlwaysAllow' })]],
  ])('costs nothing when %s', (_, object, budgets) => {
    expect(decideEviction(object, budgets, 0)).toEqual({ type: 'evict' });
  });

  test('spends what the budget allows', () => {
    expect(decideEviction(pod(READY), [budget({ disruptionsAllowed: 2 })], 0)).toMatchObject({
      type: 'spend',
      budget: { status: { disruptionsAllowed: 1, disruptedPods: { p: '1970-01-01T00:00:00Z' } } },
    });
  });

  test.each([
    ['nothing is left', [none], 429, 'The disruption budget b needs 1 healthy pods and has 1 currently'],
    ['the budget is new', [budget({ observedGeneration: 0 })], 429, 'The disruption budget b is still being processed by the server.'],
    ['there are two budgets', [none, none], 500, undefined],
    ['the count is broken', [budget({ disruptionsAllowed: -1 })], 403, undefined],
  ])('is refused when %s', (_, budgets, code, cause) => {
    const decision = decideEviction(pod(READY), budgets, 0);
    expect(decision).toMatchObject({ type: 'refuse', error: { code } });
    if (decision.type === 'refuse') expect(decision.error.status.details?.causes?.[0]?.message).toBe(cause);
  });
});

describe('a request to a container', () => {
  const spec = { initContainers: [{ name: 'i' }], containers: [{ name: 'c' }, { name: 'd' }] };
  const two = { ...pod({}), spec };

  test('names one where there are several', () => {
    expect(chooseContainer(two, 'i')).toBe('i');
    expect(chooseContainer({ ...two, spec: { containers: [{ name: 'c' }] } }, '')).toBe('c');
    expect(() => chooseContainer(two, '')).toThrow('a container name must be specified for pod p, choose one of: [i c d]');
    expect(() => chooseContainer(two, 'nope')).toThrow('container nope is not valid for pod p');
  });

  test('needs a node', () => {
    expect(() => requireNode(two)).toThrow('pod p does not have a host assigned');
    expect(requireNode({ ...two, spec: { ...spec, nodeName: 'n' } })).toBe('n');
  });
});
