import type { Container, ResourceList } from '../../../api/pod-template/shapes.ts';
import { setOwn, type JsonObject } from '../../../machinery/json.ts';
import type { AdmittedPod } from '../admitted-pod.ts';
import type { LimitRangeItem } from './limit-range.ts';

const ANNOTATION = 'kubernetes.io/limit-ranger';

/** Fills in what a range gives containers that do not say how much they need, and notes on the pod what it filled in. */
export function fillDefaultResources(pod: AdmittedPod, limits: readonly LimitRangeItem[]): void {
  const requests: ResourceList = {};
  const maxima: ResourceList = {};
  for (const limit of limits) {
    if (limit.type !== 'Container') continue;
    addAll(requests, limit.defaultRequest);
    addAll(maxima, limit.default);
  }
  const notes: string[] = [];
  for (const [containers, prefix] of [
    [pod.spec.containers ?? [], 'container'],
    [pod.spec.initContainers ?? [], 'init container'],
  ] as const) {
    for (const container of containers) {
      const filled = [fill(container, 'requests', requests), fill(container, 'limits', maxima)] as const;
      (['request', 'limit'] as const).forEach((what, i) => {
        const names = filled[i] ?? [];
        if (names.length > 0) notes.push(`${names.join(', ')} ${what} for ${prefix} ${container.name ?? ''}`);
      });
    }
  }
  if (notes.length > 0) (pod.metadata.annotations ??= {})[ANNOTATION] = `LimitRanger plugin set: ${notes.join('; ')}`;
}

function addAll(list: ResourceList, more: Readonly<ResourceList> | undefined): void {
  for (const [name, amount] of Object.entries(more ?? {})) setOwn(list as JsonObject, name, amount);
}

/** The names that were missing, sorted. */
function fill(container: Container, field: 'requests' | 'limits', defaults: ResourceList): string[] {
  const names = Object.keys(defaults)
    .filter((name) => !Object.hasOwn(container.resources?.[field] ?? {}, name))
    .sort();
  if (names.length === 0) return names;
  const resources = (container.resources ??= {});
  const list = (resources[field] ??= {});
  for (const name of names) setOwn(list as JsonObject, name, defaults[name]);
  return names;
}
