import type { Victims } from '../../cycle/extender.ts';
import { startMs } from './importance.ts';

/** Every victim counts, also those of negative priority. */
const PRIORITY_OFFSET = 2 ** 31;

/** Smaller is better; the first that differs decides. */
const CRITERIA: readonly ((victims: Victims) => number)[] = [
  ({ violations }) => violations,
  ({ pods }) => pods[0]?.priority ?? Number.NEGATIVE_INFINITY,
  ({ pods }) => pods.reduce((sum, { priority }) => sum + priority + PRIORITY_OFFSET, 0),
  ({ pods }) => pods.length,
  // The most important victims should not have run for long.
  ({ pods }) => -Math.min(...pods.filter(({ priority }) => priority === pods[0]?.priority).map(startMs)),
];

/** The node whose victims are the least loss. Victims stand in the order of their importance. */
export function chooseCandidate(candidates: ReadonlyMap<string, Victims>): string | undefined {
  let left = [...candidates];
  for (const criterion of CRITERIA) {
    const costs = left.map(([, victims]) => criterion(victims));
    const least = Math.min(...costs);
    left = left.filter((_, i) => costs[i] === least);
    if (left.length <= 1) break;
  }
  return left[0]?.[0];
}
