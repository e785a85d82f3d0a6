import type { Event } from '../api/types/generated/events-v1.ts';
import { BUILTIN } from '../client/builtin-resources.ts';
import type { Client } from '../client/client.ts';
import { formatMicroTime, type Timer } from '../machinery/clock.ts';
import { hasReason } from '../machinery/status-error.ts';
import { BoundedCache } from './bounded-cache.ts';
import { eventNamespace, EventNames, referenceTo, type EventSubject } from './event-reference.ts';
import type { EventType } from './event-recorder.ts';
import { EventSender } from './event-sender.ts';

export interface EventSeriesRecorderOptions {
  readonly client: Client;
  readonly random: () => number;
  /** Who reports: `default-scheduler`. */
  readonly reportingController: string;
  readonly reportingInstance: string;
  /** How many events are written at once, and may wait to be; see EventSender. */
  readonly concurrency?: number;
  readonly maxWaiting?: number;
  readonly onError?: (error: Error) => void;
}

export interface NewEvent {
  readonly type: EventType;
  readonly reason: string;
  /** What was done, or failed: `Binding`, `Scheduling`. */
  readonly action: string;
  /** For people; at most 1,024 bytes are kept. */
  readonly note: string;
  readonly related?: EventSubject;
}

interface Series {
  readonly event: Event;
  /** 1 for an event that has not happened again. */
  count: number;
  lastMs: number;
  /** Counts that the server does not know of yet. */
  unsent: boolean;
  sentMs: number;
}

/** client-go's figures. */
const FINISH_AFTER_MS = 6 * 60_000;
const REFRESH_AFTER_MS = 30 * 60_000;
const MAX_SERIES = 4096;
const MAX_NOTE_BYTES = 1024;

/**
 * events.k8s.io/v1 events: what happens again within six minutes becomes a series, whose count is written when it begins,
 * every half hour while it goes on, and when it ends.
 */
export class EventSeriesRecorder {
  readonly #options: EventSeriesRecorderOptions;
  readonly #names: EventNames;
  readonly #sender: EventSender;
  readonly #series = new BoundedCache<string, Series>(MAX_SERIES);
  #timer: Timer | undefined;
  #stopped = false;

  constructor(options: EventSeriesRecorderOptions) {
    const { client, random, onError, concurrency, maxWaiting } = options;
    this.#options = options;
    this.#names = new EventNames(client.clock, random);
    this.#sender = new EventSender({ clock: client.clock, random, ...(concurrency !== undefined && { concurrency }), ...(maxWaiting !== undefined && { maxWaiting }), ...(onError && { onError }) });
  }

  /** Returns at once. */
  event(regarding: EventSubject, what: NewEvent): void {
    if (this.#stopped) return;
    const event = this.#make(regarding, what);
    const key = seriesKey(event);
    const now = this.#options.client.clock.now();
    const known = this.#series.get(key);
    if (!known) {
      this.#series.set(key, { event, count: 1, lastMs: now, unsent: false, sentMs: now });
      this.#sender.send(() => this.#create(event));
    } else {
      known.count++;
      known.lastMs = now;
      if (known.count === 2) this.#sendSeries(known, now);
      else known.unsent = true;
    }
    this.#timer ??= this.#options.client.clock.setTimer(FINISH_AFTER_MS, () => this.#sweep());
  }

  flush(): Promise<void> {
    return this.#sender.flush();
  }

  stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    return this.#sender.stop();
  }

  #make(subject: EventSubject, { type, reason, action, note, related }: NewEvent): Event {
    const { client, reportingController, reportingInstance } = this.#options;
    const regarding = referenceTo(subject);
    return {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: this.#names.next(regarding.name ?? ''), namespace: eventNamespace(regarding) },
      eventTime: formatMicroTime(client.clock.now()),
      reportingController,
      reportingInstance,
      action,
      reason,
      regarding,
      ...(related && { related: referenceTo(related) }),
      note: truncate(note),
      type,
    };
  }

  /** Ends series that did not go on, tells of those that do, and looks again later while there are any. */
  #sweep(): void {
    const now = this.#options.client.clock.now();
    for (const [key, series] of this.#series.entries()) {
      const finished = now - series.lastMs >= FINISH_AFTER_MS;
      if (series.unsent && (finished || now - series.sentMs >= REFRESH_AFTER_MS)) this.#sendSeries(series, now);
      if (finished) this.#series.delete(key);
    }
    this.#timer = this.#series.size === 0 ? undefined : this.#options.client.clock.setTimer(FINISH_AFTER_MS, () => this.#sweep());
  }

  #sendSeries(series: Series, now: number): void {
    series.unsent = false;
    series.sentMs = now;
    const event: Event = { ...series.event, series: { count: series.count, lastObservedTime: formatMicroTime(series.lastMs) } };
    this.#sender.send(() => this.#patch(event));
  }

  async #create(event: Event): Promise<void> {
    try {
      await this.#options.client.resource(BUILTIN.events).create(event, { signal: this.#sender.signal });
    } catch (error) {
      // An earlier try of ours came through though its answer did not.
      if (!hasReason(error, 'AlreadyExists')) throw error;
    }
  }

  async #patch(event: Event): Promise<void> {
    const { series, metadata } = event;
    if (!series) return;
    const events = this.#options.client.resource(BUILTIN.events).inNamespace(metadata.namespace ?? '');
    try {
      await events.patch(metadata.name ?? '', 'strategic', { series: { ...series } }, { signal: this.#sender.signal });
    } catch (error) {
      if (!hasReason(error, 'NotFound')) throw error;
      await this.#create(event);
    }
  }
}

/** What makes two events the same; the note does not. */
function seriesKey({ type, action, reason, reportingController, reportingInstance, regarding, related }: Event): string {
  const of = (reference: Event['regarding']): unknown => reference && [reference.apiVersion, reference.kind, reference.namespace, reference.name, reference.uid, reference.fieldPath];
  return JSON.stringify([type, action, reason, reportingController, reportingInstance, of(regarding), of(related)]);
}

/** At most 1,024 bytes, cut between characters. */
function truncate(note: string): string {
  const bytes = Buffer.from(note);
  if (bytes.length <= MAX_NOTE_BYTES) return note;
  let end = MAX_NOTE_BYTES;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end).toString();
}
