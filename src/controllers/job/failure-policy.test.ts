import { expect, test } from 'vitest';
import type { PodFailurePolicyRule } from '../../api/types/generated/batch-v1.ts';
import type { SharedPod } from '../pods/pod-state.ts';
import { judgeFailure, type FailureVerdict } from './failure-policy.ts';
import type { SharedJob } from './job-state.ts';

const pod = {
  metadata: { namespace: 'ns', name: 'p' },
  status: {
    phase: 'Failed',
    conditions: [{ type: 'DisruptionTarget', status: 'True' }],
    containerStatuses: [{ name: 'a', state: { terminated: { exitCode: 0 } } }, { name: 'b', state: { terminated: { exitCode: 42 } } }],
    initContainerStatuses: [{ name: 'i', state: { terminated: { exitCode: 7 } } }],
  },
} as unknown as SharedPod;

const judge = (...rules: PodFailurePolicyRule[]): FailureVerdict => judgeFailure({ spec: { podFailurePolicy: { rules } } } as unknown as SharedJob, pod);

test.each<[string, PodFailurePolicyRule[], FailureVerdict]>([
  ['no rule', [], { counts: true }],
  ['an exit code', [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [1, 42] } }], { action: 'FailJob', counts: true, message: 'Container b for pod ns/p failed with exit code 42 matching FailJob rule at index 0' }],
  ['an exit code of an init container', [{ action: 'FailIndex', onExitCodes: { operator: 'In', values: [7] } }], { action: 'FailIndex', counts: true }],
  ['exit codes that a success is not among', [{ action: 'Ignore', onExitCodes: { containerName: 'a', operator: 'NotIn', values: [1] } }], { counts: true }],
  ['exit codes left out', [{ action: 'Count', onExitCodes: { containerName: 'b', operator: 'NotIn', values: [1] } }], { action: 'Count', counts: true }],
  ['a condition', [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }], { action: 'Ignore', counts: false }],
  ['a condition of another status', [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'False' }] }], { counts: true }],
  [
    'the second rule',
    [{ action: 'Ignore', onExitCodes: { operator: 'In', values: [1] } }, { action: 'FailJob', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }],
    { action: 'FailJob', counts: true, message: 'Pod ns/p has condition DisruptionTarget matching FailJob rule at index 1' },
  ],
])('a pod that failed is judged by %s', (_, rules, verdict) => {
  expect(judge(...rules)).toEqual(verdict);
});
