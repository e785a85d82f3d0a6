import { getOwn } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';

const ANNOTATION = 'deprecated.daemonset.template.generation';

/**
 * How often the template was changed, counted from 1: once a field of the spec, now an annotation that only the server
 * writes. 0 where there is none.
 */
export function templateGeneration(object: KubeObject): number {
  const text = getOwn(object.metadata.annotations ?? {}, ANNOTATION) ?? '';
  return /^-?[0-9]{1,15}$/.test(text) ? Number(text) : 0;
}

export function setTemplateGeneration(object: KubeObject, generation: number): void {
  (object.metadata.annotations ??= {})[ANNOTATION] = String(generation);
}
