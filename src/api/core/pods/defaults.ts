import type { KubeObject } from '../../../machinery/object-meta.ts';
import { aggregateLimits, aggregateRequests } from '../../pod-template/aggregate-resources.ts';
import { defaultRequestsFromLimits } from '../../pod-template/container-defaults.ts';
import { defaultHostNetworkPorts, defaultPodSpec, dropInitContainerAnnotations } from '../../pod-template/defaults.ts';
import { isHugePageResource } from '../../pod-template/resource-names.ts';
import { addMissingAmounts } from '../../pod-template/resource-list.ts';
import type { PodSpec, PodStatus, ResourceList } from '../../pod-template/shapes.ts';
import { isPodLevelResource } from '../../pod-template/validate-pod-resources.ts';
import type { Pod } from './pod.ts';

/** What a pod gets beyond what its spec would get as a template. */
export function defaults(object: KubeObject): void {
  const pod = object as Pod;
  const spec = (pod.spec ??= {});
  dropInitContainerAnnotations(pod.metadata.annotations);
  if (spec.terminationGracePeriodSeconds !== undefined && spec.terminationGracePeriodSeconds < 0) spec.terminationGracePeriodSeconds = 1;
  defaultPodSpec(spec);
  for (const container of spec.containers ?? []) defaultRequestsFromLimits(container);
  for (const container of spec.initContainers ?? []) defaultRequestsFromLimits(container);
  defaultPodResources(spec);
  spec.enableServiceLinks ??= true;
  defaultHostNetworkPorts(spec);
  if (pod.status !== undefined) syncAddresses(pod.status);
}

/** What is set for the whole pod only in part is completed from its containers, then from its limits. */
function defaultPodResources(spec: PodSpec): void {
  const resources = spec.resources;
  if (resources === undefined) return;
  const limits: ResourceList = { ...resources.limits };
  addMissingAmounts(limits, pick(aggregateLimits(spec), isHugePageResource));
  if (Object.keys(limits).length > 0) resources.limits = limits;
  const requests: ResourceList = { ...resources.requests };
  addMissingAmounts(requests, pick(aggregateRequests(spec), (name) => isPodLevelResource(name) && !isHugePageResource(name)));
  addMissingAmounts(requests, pick(limits, isPodLevelResource));
  if (Object.keys(requests).length > 0) resources.requests = requests;
}

function pick(list: ResourceList, wanted: (name: string) => boolean): ResourceList {
  return Object.fromEntries(Object.entries(list).filter(([name]) => wanted(name)));
}

/** `podIP` is the first of `podIPs`; a client that knows only the former decides. */
export function syncAddresses(status: PodStatus): void {
  const first = status.podIPs?.[0]?.ip ?? '';
  if (status.podIP && status.podIP !== first) status.podIPs = [{ ip: status.podIP }];
  else if (!status.podIP && first !== '') status.podIP = first;
}
