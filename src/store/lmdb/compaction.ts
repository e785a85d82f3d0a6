import type { HistoryPolicy } from '../history-policy.ts';
import type { Reader } from './reader.ts';
import { recordKey } from './records.ts';
import type { StoreState } from './records.ts';

/** What one write should remove, and where that leaves the store. */
export interface Sweep {
  readonly remove: readonly Buffer[];
  readonly compacted: number;
  readonly swept: number;
  readonly historyBytes: number;
}

/** Records looked at in one write, at least; a busy writer's own count is doubled, so that the sweep keeps up with it. */
const sweepRecords = 500;
/** Large values are read along with their records. */
const sweepReadBytes = 8 * 1024 * 1024;

/** Whether the history, as it is on disk, is longer than the policy wants; with some slack, so as to work in batches. */
export function sweepDue(state: StoreState, policy: HistoryPolicy, agedRevision: number): boolean {
  if (state.swept < Math.min(state.compacted, state.revision)) return true;
  const maxRevisions = policy.maxRevisions ?? Infinity;
  const slack = Math.min(1000, Math.ceil(maxRevisions / 10));
  return state.revision - state.compacted > maxRevisions + slack || state.historyBytes > (policy.maxBytes ?? Infinity) || agedRevision > state.compacted;
}

/**
 * Goes on from where the last sweep ended. When revision r is compacted, what it replaced is only visible to reads below
 * r and goes; a deletion goes itself too. `state` is what is on disk; `compactTo` what was asked for beyond it, by call
 * or by age.
 */
export function computeSweep(reader: Reader, state: StoreState, goal: { readonly policy: HistoryPolicy; readonly compactTo: number; readonly written: number }): Sweep {
  const { policy, compactTo, written } = goal;
  const byCount = state.revision - (policy.maxRevisions ?? Infinity);
  const target = Math.min(state.revision, Math.max(compactTo, byCount));
  const maxBytes = policy.maxBytes ?? Infinity;
  const remove: Buffer[] = [];
  let { swept, historyBytes } = state;
  let records = 0;
  let bytes = 0;
  let stopped = false;
  for (const record of reader.records(state.swept + 1, state.revision)) {
    const { revision, index } = record.pointer;
    if (index === 0) {
      swept = revision - 1;
      const enough = records >= Math.max(sweepRecords, 2 * written) || bytes >= sweepReadBytes;
      stopped = enough || (revision > target && historyBytes <= maxBytes);
      if (stopped) break;
    }
    if (record.previous) remove.push(recordKey(record.previous.revision, record.previous.index));
    if (record.type === 'delete') remove.push(recordKey(revision, index));
    historyBytes -= record.previousLength;
    records++;
    bytes += record.value.length;
  }
  if (!stopped) swept = state.revision;
  return { remove, swept, historyBytes, compacted: Math.max(state.compacted, compactTo, swept) };
}
