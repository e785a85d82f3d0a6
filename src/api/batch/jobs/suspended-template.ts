import { cloneJson } from '../../../machinery/json.ts';
import type { Container, PodSpec, PodTemplateSpec } from '../../pod-template/shapes.ts';
import { hasTrueCondition, type Job } from './job.ts';

/**
 * The old template with those parts of the new one that may change, so that what still differs is not allowed. While a
 * job is suspended and nothing of it runs, where its pods go and what they ask for may be set by queue controllers.
 */
export function withMutableParts(template: PodTemplateSpec, old: Job): PodTemplateSpec {
  const oldTemplate = old.spec?.template ?? {};
  const isStopped = old.status?.startTime === undefined || (hasTrueCondition(old.status, 'Suspended') && (old.status.active ?? 0) === 0);
  if (old.spec?.suspend !== true || !isStopped) return oldTemplate;
  const merged = cloneJson(oldTemplate);
  const spec = template.spec ?? {};
  const mergedSpec = (merged.spec ??= {});
  const metadata = (merged.metadata ??= {});
  copy(metadata, template.metadata ?? {}, ['labels', 'annotations']);
  copy(mergedSpec, spec, ['nodeSelector', 'tolerations', 'schedulingGates']);
  mergeNodeAffinity(mergedSpec, spec);
  mergeResources(mergedSpec.containers, spec.containers);
  mergeResources(mergedSpec.initContainers, spec.initContainers);
  return merged;
}

function copy<T extends object>(target: T, source: T, fields: readonly (keyof T)[]): void {
  for (const field of fields) {
    if (source[field] === undefined) delete target[field];
    else target[field] = source[field];
  }
}

function mergeNodeAffinity(target: PodSpec, source: PodSpec): void {
  if (source.affinity === undefined) {
    delete target.affinity?.nodeAffinity;
    if (target.affinity !== undefined && Object.keys(target.affinity).length === 0) delete target.affinity;
    return;
  }
  copy((target.affinity ??= {}), source.affinity, ['nodeAffinity']);
}

function mergeResources(target: Container[] | undefined, source: readonly Container[] | undefined): void {
  if (target === undefined || source === undefined || target.length !== source.length) return;
  target.forEach((container, i) => copy(container, source[i] ?? {}, ['resources']));
}
