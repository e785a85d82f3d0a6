/**
 * How much history an embedded engine keeps for watches and reads at older revisions. It compacts by itself as soon as
 * any bound is passed; an absent bound does not count.
 */
export interface HistoryPolicy {
  /** Revisions kept besides the newest. */
  readonly maxRevisions?: number;
  /** Bytes of values that only the history still holds. */
  readonly maxBytes?: number;
  /** By the store's clock; looked at when something is written. */
  readonly maxAgeMs?: number;
}
