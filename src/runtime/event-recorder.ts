import type { Event } from '../api/types/generated/core-v1.ts';
import { BUILTIN } from '../client/builtin-resources.ts';
import type { Client } from '../client/client.ts';
import { formatTime } from '../machinery/clock.ts';
import { hasReason } from '../machinery/status-error.ts';
import { EventCorrelator, type Correlation } from './event-correlator.ts';
import { eventNamespace, EventNames, referenceTo, type EventSubject } from './event-reference.ts';
import { EventSender } from './event-sender.ts';

export type EventType = 'Normal' | 'Warning';

export interface EventRecorderOptions {
  readonly client: Client;
  readonly random: () => number;
  /** Who reports: `deployment-controller`. */
  readonly component: string;
  /** The machine, for components that run on many. */
  readonly host?: string;
  /** Told of events that could not be written. */
  readonly onError?: (error: Error) => void;
  /** Shared by recorders of one process that must not write all at once; its owner stops it. Default: one of its own. */
  readonly sender?: EventSender;
}

/** Core v1 events as client-go's controllers record them: counted, combined, and limited. */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #correlator: EventCorrelator;
  readonly #names: EventNames;
  readonly #sender: EventSender;

  constructor(options: EventRecorderOptions) {
    const { client, random, onError } = options;
    this.#options = options;
    this.#correlator = new EventCorrelator(client.clock);
    this.#names = new EventNames(client.clock, random);
    this.#sender = options.sender ?? new EventSender({ clock: client.clock, random, ...(onError && { onError }) });
  }

  /** `reason` is short, for machines, in UpperCamelCase; `message` is for people. Returns at once. */
  event(subject: EventSubject, type: EventType, reason: string, message: string, annotations?: Record<string, string>): void {
    const correlation = this.#correlator.correlate(this.#make(subject, { type, reason, message }, annotations));
    if (correlation.type !== 'drop') this.#sender.send(() => this.#write(correlation));
  }

  /** Resolves when everything recorded so far was written, or given up. */
  flush(): Promise<void> {
    return this.#sender.flush();
  }

  async stop(): Promise<void> {
    if (!this.#options.sender) await this.#sender.stop();
  }

  #make(subject: EventSubject, what: { type: EventType; reason: string; message: string }, annotations: Record<string, string> | undefined): Event {
    const { client, component, host } = this.#options;
    const involvedObject = referenceTo(subject);
    const now = formatTime(client.clock.now());
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: this.#names.next(involvedObject.name ?? ''), namespace: eventNamespace(involvedObject), ...(annotations && { annotations }) },
      involvedObject,
      ...what,
      source: { component, ...(host !== undefined && { host }) },
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
      reportingComponent: component,
      reportingInstance: host ?? '',
    };
  }

  async #write(correlation: Exclude<Correlation, { type: 'drop' }>): Promise<void> {
    const { event, type } = correlation;
    if (type === 'create' || !(await this.#count(event))) await this.#create(event);
  }

  /** False when the event that would be counted up has expired. */
  async #count(event: Event): Promise<boolean> {
    const { count, lastTimestamp, message } = event;
    const events = this.#options.client.resource(BUILTIN.coreEvents).inNamespace(event.metadata.namespace ?? '');
    try {
      await events.patch(event.metadata.name ?? '', 'strategic', { count: count ?? 1, lastTimestamp: lastTimestamp ?? null, message: message ?? '' }, { signal: this.#sender.signal });
      return true;
    } catch (error) {
      if (hasReason(error, 'NotFound')) return false;
      throw error;
    }
  }

  async #create(event: Event): Promise<void> {
    try {
      await this.#options.client.resource(BUILTIN.coreEvents).create(event, { signal: this.#sender.signal });
    } catch (error) {
      // An earlier try of ours came through though its answer did not.
      if (!hasReason(error, 'AlreadyExists')) throw error;
    }
  }
}
