import { computeQosClass } from '../../core/pods/qos.ts';
import type { PodSpec } from '../../pod-template/shapes.ts';
import { selectsClass, type QuotaScope } from '../quota.ts';

/** Whether a pod is one of those that a scope of a quota speaks of. */
export function podMatchesScope(scope: QuotaScope, spec: PodSpec): boolean {
  switch (scope.scopeName) {
    case 'Terminating':
      return isTerminating(spec);
    case 'NotTerminating':
      return !isTerminating(spec);
    case 'BestEffort':
      return computeQosClass(spec) === 'BestEffort';
    case 'NotBestEffort':
      return computeQosClass(spec) !== 'BestEffort';
    case 'PriorityClass':
      return selectsClass(scope, spec.priorityClassName || undefined);
    case 'CrossNamespacePodAffinity':
      return reachesOtherNamespaces(spec);
    default:
      return false;
  }
}

/** It ends by itself some day. */
function isTerminating({ activeDeadlineSeconds }: PodSpec): boolean {
  return activeDeadlineSeconds !== undefined && activeDeadlineSeconds >= 0;
}

/** Its affinity names other namespaces: a way to keep their pods off a node. */
function reachesOtherNamespaces({ affinity }: PodSpec): boolean {
  const terms = [affinity?.podAffinity, affinity?.podAntiAffinity].flatMap((part) => [
    ...(part?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(part?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm ?? {}),
  ]);
  return terms.some(({ namespaces, namespaceSelector }) => (namespaces?.length ?? 0) > 0 || namespaceSelector !== undefined);
}
