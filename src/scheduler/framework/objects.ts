import type { Node, Pod } from '../../api/types/generated/core-v1.ts';
import type { DeepReadonly } from '../../machinery/json.ts';

/** Objects out of the informers: shared, never changed. */
export type SharedPod = DeepReadonly<Pod>;
export type SharedNode = DeepReadonly<Node>;

/** A value, or a promise of it: only what is a promise is waited for, since most answers are there at once. */
export type Awaitable<T> = T | Promise<T>;

export const DEFAULT_SCHEDULER_NAME = 'default-scheduler';

/** Neither Succeeded nor Failed: what it asked for is in use. */
export function isLive({ status }: SharedPod): boolean {
  return status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
}
