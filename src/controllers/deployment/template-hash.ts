import type { PodTemplateSpec } from '../../api/types/generated/core-v1.ts';
import { equalJson, type DeepReadonly } from '../../machinery/json.ts';

export const HASH_LABEL = 'pod-template-hash';

/** The same template, whatever its hash label says. */
export function sameTemplate(a: DeepReadonly<PodTemplateSpec> | undefined, b: DeepReadonly<PodTemplateSpec> | undefined): boolean {
  return equalJson(withoutHash(a), withoutHash(b));
}

function withoutHash(template: DeepReadonly<PodTemplateSpec> | undefined): object {
  const { labels = {}, ...metadata } = template?.metadata ?? {};
  const kept = Object.fromEntries(Object.entries(labels).filter(([key]) => key !== HASH_LABEL));
  return { ...template, metadata: { ...metadata, labels: kept } };
}
