import { maxList, sumLists } from './resource-list.ts';
import type { Container, PodSpec, ResourceList } from './shapes.ts';

/** What a pod needs at its peak: all containers with the sidecars, or one init container with the sidecars before it. */
export function aggregateRequests(spec: PodSpec): ResourceList {
  return aggregate(spec, (container) => container.resources?.requests);
}

export function aggregateLimits(spec: PodSpec): ResourceList {
  return aggregate(spec, (container) => container.resources?.limits);
}

function aggregate(spec: PodSpec, listOf: (container: Container) => ResourceList | undefined): ResourceList {
  const containers = sumLists((spec.containers ?? []).map(listOf));
  let sidecars: ResourceList = {};
  let starting: ResourceList = {};
  for (const container of spec.initContainers ?? []) {
    if (container.restartPolicy === 'Always') {
      sidecars = sumLists([sidecars, listOf(container)]);
      starting = maxList(starting, sidecars);
    } else {
      starting = maxList(starting, sumLists([sidecars, listOf(container)]));
    }
  }
  return maxList(sumLists([containers, sidecars]), starting);
}
