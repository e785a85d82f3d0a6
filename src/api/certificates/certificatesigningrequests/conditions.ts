import { formatTime } from '../../../machinery/clock.ts';
import { cloneJson } from '../../../machinery/json.ts';
import { conditionsOf, type SigningRequest } from './signing-request.ts';

/** Gives conditions without times the present one; one that was there before keeps when it became so. */
export function setConditionTimes(request: SigningRequest, old: SigningRequest, nowMs: number): void {
  const now = formatTime(nowMs);
  for (const condition of conditionsOf(request)) {
    condition.lastUpdateTime ??= now;
    if (condition.lastTransitionTime) continue;
    const before = conditionsOf(old).find((other) => other.type === condition.type && other.status === condition.status && other.lastTransitionTime);
    condition.lastTransitionTime = before?.lastTransitionTime ?? now;
  }
}

/**
 * Puts the old conditions of a type in the place of the new ones. Where some were added or removed nothing is done: that
 * is for validation to refuse.
 */
export function keepConditions(request: SigningRequest, old: SigningRequest, type: string): void {
  const kept = conditionsOf(old, type);
  const conditions = conditionsOf(request);
  const places = conditions.flatMap((condition, i) => (condition.type === type ? [i] : []));
  if (places.length !== kept.length) return;
  kept.forEach((condition, n) => {
    const place = places[n];
    if (place !== undefined) conditions[place] = cloneJson(condition);
  });
}
