import { formatTime } from '../../machinery/clock.ts';
import type { DeepReadonly } from '../../machinery/json.ts';

/** A condition as most kinds have it. */
export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  observedGeneration?: number;
  lastTransitionTime?: string | null;
}

/** The conditions with this one; its time is that of the last change of its status. The same list when nothing changes. */
export function setCondition<T extends Condition>(conditions: readonly DeepReadonly<T>[], condition: Omit<T, 'lastTransitionTime'>, nowMs: number): readonly DeepReadonly<T>[] {
  const at = conditions.findIndex(({ type }) => type === condition.type);
  const old = conditions[at];
  const same = old && (['status', 'reason', 'message', 'observedGeneration'] as const).every((field) => old[field] === (condition as Condition)[field]);
  if (same) return conditions;
  const lastTransitionTime = old?.status === condition.status ? old.lastTransitionTime : formatTime(nowMs);
  const made = { ...condition, lastTransitionTime } as unknown as DeepReadonly<T>;
  return at < 0 ? [...conditions, made] : conditions.with(at, made);
}
