import { describe, expect, test } from 'vitest';
import type { HorizontalPodAutoscalerBehavior } from '../../api/types/generated/autoscaling-v2.ts';
import { limitReplicas, ScaleHistory, type LimitsRequest } from './scaling-limits.ts';

const NOW = 1_000_000_000;
const ask = (request: Partial<LimitsRequest> & { past?: [secondsAgo: number, count: number][] }): unknown => {
  const { past = [], ...more } = request;
  const history = new ScaleHistory(request.current ?? 5, NOW - 3_600_000);
  for (const [secondsAgo, count] of past) history.recommendations.push({ atMs: NOW - secondsAgo * 1000, count });
  const { replicas, verdicts } = limitReplicas({ current: 5, wanted: 5, min: 1, max: 100, behavior: undefined, nowMs: NOW, history, ...more });
  return [replicas, ...verdicts.map(({ reason }) => reason)];
};

describe('without rules', () => {
  test.each<[string, Parameters<typeof ask>[0], unknown]>([
    ['nothing changes', {}, [5, 'ReadyForNewScale', 'DesiredWithinRange']],
    ['it doubles at most', { wanted: 50 }, [10, 'ReadyForNewScale', 'ScaleUpLimit']],
    ['or goes to four', { current: 1, wanted: 50 }, [4, 'ReadyForNewScale', 'ScaleUpLimit']],
    ['never above the most', { wanted: 50, max: 8 }, [8, 'ReadyForNewScale', 'TooManyReplicas']],
    ['never below the least', { wanted: 0, min: 2 }, [2, 'ReadyForNewScale', 'TooFewReplicas']],
    ['it shrinks to what was wanted in the last five minutes', { wanted: 1, past: [[299, 4], [10, 2]] }, [4, 'ScaleDownStabilized', 'DesiredWithinRange']],
    ['and not before', { wanted: 1, past: [[301, 4]] }, [1, 'ReadyForNewScale', 'DesiredWithinRange']],
  ])('%s', (_, request, expected) => expect(ask(request)).toEqual(expected));
});

describe('with rules', () => {
  const up = (rules: object): HorizontalPodAutoscalerBehavior => ({ scaleUp: { stabilizationWindowSeconds: 0, selectPolicy: 'Max', ...rules }, scaleDown: { stabilizationWindowSeconds: 0 } });
  const down = (rules: object): HorizontalPodAutoscalerBehavior => ({ scaleUp: { stabilizationWindowSeconds: 0 }, scaleDown: { stabilizationWindowSeconds: 0, selectPolicy: 'Max', ...rules } });
  const pods = (value: number): object => ({ type: 'Pods', value, periodSeconds: 60 });
  const percent = (value: number): object => ({ type: 'Percent', value, periodSeconds: 60 });
  test.each<[string, Parameters<typeof ask>[0], unknown]>([
    ['the larger of two ways up', { wanted: 50, behavior: up({ policies: [pods(4), percent(100)] }) }, [10, 'ReadyForNewScale', 'ScaleUpLimit']],
    ['the smaller of two ways up', { wanted: 50, behavior: up({ policies: [pods(4), percent(100)], selectPolicy: 'Min' }) }, [9, 'ReadyForNewScale', 'ScaleUpLimit']],
    ['no way up', { wanted: 50, behavior: up({ policies: [pods(4)], selectPolicy: 'Disabled' }) }, [5, 'ReadyForNewScale', 'ScaleUpLimit']],
    ['the larger of two ways down', { current: 10, wanted: 1, behavior: down({ policies: [pods(4), percent(10)] }) }, [6, 'ReadyForNewScale', 'ScaleDownLimit']],
    ['the smaller of two ways down', { current: 10, wanted: 1, behavior: down({ policies: [pods(4), percent(10)], selectPolicy: 'Min' }) }, [9, 'ReadyForNewScale', 'ScaleDownLimit']],
    ['the least that was wanted lately, on the way up', { wanted: 9, behavior: up({ stabilizationWindowSeconds: 60, policies: [pods(100)] }), past: [[30, 6], [70, 5]] }, [6, 'ScaleUpStabilized', 'DesiredWithinRange']],
    ['the most that was wanted lately, on the way down', { wanted: 1, behavior: down({ stabilizationWindowSeconds: 60, policies: [percent(100)] }), past: [[30, 3], [70, 4]] }, [3, 'ScaleDownStabilized', 'DesiredWithinRange']],
  ])('%s', (_, request, expected) => expect(ask(request)).toEqual(expected));

  test('what was done in the period counts', () => {
    const behavior = up({ policies: [pods(4)] });
    const history = new ScaleHistory(5, NOW - 3_600_000);
    history.scaled(5, 8, { nowMs: NOW - 30_000, behavior });
    expect(limitReplicas({ current: 8, wanted: 50, min: 1, max: 100, behavior, nowMs: NOW, history }).replicas).toBe(9);
    expect(limitReplicas({ current: 8, wanted: 50, min: 1, max: 100, behavior, nowMs: NOW + 31_000, history }).replicas).toBe(12);
  });
});
