import type { PluginReference } from '../config/configuration.ts';
import type { PluginFactory } from '../framework/handle.ts';
import { balancedAllocation, type BalancedAllocationArgs } from './balanced-allocation.ts';
import { defaultBinder } from './default-binder.ts';
import { dynamicResources } from './dynamic-resources.ts';
import { imageLocality } from './image-locality.ts';
import { interPodAffinity, type InterPodAffinityArgs } from './inter-pod-affinity/inter-pod-affinity.ts';
import { nodeAffinity, type NodeAffinityArgs } from './node-affinity.ts';
import { nodeName } from './node-name.ts';
import { nodePorts } from './node-ports.ts';
import { nodeResourcesFit, type NodeResourcesFitArgs } from './node-resources-fit.ts';
import { nodeUnschedulable } from './node-unschedulable.ts';
import { podTopologySpread, type PodTopologySpreadArgs } from './topology-spread/pod-topology-spread.ts';
import { defaultPreemption, type DefaultPreemptionArgs } from './preemption/default-preemption.ts';
import { prioritySort } from './priority-sort.ts';
import { schedulingGates } from './scheduling-gates.ts';
import { nodeVolumeLimits } from './volumes/node-volume-limits.ts';
import { volumeBinding, type VolumeBindingArgs } from './volumes/volume-binding.ts';
import { volumeRestrictions } from './volumes/volume-restrictions.ts';
import { volumeZone } from './volumes/volume-zone.ts';
import { taintToleration } from './taint-toleration.ts';

/** Plugins that profiles may name. Arguments come checked. */
export function defaultRegistry(): Map<string, PluginFactory> {
  return new Map<string, PluginFactory>([
    ['SchedulingGates', () => schedulingGates()],
    ['PrioritySort', () => prioritySort()],
    ['NodeUnschedulable', () => nodeUnschedulable()],
    ['NodeName', () => nodeName()],
    ['TaintToleration', () => taintToleration()],
    ['NodeAffinity', (args) => nodeAffinity(args as NodeAffinityArgs | undefined)],
    ['NodePorts', () => nodePorts()],
    ['NodeResourcesFit', (args) => nodeResourcesFit(args as NodeResourcesFitArgs | undefined)],
    ['VolumeRestrictions', (_args, handle) => volumeRestrictions(handle)],
    ['NodeVolumeLimits', (_args, handle) => nodeVolumeLimits(handle)],
    ['VolumeBinding', (args, handle) => volumeBinding(args as VolumeBindingArgs | undefined, handle)],
    ['VolumeZone', (_args, handle) => volumeZone(handle)],
    ['PodTopologySpread', (args, handle) => podTopologySpread(args as PodTopologySpreadArgs | undefined, handle)],
    ['InterPodAffinity', (args, handle) => interPodAffinity(args as InterPodAffinityArgs | undefined, handle)],
    ['DynamicResources', () => dynamicResources()],
    ['DefaultPreemption', (args, handle) => defaultPreemption(args as DefaultPreemptionArgs | undefined, handle)],
    ['ImageLocality', (_args, handle) => imageLocality(handle)],
    ['NodeResourcesBalancedAllocation', (args) => balancedAllocation(args as BalancedAllocationArgs | undefined)],
    ['DefaultBinder', (_args, handle) => defaultBinder(handle)],
  ]);
}

/** What a profile uses when it says nothing else, in the order in which they are called. */
export const DEFAULT_PLUGINS: readonly PluginReference[] = [
  { name: 'SchedulingGates' },
  { name: 'PrioritySort' },
  { name: 'NodeUnschedulable' },
  { name: 'NodeName' },
  { name: 'TaintToleration', weight: 3 },
  { name: 'NodeAffinity', weight: 2 },
  { name: 'NodePorts' },
  { name: 'NodeResourcesFit', weight: 1 },
  { name: 'VolumeRestrictions' },
  { name: 'NodeVolumeLimits' },
  { name: 'VolumeBinding' },
  { name: 'VolumeZone' },
  { name: 'PodTopologySpread', weight: 2 },
  { name: 'InterPodAffinity', weight: 2 },
  { name: 'DynamicResources' },
  { name: 'DefaultPreemption' },
  { name: 'NodeResourcesBalancedAllocation', weight: 1 },
  { name: 'ImageLocality', weight: 1 },
  { name: 'DefaultBinder' },
];
