import { isExtendedResource, isHugePageResource } from '../../pod-template/resource-names.ts';
import { maxList } from '../../pod-template/resource-list.ts';
import type { Container, PodSpec, PodStatus, ResourceList } from '../../pod-template/shapes.ts';
import { parseQuantity, type Quantity } from '../../../machinery/quantity.ts';
import { podLimits, podRequests } from '../../pod-template/pod-resources.ts';
import { counted } from '../usage.ts';
import type { Measured, UsageEvaluator } from './evaluator.ts';
import { podMatchesScope } from './pod-scopes.ts';

const COUNT = 'count/pods';
const COMPUTE = ['cpu', 'memory', 'ephemeral-storage'];
const NAMES: ReadonlySet<string> = new Set([COUNT, 'pods', ...COMPUTE.flatMap((name) => [name, `requests.${name}`, `limits.${name}`])]);
/** A quota of these wants every container to say how much it needs. Others came later, and do without. */
const MUST_BE_STATED: ReadonlySet<string> = new Set(['cpu', 'memory'].flatMap((name) => [name, `requests.${name}`, `limits.${name}`]));

/** Counts pods and what they ask for, for as long as they run. */
export function podEvaluator(nowMs: () => number): UsageEvaluator {
  return {
    handles: (operation, subresource) => (subresource === '' ? operation === 'CREATE' : subresource === 'resize' && operation === 'UPDATE'),
    usage(pod) {
      const usage = counted([COUNT, 1]);
      if (hasEnded(pod, nowMs())) return usage;
      const spec = sizedSpec(pod);
      for (const [name, amount] of computeUsage(podRequests(spec), podLimits(spec))) usage.set(name, amount);
      return usage;
    },
    measures: (name) => NAMES.has(name) || isHugePageResource(name) || name.startsWith('requests.hugepages-') || (name.startsWith('requests.') && isExtendedResource(name.slice('requests.'.length))),
    matchesScope: (scope, pod) => podMatchesScope(scope, specOf(pod)),
    fault: (pod, limited) => unstated(specOf(pod), limited),
  };
}

function specOf(pod: Measured): PodSpec {
  return (pod['spec'] ?? {}) as PodSpec;
}

/** An ended pod takes nothing of its node, nor one whose time to end is over: its node may be gone. */
function hasEnded(pod: Measured, nowMs: number): boolean {
  const { phase } = (pod['status'] ?? {}) as PodStatus;
  if (phase === 'Succeeded' || phase === 'Failed') return true;
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata;
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined) return false;
  return nowMs > Date.parse(deletionTimestamp) + deletionGracePeriodSeconds * 1000;
}

/** While a container is being resized it counts with the larger of what it has and what it is to have. */
function sizedSpec(pod: Measured): PodSpec {
  const spec = specOf(pod);
  const statuses = ((pod['status'] ?? {}) as PodStatus).containerStatuses ?? [];
  if (statuses.length === 0) return spec;
  const sized = (container: Container): Container => {
    const resources = statuses.find(({ name }) => name === container.name)?.resources;
    if (resources === undefined) return container;
    return {
      ...container,
      resources: {
        ...container.resources,
        requests: maxList(container.resources?.requests ?? {}, resources.requests ?? {}),
        limits: maxList(container.resources?.limits ?? {}, resources.limits ?? {}),
      },
    };
  };
  return { ...spec, containers: (spec.containers ?? []).map(sized) };
}

/** One pod's amounts by the names of quotas. */
function computeUsage(requests: ResourceList, limits: ResourceList): Map<string, Quantity> {
  const usage = counted(['pods', 1]);
  for (const [name, text] of Object.entries(requests)) {
    if (text === undefined) continue;
    const amount = parseQuantity(text);
    const isPlain = COMPUTE.includes(name) || isHugePageResource(name);
    if (isPlain) usage.set(name, amount);
    if (isPlain || isExtendedResource(name)) usage.set(`requests.${name}`, amount);
  }
  for (const name of COMPUTE) {
    const text = Object.hasOwn(limits, name) ? limits[name] : undefined;
    if (text !== undefined) usage.set(`limits.${name}`, parseQuantity(text));
  }
  return usage;
}

/** `must specify cpu for: a,b; limits.memory for: b` */
function unstated(spec: PodSpec, limited: readonly string[]): string | undefined {
  const required = limited.filter((name) => MUST_BE_STATED.has(name)).sort();
  if (required.length === 0 || isSizedAsWhole(spec)) return undefined;
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ name = '', resources }) => ({
    name,
    stated: computeUsage(resources?.requests ?? {}, resources?.limits ?? {}),
  }));
  const missing = required.flatMap((resource) => {
    const names = containers.filter(({ stated }) => !stated.has(resource)).map(({ name }) => name);
    return names.length === 0 ? [] : [`${resource} for: ${[...new Set(names)].sort().join(',')}`];
  });
  return missing.length === 0 ? undefined : `must specify ${missing.join('; ')}`;
}

function isSizedAsWhole({ resources }: PodSpec): boolean {
  return [resources?.requests, resources?.limits].some((list) => Object.keys(list ?? {}).some((name) => name === 'cpu' || name === 'memory' || isHugePageResource(name)));
}
