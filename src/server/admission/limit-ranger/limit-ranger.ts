import { aggregateLimits, aggregateRequests } from '../../../api/pod-template/aggregate-resources.ts';
import type { PodSpec, ResourceList } from '../../../api/pod-template/shapes.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { ObjectReader } from '../../object-reader.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission-plugin.ts';
import { admissionRefusal } from '../admission-refusal.ts';
import { asPod, isAbout, isWrite } from '../admitted-pod.ts';
import { withPodLevel } from '../../../api/pod-template/pod-resources.ts';
import { claimViolations, violations } from './constraints.ts';
import { fillDefaultResources } from './default-resources.ts';
import { limitsOf, type LimitRangeItem } from './limit-range.ts';

const LIMIT_RANGES = { group: '', resource: 'limitranges' };

/** Keeps pods and claims within the limit ranges of their namespace, and gives containers the ranges' defaults. */
export function limitRanger(reader: ObjectReader): AdmissionPlugin {
  return {
    name: 'LimitRanger',
    handles: isWrite,
    admit(request) {
      const limited = limitedObject(request);
      if (limited?.type !== 'pod') return;
      for (const range of reader.list(LIMIT_RANGES, request.namespace)) fillDefaultResources(asPod(limited.object), limitsOf(range));
    },
    validate(request) {
      const limited = limitedObject(request);
      if (limited === undefined) return;
      for (const range of reader.list(LIMIT_RANGES, request.namespace)) {
        const limits = limitsOf(range);
        const found = [...new Set(limited.type === 'pod' ? podViolations(limits, asPod(limited.object).spec) : storageViolations(limits, limited.object))];
        if (found.length > 0) throw admissionRefusal(request, found.length === 1 ? (found[0] ?? '') : `[${found.join(', ')}]`);
      }
    },
  };
}

/**
 * Pods as they are made or resized (nothing else changes what a container has), and claims. What is being deleted is
 * let go.
 */
function limitedObject(request: AdmissionRequest): { readonly type: 'pod' | 'claim'; readonly object: KubeObject } | undefined {
  const { operation, object, oldObject } = request;
  if (object === undefined || request.namespace === '' || (operation === 'UPDATE' && oldObject?.metadata.deletionTimestamp !== undefined)) return undefined;
  if (isAbout(request, '', 'pods', operation === 'CREATE' ? '' : 'resize')) return { type: 'pod', object };
  return isAbout(request, '', 'persistentvolumeclaims') ? { type: 'claim', object } : undefined;
}

function podViolations(limits: readonly LimitRangeItem[], spec: PodSpec): string[] {
  return limits.flatMap((limit) => {
    if (limit.type === 'Container') {
      return [...(spec.containers ?? []), ...(spec.initContainers ?? [])].flatMap(({ resources }) => violations(limit, { requests: resources?.requests, limits: resources?.limits }));
    }
    if (limit.type !== 'Pod') return [];
    return violations(limit, {
      requests: withPodLevel(aggregateRequests(spec), spec.resources?.requests),
      limits: withPodLevel(aggregateLimits(spec), spec.resources?.limits),
    });
  });
}

function storageViolations(limits: readonly LimitRangeItem[], claim: KubeObject): string[] {
  const requests = (claim['spec'] as { resources?: { requests?: ResourceList } } | undefined)?.resources?.requests;
  return limits.filter(({ type }) => type === 'PersistentVolumeClaim').flatMap((limit) => claimViolations(limit, requests));
}
