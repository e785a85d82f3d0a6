import type { ApiObject } from '../../client/resource-definition.ts';
import { cloneJson, type DeepReadonly } from '../../machinery/json.ts';

export type FinalizerChange = 'add' | 'remove' | undefined;

/** A finalizer is put on what lives, and taken off what goes and is no longer used. */
export function computeFinalizer({ metadata }: DeepReadonly<ApiObject>, finalizer: string, isUsed: boolean): FinalizerChange {
  const has = metadata.finalizers?.includes(finalizer) === true;
  if (metadata.deletionTimestamp === undefined) return has ? undefined : 'add';
  return has && !isUsed ? 'remove' : undefined;
}

export function withFinalizer<T extends ApiObject>(object: DeepReadonly<T>, finalizer: string, change: 'add' | 'remove'): T {
  const copy = cloneJson(object) as T;
  const others = (copy.metadata.finalizers ?? []).filter((each) => each !== finalizer);
  return { ...copy, metadata: { ...copy.metadata, finalizers: change === 'add' ? [...others, finalizer] : others } };
}
