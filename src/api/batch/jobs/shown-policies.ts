import type { JobSpec } from './job.ts';

/** Policies as findings show them: Kubernetes' internal structs. */
export function shownSuccessPolicy(policy: JobSpec['successPolicy']): unknown {
  if (policy === undefined) return null;
  return { Rules: (policy.rules ?? []).map((rule) => ({ SucceededIndexes: rule.succeededIndexes ?? null, SucceededCount: rule.succeededCount ?? null })) };
}

export function shownPodFailurePolicy(policy: JobSpec['podFailurePolicy']): unknown {
  if (policy === undefined) return null;
  return {
    Rules: (policy.rules ?? []).map(({ action, onExitCodes, onPodConditions }) => ({
      Action: action ?? '',
      OnExitCodes:
        onExitCodes === undefined
          ? null
          : { ContainerName: onExitCodes.containerName ?? null, Operator: onExitCodes.operator ?? '', Values: onExitCodes.values ?? null },
      OnPodConditions: onPodConditions?.map((pattern) => ({ Type: pattern.type ?? '', Status: pattern.status ?? '' })) ?? null,
    })),
  };
}
