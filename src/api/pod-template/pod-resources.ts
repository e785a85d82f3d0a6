import { aggregateLimits, aggregateRequests } from './aggregate-resources.ts';
import { isHugePageResource } from './resource-names.ts';
import { sumLists } from './resource-list.ts';
import type { PodSpec, ResourceList } from './shapes.ts';
import { setOwn, type JsonObject } from '../../machinery/json.ts';

/** What the pod asks for: its containers at their peak, or what it says of itself as a whole, and its runtime's overhead. */
export function podRequests(spec: PodSpec): ResourceList {
  return sumLists([withPodLevel(aggregateRequests(spec), spec.resources?.requests), spec.overhead]);
}

/** What the pod may use at most. The overhead counts only where something is limited at all. */
export function podLimits(spec: PodSpec): ResourceList {
  const limits = withPodLevel(aggregateLimits(spec), spec.resources?.limits);
  const overhead: ResourceList = {};
  for (const [name, amount] of Object.entries(spec.overhead ?? {})) if (Object.hasOwn(limits, name)) setOwn(overhead as JsonObject, name, amount);
  return sumLists([limits, overhead]);
}

/** What is set for the pod as a whole counts instead of the sum of its containers. */
export function withPodLevel(sum: ResourceList, podLevel: ResourceList | undefined): ResourceList {
  const list = { ...sum };
  for (const [name, amount] of Object.entries(podLevel ?? {})) {
    if (name === 'cpu' || name === 'memory' || isHugePageResource(name)) setOwn(list as JsonObject, name, amount);
  }
  return list;
}
