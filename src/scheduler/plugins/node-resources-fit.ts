import { Amounts } from '../framework/amounts.ts';
import type { ClusterEvent } from '../framework/cluster-event.ts';
import type { NodeInfo } from '../framework/node-info.ts';
import type { SharedNode, SharedPod } from '../framework/objects.ts';
import type { Plugin } from '../framework/plugin.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { podRequests } from '../framework/pod-requests.ts';
import { Status } from '../framework/status.ts';
import { isScalar, scoreResources, type ScoringStrategy } from './resource-scoring.ts';

export interface NodeResourcesFitArgs {
  /** Extended resources that are not looked at, by name, or by the part before the slash. */
  readonly ignoredResources?: readonly string[];
  readonly ignoredResourceGroups?: readonly string[];
  readonly scoringStrategy?: ScoringStrategy;
}

export const DEFAULT_RESOURCES = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
] as const;

const TOO_MANY_PODS = 'Too many pods';

/** What a pod requests must be free on its node; nodes are scored by how full they would be. */
export function nodeResourcesFit({ ignoredResources = [], ignoredResourceGroups = [], scoringStrategy = { type: 'LeastAllocated', resources: DEFAULT_RESOURCES } }: NodeResourcesFitArgs = {}): Plugin {
  const isIgnored = (name: string): boolean => ignoredResources.includes(name) || ignoredResourceGroups.includes(name.split('/')[0] ?? '');
  return {
    name: 'NodeResourcesFit',
    events: [
      { resource: 'AssignedPod', actions: ['Delete', 'UpdatePodScaleDown'], hint: (pod, event) => (freesSomethingFor(pod, event) ? 'Queue' : 'Skip') },
      { resource: 'UnscheduledPod', actions: ['UpdatePodScaleDown'], hint: (pod, { current }) => (current?.metadata.uid === pod.uid ? 'Queue' : 'Skip') },
      { resource: 'Node', actions: ['Add', 'UpdateNodeAllocatable'], hint: (pod, { current }) => (couldFit(pod, current as SharedNode, isIgnored) ? 'Queue' : 'Skip') },
    ],
    filter: (_state, pod, node) => judge(pod, node, isIgnored),
    score: (_state, pod, node) => scoreResources(pod, node, scoringStrategy),
  };
}

/** Nothing is allocated unless something is missing: nearly every call ends in the first lines. */
function judge({ requests: { exact } }: PodInfo, { pods, allocatable, requested }: NodeInfo, isIgnored: (name: string) => boolean): Status | undefined {
  const fits =
    pods.length + 1 <= allocatable.pods &&
    (exact.milliCpu === 0 || exact.milliCpu <= allocatable.milliCpu - requested.milliCpu) &&
    (exact.memory === 0 || exact.memory <= allocatable.memory - requested.memory) &&
    (exact.ephemeralStorage === 0 || exact.ephemeralStorage <= allocatable.ephemeralStorage - requested.ephemeralStorage);
  if (fits && exact.scalars.size === 0) return undefined;
  const reasons = pods.length + 1 <= allocatable.pods ? [] : [TOO_MANY_PODS];
  let resolvable = true;
  for (const name of ['cpu', 'memory', 'ephemeral-storage', ...exact.scalars.keys()]) {
    const asked = exact.get(name);
    if (asked === 0 || asked <= allocatable.get(name) - requested.get(name) || (isScalar(name) && isIgnored(name))) continue;
    reasons.push(`Insufficient ${name}`);
    if (asked > allocatable.get(name)) resolvable = false;
  }
  if (reasons.length === 0) return undefined;
  return resolvable ? Status.unschedulable(...reasons) : Status.unresolvable(...reasons);
}

/** Whether an empty node of this size would do. */
function couldFit({ requests: { exact } }: PodInfo, { status }: SharedNode, isIgnored: (name: string) => boolean): boolean {
  const allocatable = Amounts.of(status?.allocatable);
  const names = ['cpu', 'memory', 'ephemeral-storage', ...[...exact.scalars.keys()].filter((name) => !isIgnored(name))];
  return allocatable.pods > 0 && names.every((name) => exact.get(name) <= allocatable.get(name));
}

function freesSomethingFor({ uid, requests: { exact } }: PodInfo, { action, old, current }: ClusterEvent): boolean {
  // A pod that goes leaves its place, whatever it asked for.
  if (action === 'Delete' || old === undefined) return true;
  if (current?.metadata.uid === uid) return true;
  const before = podRequests(old as SharedPod).exact;
  const after = podRequests(current as SharedPod).exact;
  return ['cpu', 'memory', 'ephemeral-storage', ...exact.scalars.keys()].some((name) => exact.get(name) > 0 && after.get(name) < before.get(name));
}
