import { cloneJson } from '../../../machinery/json.ts';
import type { PodSpec } from '../../pod-template/shapes.ts';
import type { Pod } from './pod.ts';

/** What identifies the write rather than the pod's content. */
const KEPT_METADATA = new Set(['name', 'namespace', 'uid', 'resourceVersion', 'generation', 'managedFields']);

/** For endpoints that change one thing: everything else, labels included, stays as it was. */
export function keepOldExcept(pod: Pod, old: Pod, change: (spec: PodSpec) => void): void {
  const spec = cloneJson(old.spec ?? {});
  change(spec);
  pod.spec = spec;
  pod.status = cloneJson(old.status ?? {});
  const metadata = pod.metadata as Record<string, unknown>;
  for (const field of Object.keys(metadata)) if (!KEPT_METADATA.has(field)) delete metadata[field];
  for (const [field, value] of Object.entries(old.metadata)) if (!KEPT_METADATA.has(field)) metadata[field] = cloneJson(value);
}
