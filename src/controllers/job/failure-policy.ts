import type { PodFailurePolicyOnExitCodesRequirement, PodFailurePolicyOnPodConditionsPattern, PodFailurePolicyRule } from '../../api/types/generated/batch-v1.ts';
import type { ContainerStatus, PodCondition } from '../../api/types/generated/core-v1.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import type { SharedPod } from '../pods/pod-state.ts';
import type { SharedJob } from './job-state.ts';

export interface FailureVerdict {
  /** Of the first rule that matches. */
  readonly action?: PodFailurePolicyRule['action'];
  /** It counts towards limits of failures. */
  readonly counts: boolean;
  /** Why the whole job fails; only with FailJob. */
  readonly message?: string;
}

/** What the job's policy says of a pod that failed. */
export function judgeFailure({ spec }: SharedJob, pod: SharedPod): FailureVerdict {
  for (const [i, { action, onExitCodes, onPodConditions }] of (spec?.podFailurePolicy?.rules ?? []).entries()) {
    const what = onExitCodes ? exitOf(pod, onExitCodes) : conditionMessage(pod, onPodConditions ?? []);
    if (what === undefined) continue;
    return { action, counts: action !== 'Ignore', ...(action === 'FailJob' && { message: `${what} matching FailJob rule at index ${i}` }) };
  }
  return { counts: true };
}

function exitOf(pod: SharedPod, requirement: DeepReadonly<PodFailurePolicyOnExitCodesRequirement>): string | undefined {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
  const container = [...containerStatuses, ...initContainerStatuses].find((status) => exitMatches(status, requirement));
  if (!container) return undefined;
  const { namespace = '', name = '' } = pod.metadata;
  return `Container ${container.name} for pod ${namespace}/${name} failed with exit code ${container.state?.terminated?.exitCode ?? 0}`;
}

function exitMatches({ name, state }: DeepReadonly<ContainerStatus>, { containerName, operator, values }: DeepReadonly<PodFailurePolicyOnExitCodesRequirement>): boolean {
  const exitCode = state?.terminated?.exitCode ?? 0;
  if (exitCode === 0 || (containerName !== undefined && containerName !== name)) return false;
  return values.includes(exitCode) === (operator === 'In');
}

function conditionMessage(pod: SharedPod, patterns: readonly DeepReadonly<PodFailurePolicyOnPodConditionsPattern>[]): string | undefined {
  const { namespace = '', name = '' } = pod.metadata;
  const matches = ({ type, status }: DeepReadonly<PodCondition>): boolean => patterns.some((pattern) => pattern.type === type && (pattern.status ?? 'True') === status);
  const condition = pod.status?.conditions?.find(matches);
  return condition && `Pod ${namespace}/${name} has condition ${condition.type}`;
}
