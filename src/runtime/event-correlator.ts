import type { Event } from '../api/types/generated/core-v1.ts';
import { formatTime, type Clock } from '../machinery/clock.ts';
import { BoundedCache } from './bounded-cache.ts';
import { TokenBucket } from './token-bucket.ts';

/** client-go's figures. */
const CACHE_ENTRIES = 4096;
const MAX_SIMILAR_EVENTS = 10;
const SIMILAR_WITHIN_MS = 600_000;
const SPAM = { perSecond: 1 / 300, burst: 25 };

export const COMBINED_PREFIX = '(combined from similar events): ';

interface Similar {
  readonly messages: Set<string>;
  lastMs: number;
}

/** What is known of an event that was recorded before. */
interface Observed {
  readonly name: string;
  readonly count: number;
  readonly firstTimestamp: string;
}

export type Correlation =
  | { readonly type: 'create'; readonly event: Event }
  /** The same happened before: its event is counted up. `event` is whole, for when the old one is gone. */
  | { readonly type: 'count'; readonly event: Event }
  /** Too many of the same source about the same object. */
  | { readonly type: 'drop' };

/**
 * Keeps a flood of events small, by client-go's rules: the same event again is counted; more than ten of one reason that
 * differ in their message only become one that says so; and one object may have 25 at once and one in five minutes
 * after that, from each source.
 */
export class EventCorrelator {
  readonly #clock: Clock;
  readonly #similar = new BoundedCache<string, Similar>(CACHE_ENTRIES);
  readonly #observed = new BoundedCache<string, Observed>(CACHE_ENTRIES);
  readonly #spam = new BoundedCache<string, TokenBucket>(CACHE_ENTRIES);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  correlate(event: Event): Correlation {
    const { event: aggregated, key } = this.#aggregate(event);
    const known = this.#observed.get(key);
    const { name } = aggregated.metadata;
    const observed: Observed = {
      name: known?.name ?? name ?? '',
      count: (known?.count ?? 0) + 1,
      firstTimestamp: known?.firstTimestamp ?? aggregated.firstTimestamp ?? formatTime(this.#clock.now()),
    };
    this.#observed.set(key, observed);
    if (this.#isSpam(event)) return { type: 'drop' };
    const counted = { ...aggregated, metadata: { ...aggregated.metadata, name: observed.name }, count: observed.count, firstTimestamp: observed.firstTimestamp };
    return { type: known ? 'count' : 'create', event: counted };
  }

  #aggregate(event: Event): { event: Event; key: string } {
    const group = groupKey(event);
    const now = this.#clock.now();
    let similar = this.#similar.get(group);
    if (!similar || now - similar.lastMs > SIMILAR_WITHIN_MS) similar = { messages: new Set(), lastMs: now };
    similar.lastMs = now;
    similar.messages.add(event.message ?? '');
    this.#similar.set(group, similar);
    if (similar.messages.size < MAX_SIMILAR_EVENTS) return { event, key: JSON.stringify([group, event.involvedObject.fieldPath ?? '', event.message ?? '']) };
    for (const oldest of similar.messages) {
      similar.messages.delete(oldest);
      break;
    }
    return { event: { ...event, message: COMBINED_PREFIX + (event.message ?? '') }, key: group };
  }

  #isSpam({ source, involvedObject }: Event): boolean {
    const { kind, namespace, name, uid, apiVersion } = involvedObject;
    const key = JSON.stringify([source?.component, source?.host, kind, namespace, name, uid, apiVersion]);
    let bucket = this.#spam.get(key);
    if (!bucket) {
      bucket = new TokenBucket(this.#clock, SPAM);
      this.#spam.set(key, bucket);
    }
    return !bucket.tryTake();
  }
}

/** Everything but the message. */
function groupKey({ source, involvedObject, type, reason, reportingComponent, reportingInstance }: Event): string {
  const { kind, namespace, name, uid, apiVersion } = involvedObject;
  return JSON.stringify([source?.component, source?.host, kind, namespace, name, uid, apiVersion, type, reason, reportingComponent, reportingInstance]);
}
