import { ANYTHING, type ClusterEvent } from '../framework/cluster-event.ts';

/** More events than these while pods are being scheduled count as "anything may have happened". */
const MAX_EVENTS = 20_000;

/** Events that happened while pods were being scheduled: what they were judged by may be outdated. */
export class InFlightEvents {
  #events: ClusterEvent[] = [];
  /** Number of the first kept event. */
  #base = 0;
  /** By uid, in the order in which they began: the first began first. */
  readonly #begun = new Map<string, number>();

  has(uid: string): boolean {
    return this.#begun.has(uid);
  }

  begin(uid: string): void {
    this.#begun.set(uid, this.#base + this.#events.length);
  }

  /** Nobody asks about events that happened when no pod was in flight. */
  note(event: ClusterEvent): void {
    if (this.#begun.size === 0) return;
    if (this.#events.length >= MAX_EVENTS) {
      this.#base += this.#events.length;
      this.#events = [];
    }
    this.#events.push(event);
  }

  /** What happened since the pod's scheduling began. */
  since(uid: string): readonly ClusterEvent[] {
    const begun = this.#begun.get(uid);
    if (begun === undefined) return [];
    return begun < this.#base ? [ANYTHING] : this.#events.slice(begun - this.#base);
  }

  end(uid: string): void {
    if (!this.#begun.delete(uid)) return;
    const oldest = this.#begun.values().next().value;
    if (oldest === undefined) {
      this.#base += this.#events.length;
      this.#events = [];
      return;
    }
    // Dropped in large steps, so that each event is moved a bounded number of times.
    const outdated = oldest - this.#base;
    if (outdated > 1000 && outdated > this.#events.length / 2) {
      this.#events = this.#events.slice(outdated);
      this.#base = oldest;
    }
  }
}
