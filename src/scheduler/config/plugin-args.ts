import { fieldInvalid, fieldRequired } from '../../machinery/field-error.ts';
import type { NodeAffinity } from '../../api/types/generated/core-v1.ts';
import type { BalancedAllocationArgs } from '../plugins/balanced-allocation.ts';
import type { InterPodAffinityArgs } from '../plugins/inter-pod-affinity/inter-pod-affinity.ts';
import type { NodeAffinityArgs } from '../plugins/node-affinity.ts';
import { DEFAULT_RESOURCES, type NodeResourcesFitArgs } from '../plugins/node-resources-fit.ts';
import type { DefaultPreemptionArgs } from '../plugins/preemption/default-preemption.ts';
import type { ResourceWeight, ScoringStrategy, UtilizationPoint } from '../plugins/resource-scoring.ts';
import type { PodTopologySpreadArgs } from '../plugins/topology-spread/pod-topology-spread.ts';
import type { SharedConstraint } from '../plugins/topology-spread/constraint.ts';
import type { VolumeBindingArgs } from '../plugins/volumes/volume-binding.ts';
import type { FieldReader } from './field-reader.ts';

/** Arguments of the default plugins; those of other plugins are theirs to check, and are handed on as they are. */
export const PLUGIN_ARGS: ReadonlyMap<string, (reader: FieldReader) => unknown> = new Map<string, (reader: FieldReader) => unknown>([
  ['DefaultPreemption', readDefaultPreemption],
  ['InterPodAffinity', readInterPodAffinity],
  ['NodeAffinity', readNodeAffinity],
  ['NodeResourcesFit', readNodeResourcesFit],
  ['NodeResourcesBalancedAllocation', readBalancedAllocation],
  ['PodTopologySpread', readPodTopologySpread],
  ['VolumeBinding', readVolumeBinding],
]);

function readDefaultPreemption(reader: FieldReader): DefaultPreemptionArgs {
  const minCandidateNodesPercentage = reader.integer('minCandidateNodesPercentage', { min: 0, max: 100, message: 'not in valid range [0, 100]' }) ?? 10;
  const minCandidateNodesAbsolute = reader.integer('minCandidateNodesAbsolute', { min: 0, message: 'not in valid range [0, inf)' }) ?? 100;
  if (minCandidateNodesPercentage === 0 && minCandidateNodesAbsolute === 0) {
    reader.report(fieldInvalid(reader.path.child('minCandidateNodesPercentage'), 0, 'cannot be zero at the same time as minCandidateNodesAbsolute'));
  }
  return { minCandidateNodesPercentage, minCandidateNodesAbsolute };
}

function readInterPodAffinity(reader: FieldReader): InterPodAffinityArgs {
  return {
    hardPodAffinityWeight: reader.integer('hardPodAffinityWeight', { min: 0, max: 100, message: 'not in valid range [0, 100]' }) ?? 1,
    ignorePreferredTermsOfExistingPods: reader.flag('ignorePreferredTermsOfExistingPods') ?? false,
  };
}

/** The affinity itself has the shape of a pod's; terms that cannot be understood match nothing. */
function readNodeAffinity(reader: FieldReader): NodeAffinityArgs {
  const addedAffinity = reader.raw('addedAffinity') as NodeAffinity | undefined;
  return addedAffinity === undefined ? {} : { addedAffinity };
}

function readNodeResourcesFit(reader: FieldReader): NodeResourcesFitArgs {
  return {
    ignoredResources: reader.texts('ignoredResources') ?? [],
    ignoredResourceGroups: reader.texts('ignoredResourceGroups') ?? [],
    scoringStrategy: reader.object('scoringStrategy', readStrategy) ?? { type: 'LeastAllocated', resources: DEFAULT_RESOURCES },
  };
}

function readStrategy(reader: FieldReader): ScoringStrategy {
  const type = reader.oneOf('type', ['LeastAllocated', 'MostAllocated', 'RequestedToCapacityRatio']) ?? 'LeastAllocated';
  const resources = readResources(reader);
  const shape = reader.object('requestedToCapacityRatio', (ratio) => ratio.list('shape', readPoint) ?? []) ?? [];
  if (type !== 'RequestedToCapacityRatio') return { type, resources };
  const path = reader.path.child('requestedToCapacityRatio', 'shape');
  if (shape.length === 0) reader.report(fieldRequired(path, 'at least one point must be specified'));
  shape.forEach(({ utilization }, i) => {
    const before = shape[i - 1];
    if (before && utilization <= before.utilization) reader.report(fieldInvalid(path.index(i).child('utilization'), utilization, 'utilization values must be sorted in increasing order'));
  });
  return { type, resources, shape };
}

function readPoint(reader: FieldReader): UtilizationPoint {
  return {
    utilization: reader.integer('utilization', { min: 0, max: 100, message: 'not in valid range [0, 100]' }) ?? 0,
    score: reader.integer('score', { min: 0, max: 10, message: 'not in valid range [0, 10]' }) ?? 0,
  };
}

function readResources(reader: FieldReader): readonly ResourceWeight[] {
  const given = reader.list('resources', (resource) => ({
    name: resource.required('name', resource.text('name')) ?? '',
    weight: resource.integer('weight', { min: 1, max: 100, message: 'resource weight should be a positive value, less than or equal to 100' }) ?? 1,
  }));
  return given === undefined || given.length === 0 ? DEFAULT_RESOURCES : given;
}

function readBalancedAllocation(reader: FieldReader): BalancedAllocationArgs {
  const resources = readResources(reader);
  resources.forEach(({ weight }, i) => {
    if (weight !== 1) reader.report(fieldInvalid(reader.path.child('resources').index(i).child('weight'), weight, 'resource weight must be 1'));
  });
  return { resources };
}

function readPodTopologySpread(reader: FieldReader): PodTopologySpreadArgs {
  const defaultingType = reader.oneOf('defaultingType', ['System', 'List']) ?? 'System';
  const defaultConstraints =
    reader.list('defaultConstraints', (constraint): SharedConstraint => {
      if (constraint.has('labelSelector')) reader.report({ type: 'FieldValueForbidden', field: constraint.path.child('labelSelector').text, message: 'Forbidden: constraint must not define a selector, as they deduced for each pod' });
      return {
        maxSkew: constraint.integer('maxSkew', { min: 1, message: 'must be greater than zero' }) ?? 1,
        topologyKey: constraint.required('topologyKey', constraint.text('topologyKey')) ?? '',
        whenUnsatisfiable: constraint.oneOf('whenUnsatisfiable', ['DoNotSchedule', 'ScheduleAnyway']) ?? 'DoNotSchedule',
      };
    }) ?? [];
  if (defaultingType === 'System' && defaultConstraints.length > 0) reader.report(fieldInvalid(reader.path.child('defaultingType'), defaultingType, 'when .defaultConstraints are not empty'));
  return { defaultingType, defaultConstraints };
}

function readVolumeBinding(reader: FieldReader): VolumeBindingArgs {
  const seconds = reader.integer('bindTimeoutSeconds', { min: 0, message: 'invalid BindTimeoutSeconds, should not be a negative value' }) ?? 600;
  // Volumes are not scored by how well they fit, as in kube-scheduler without VolumeCapacityPriority.
  reader.raw('shape');
  return { bindTimeoutMs: seconds * 1000 };
}
