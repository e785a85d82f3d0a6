import { compareQuantity, quantitySign } from '../../../machinery/quantity.ts';
import { amountOf, hasPositiveAmount } from '../../pod-template/resource-list.ts';
import type { PodSpec, ResourceList, ResourceRequirements } from '../../pod-template/shapes.ts';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

/** Only these two decide: what can be compressed or must be killed for. */
const QOS_RESOURCES = ['cpu', 'memory'];

/**
 * How a pod ranks when its node runs short. Guaranteed: everything limited, and requests equal to limits. BestEffort:
 * nothing asked, nothing limited. What is set for the pod as a whole counts instead of its containers.
 */
export function computeQosClass(spec: PodSpec): QosClass {
  const parts: (ResourceRequirements | undefined)[] = hasPodLevelResources(spec)
    ? [spec.resources]
    : [...(spec.initContainers ?? []), ...(spec.containers ?? [])].map((container) => container.resources);
  const asksAnything = parts.some((part) => QOS_RESOURCES.some((name) => hasPositiveAmount(part?.requests, name) || hasPositiveAmount(part?.limits, name)));
  if (!asksAnything) return 'BestEffort';
  const isLimited = parts.every((part) => QOS_RESOURCES.every((name) => hasPositiveAmount(part?.limits, name)));
  return isLimited && QOS_RESOURCES.every((name) => sameTotals(parts, name)) ? 'Guaranteed' : 'Burstable';
}

function hasPodLevelResources(spec: PodSpec): boolean {
  return isNonEmpty(spec.resources?.requests) || isNonEmpty(spec.resources?.limits);
}

function isNonEmpty(list: ResourceList | undefined): boolean {
  return list !== undefined && Object.keys(list).length > 0;
}

/** Requests may stay unset: limits stand for them. */
function sameTotals(parts: readonly (ResourceRequirements | undefined)[], name: string): boolean {
  return parts.every((part) => {
    const request = amountOf(part?.requests, name);
    return quantitySign(request) === 0 || compareQuantity(request, amountOf(part?.limits, name)) === 0;
  });
}
