import { cloneJson } from '../machinery/json.ts';
import type { KubeObject } from '../machinery/object-meta.ts';

/**
 * What a status endpoint does with metadata in kinds whose status is written by controllers only: everything is as it
 * was, but for managedFields, which record the write itself.
 */
export function keepObjectMeta(object: KubeObject, old: KubeObject): void {
  const { managedFields } = object.metadata;
  const { managedFields: _, ...kept } = old.metadata;
  object.metadata = { ...cloneJson(kept), ...(managedFields !== undefined && { managedFields }) };
}
