import { cloneJson } from '../../../machinery/json.ts';
import type { PodSpec } from '../../pod-template/shapes.ts';
import type { Pod } from './pod.ts';

/** For endpoints that change one thing: everything else, labels included, stays as it was. */
export function keepOldExcept(pod: Pod, old: Pod, change: (spec: PodSpec) => void): void {
  const { name, namespace, uid, resourceVersion, managedFields } = pod.metadata;
  const spec = cloneJson(old.spec ?? {});
  change(spec);
  pod.spec = spec;
  pod.status = cloneJson(old.status ?? {});
  pod.metadata = cloneJson(old.metadata);
  const own = { name, namespace, uid, resourceVersion, managedFields };
  for (const [field, value] of Object.entries(own)) if (value !== undefined) Object.assign(pod.metadata, { [field]: value });
}
