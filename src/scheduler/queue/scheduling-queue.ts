import type { Clock, Timer } from '../../machinery/clock.ts';
import { ANYTHING, type ClusterEvent } from '../framework/cluster-event.ts';
import type { SharedPod } from '../framework/objects.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import type { Profile } from '../framework/profile.ts';
import { InFlightEvents } from './in-flight-events.ts';
import { KeyedHeap } from './keyed-heap.ts';
import { schedulingChanges } from './pod-changes.ts';
import { QueuedPod } from './queued-pod.ts';

export interface SchedulingQueueOptions {
  readonly clock: Clock;
  /** The profile that schedules the pod; every pod in the queue has one. */
  readonly profileOf: (pod: PodInfo) => Profile | undefined;
  readonly less: (a: QueuedPod, b: QueuedPod) => boolean;
  readonly initialBackoffMs?: number;
  readonly maxBackoffMs?: number;
  /** After so long a pod that was found not to fit is tried again, whatever happened. */
  readonly maxUnschedulableMs?: number;
}

const FLUSH_EVERY_MS = 30_000;
/** Pods whose backoff ends in the same second leave in the order of the queue. */
const BACKOFF_WINDOW_MS = 1000;

type Requeue = 'now' | 'after backoff' | 'skip';

/**
 * Pods that wait for a node: the active queue, in the order of the profiles' QueueSort plugin; those that back off; and
 * those that fit nowhere, until an event may have changed that. When the active queue is empty, pods that back off
 * because they did not fit are tried early.
 */
export class SchedulingQueue {
  readonly #options: SchedulingQueueOptions;
  readonly #active: KeyedHeap<QueuedPod>;
  readonly #backoff: KeyedHeap<QueuedPod>;
  /** Pods that trying failed for: these are never tried early. */
  readonly #errorBackoff: KeyedHeap<QueuedPod>;
  readonly #unschedulable = new Map<string, QueuedPod>();
  readonly #inFlight = new InFlightEvents();
  #backoffTimer: Timer | undefined;
  #flushTimer: Timer | undefined;
  #wake: (() => void) | undefined;
  #closed = false;

  constructor(options: SchedulingQueueOptions) {
    this.#options = options;
    const { less } = options;
    const keyOf = ({ info }: QueuedPod): string => info.key;
    const endsBefore = (a: QueuedPod, b: QueuedPod): boolean => (a.backoffUntilMs === b.backoffUntilMs ? less(a, b) : a.backoffUntilMs < b.backoffUntilMs);
    this.#active = new KeyedHeap(keyOf, less);
    this.#backoff = new KeyedHeap(keyOf, endsBefore);
    this.#errorBackoff = new KeyedHeap(keyOf, endsBefore);
  }

  get counts(): { readonly active: number; readonly backoff: number; readonly unschedulable: number; readonly gated: number } {
    let gated = 0;
    for (const { gatedBy } of this.#unschedulable.values()) if (gatedBy !== undefined) gated++;
    return { active: this.#active.size, backoff: this.#backoff.size + this.#errorBackoff.size, unschedulable: this.#unschedulable.size - gated, gated };
  }

  /** A new pod. */
  add(info: PodInfo): void {
    this.#enqueue(new QueuedPod(info, this.#now), 'now');
  }

  /** The pod as it is now: it may be worth another try. */
  update(info: PodInfo, old: SharedPod): void {
    const changes = schedulingChanges(old, info.pod);
    if (this.#inFlight.has(info.uid)) {
      for (const change of changes) this.#inFlight.note(change);
      return;
    }
    const queued = this.#find(info.key);
    if (!queued) {
      this.add(info);
      return;
    }
    if (this.#unschedulable.get(info.key) !== queued) {
      for (const heap of [this.#active, this.#backoff, this.#errorBackoff]) {
        if (heap.delete(info.key) === undefined) continue;
        queued.info = info;
        heap.push(queued);
      }
      return;
    }
    queued.info = info;
    for (const change of changes) {
      const requeue = queued.gatedBy === undefined ? this.#worthRequeuing(queued, change) : 'now';
      if (requeue === 'skip') continue;
      this.#unschedulable.delete(info.key);
      this.#enqueue(queued, requeue);
      return;
    }
  }

  delete(info: PodInfo): void {
    this.#active.delete(info.key);
    this.#backoff.delete(info.key);
    this.#errorBackoff.delete(info.key);
    this.#unschedulable.delete(info.key);
  }

  /** The next pod to schedule; whoever takes it calls `done` in the end. */
  pop(): QueuedPod | undefined {
    const queued = this.#active.pop() ?? this.#backoff.pop();
    if (!queued) return undefined;
    queued.attempts++;
    queued.firstAttemptMs ??= this.#now;
    queued.unschedulablePlugins = new Set();
    queued.pendingPlugins = new Set();
    this.#inFlight.begin(queued.info.uid);
    return queued;
  }

  /** Resolves when there is something to pop, or the queue is closed. */
  wait(): Promise<void> {
    if (this.#closed || this.#active.size + this.#backoff.size > 0) return Promise.resolve();
    return new Promise((resolve) => (this.#wake = resolve));
  }

  /** The pod is neither bound nor given up, but not being scheduled any more. */
  done(uid: string): void {
    this.#inFlight.end(uid);
  }

  /**
   * Takes a pod back that could not be scheduled, as it is now. `rejected`: it was judged; otherwise trying failed. What
   * happened while it was being judged may bring it back at once.
   */
  requeue(queued: QueuedPod, { info, rejected }: { readonly info: PodInfo; readonly rejected: boolean }): void {
    const events = this.#inFlight.since(info.uid);
    this.done(info.uid);
    if (this.#closed || this.#find(info.key)) return;
    queued.info = info;
    queued.timestampMs = this.#now;
    if (rejected) {
      queued.unschedulableCount++;
      queued.consecutiveErrors = 0;
    } else {
      queued.consecutiveErrors++;
    }
    this.#backOff(queued);
    const requeue = rejected ? this.#strongest(queued, events) : 'after backoff';
    if (requeue === 'skip') this.#park(queued);
    else this.#enqueue(queued, requeue);
  }

  /** Something changed: pods that wait for such a change are tried again. */
  move(event: ClusterEvent): void {
    this.#inFlight.note(event);
    if (this.#unschedulable.size === 0) return;
    for (const queued of [...this.#unschedulable.values()]) {
      const requeue = queued.gatedBy === undefined ? this.#worthRequeuing(queued, event) : this.#worthUngating(queued, event);
      if (requeue === 'skip') continue;
      this.#unschedulable.delete(queued.info.key);
      this.#enqueue(queued, requeue);
    }
  }

  /** Brings these pods into the active queue, backing off or not. */
  activate(pods: readonly PodInfo[]): void {
    for (const { key } of pods) {
      const queued = this.#unschedulable.get(key) ?? this.#backoff.get(key) ?? this.#errorBackoff.get(key);
      if (!queued) continue;
      this.delete(queued.info);
      this.#enqueue(queued, 'now');
    }
  }

  close(): void {
    this.#closed = true;
    this.#backoffTimer?.cancel();
    this.#flushTimer?.cancel();
    this.#wake?.();
  }

  get #now(): number {
    return this.#options.clock.now();
  }

  #find(key: string): QueuedPod | undefined {
    return this.#active.get(key) ?? this.#backoff.get(key) ?? this.#errorBackoff.get(key) ?? this.#unschedulable.get(key);
  }

  #enqueue(queued: QueuedPod, requeue: Exclude<Requeue, 'skip'>): void {
    queued.gatedBy = this.#options.profileOf(queued.info)?.preEnqueue(queued.info)?.plugin;
    if (queued.gatedBy !== undefined) {
      this.#park(queued);
      return;
    }
    if (requeue === 'after backoff' && queued.backoffUntilMs > this.#now) {
      (queued.consecutiveErrors > 0 ? this.#errorBackoff : this.#backoff).push(queued);
      this.#setBackoffTimer();
    } else {
      this.#active.push(queued);
    }
    if (this.#active.size + this.#backoff.size > 0) this.#awaken();
  }

  #awaken(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  #park(queued: QueuedPod): void {
    this.#unschedulable.set(queued.info.key, queued);
    if (queued.gatedBy === undefined) this.#flushTimer ??= this.#options.clock.setTimer(FLUSH_EVERY_MS, () => this.#flush());
  }

  #backOff(queued: QueuedPod): void {
    const { initialBackoffMs = 1000, maxBackoffMs = 10_000 } = this.#options;
    const failures = queued.consecutiveErrors > 0 ? queued.consecutiveErrors : queued.unschedulableCount;
    const waitMs = Math.min(maxBackoffMs, initialBackoffMs * 2 ** Math.min(failures - 1, 30));
    const untilMs = queued.timestampMs + waitMs;
    queued.backoffUntilMs = queued.consecutiveErrors > 0 ? untilMs : Math.floor(untilMs / BACKOFF_WINDOW_MS) * BACKOFF_WINDOW_MS;
  }

  /** The most that one of the events makes of the pod. */
  #strongest(queued: QueuedPod, events: readonly ClusterEvent[]): Requeue {
    let strongest: Requeue = 'skip';
    for (const event of events) {
      const requeue = this.#worthRequeuing(queued, event);
      if (requeue === 'now') return requeue;
      if (requeue === 'after backoff') strongest = requeue;
    }
    return strongest;
  }

  #worthRequeuing(queued: QueuedPod, event: ClusterEvent): Requeue {
    const { unschedulablePlugins, pendingPlugins, info } = queued;
    if (event === ANYTHING || unschedulablePlugins.size + pendingPlugins.size === 0) return 'after backoff';
    // A pod that gives its own node up makes no room for itself.
    if (event.action === 'Delete' && event.old?.metadata.uid === info.uid) return 'skip';
    const rejectedBy = pendingPlugins.size === 0 ? unschedulablePlugins : unschedulablePlugins.union(pendingPlugins);
    let strongest: Requeue = 'skip';
    for (const { plugin, hint } of this.#options.profileOf(info)?.hintsFor(event, rejectedBy) ?? []) {
      if (hint !== undefined && hintOf(hint, info, event) === 'Skip') continue;
      if (pendingPlugins.has(plugin)) return 'now';
      strongest = 'after backoff';
    }
    return strongest;
  }

  #worthUngating(queued: QueuedPod, event: ClusterEvent): Requeue {
    const { gatedBy = '', info } = queued;
    if (event === ANYTHING) return 'after backoff';
    const hints = this.#options.profileOf(info)?.hintsFor(event, new Set([gatedBy])) ?? [];
    return hints.some(({ hint }) => hint === undefined || hintOf(hint, info, event) === 'Queue') ? 'after backoff' : 'skip';
  }

  #setBackoffTimer(): void {
    this.#backoffTimer?.cancel();
    const next = Math.min(this.#backoff.peek()?.backoffUntilMs ?? Infinity, this.#errorBackoff.peek()?.backoffUntilMs ?? Infinity);
    this.#backoffTimer = next === Infinity || this.#closed ? undefined : this.#options.clock.setTimer(Math.max(0, next - this.#now), () => this.#endBackoffs());
  }

  #endBackoffs(): void {
    for (const heap of [this.#backoff, this.#errorBackoff]) {
      for (let queued = heap.peek(); queued && queued.backoffUntilMs <= this.#now; queued = heap.peek()) {
        heap.pop();
        this.#enqueue(queued, 'now');
      }
    }
    this.#setBackoffTimer();
  }

  /** No hint is perfect: what waited for long is tried again. */
  #flush(): void {
    this.#flushTimer = undefined;
    const { maxUnschedulableMs = 300_000, clock } = this.#options;
    for (const queued of [...this.#unschedulable.values()]) {
      if (queued.gatedBy !== undefined || this.#now - queued.timestampMs <= maxUnschedulableMs) continue;
      this.#unschedulable.delete(queued.info.key);
      this.#enqueue(queued, 'after backoff');
    }
    if (this.#unschedulable.size > 0 && !this.#closed) this.#flushTimer ??= clock.setTimer(FLUSH_EVERY_MS, () => this.#flush());
  }
}

/** A hint that fails must not lose a pod. */
function hintOf(hint: (pod: PodInfo, event: ClusterEvent) => 'Queue' | 'Skip', pod: PodInfo, event: ClusterEvent): 'Queue' | 'Skip' {
  try {
    return hint(pod, event);
  } catch {
    return 'Queue';
  }
}
