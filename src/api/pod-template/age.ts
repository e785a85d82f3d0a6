import { formatHumanDuration } from '../../machinery/duration.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';

/** The AGE column of a table. */
export function ageOf(object: KubeObject, nowMs: number): string {
  return ageSince(object.metadata.creationTimestamp, nowMs);
}

/** How long ago a time is, as tables show it; `<unknown>` for no time at all. */
export function ageSince(time: string | null | undefined, nowMs: number): string {
  return time == null || time === '' ? '<unknown>' : formatHumanDuration(nowMs - Date.parse(time));
}
