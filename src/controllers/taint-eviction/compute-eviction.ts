import type { Taint } from '../../api/types/generated/core-v1.ts';
import { toleratesTaint } from '../../api/placement/tolerations.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import type { SharedPod } from '../pods/pod-state.ts';

/** Whether a pod may stay on a node with these taints of effect NoExecute: for ever, for some time, or not at all. */
export type Eviction = { readonly type: 'stays' } | { readonly type: 'leaves'; readonly afterMs: number };

export function computeEviction({ spec }: SharedPod, taints: readonly DeepReadonly<Taint>[]): Eviction {
  const drivingOut = taints.filter(({ effect }) => effect === 'NoExecute');
  if (drivingOut.length === 0) return { type: 'stays' };
  const used = (spec?.tolerations ?? []).filter((toleration) => drivingOut.some((taint) => toleratesTaint(toleration, taint)));
  if (drivingOut.some((taint) => !used.some((toleration) => toleratesTaint(toleration, taint)))) return { type: 'leaves', afterMs: 0 };
  const seconds = used.flatMap(({ tolerationSeconds }) => (tolerationSeconds === undefined ? [] : [Math.max(0, tolerationSeconds)]));
  return seconds.length === 0 ? { type: 'stays' } : { type: 'leaves', afterMs: 1000 * Math.min(...seconds) };
}
