import type { PriorityLevelConfiguration } from '../../api/types/generated/flowcontrol-v1.ts';
import type { Clock } from '../../machinery/clock.ts';
import { equalJson, type DeepReadonly } from '../../machinery/json.ts';
import { FairQueues, type QueueSettings } from './fair-queues.ts';
import type { SeatBounds, SeatDemand } from './seat-shares.ts';
import { DemandMeter } from './demand-meter.ts';

/** A request that asks for seats. */
export interface SeatRequest {
  /** Name of the schema. */
  readonly schema: string;
  readonly distinguisher: string;
  readonly seats: number;
  /** Calls back if the client goes away; the answer ends the subscription. */
  onClose(callback: () => void): () => void;
  /** What the debug endpoint shows of it, if it waits. */
  details(): Readonly<Record<string, string>>;
}

export type SeatAnswer = { readonly type: 'taken'; readonly release: () => void } | { readonly type: 'refused'; readonly reason: 'queue-full' | 'concurrency-limit' | 'time-out' | 'cancelled' };

export interface WaitingRequest extends SeatRequest {
  readonly queue: number;
  readonly arrivedMs: number;
}

/** Seats that several flow schemas share, and the requests that wait for them. */
export class PriorityLevel {
  readonly name: string;
  uid = '';
  exempt = false;
  /** Seats that may be taken at once, by lending and borrowing. */
  seats = 0;
  readonly counts = { dispatched: 0, rejected: 0, timedOut: 0, cancelled: 0 };
  readonly #clock: Clock;
  readonly #waitMs: number;
  readonly #demand: DemandMeter;
  /** Undefined: what finds no seat is refused. The newest last; older ones only empty themselves. */
  #queues: FairQueues[] = [];
  #settings: QueueSettings | undefined;
  #bounds: SeatBounds = { nominal: 0, lower: 0, upper: 0 };
  #executing = 0;
  #seatsInUse = 0;
  #waitingSeats = 0;
  readonly #waiting = new Set<WaitingRequest>();

  /** `waitMs`: how long a request waits at most. */
  constructor(name: string, { clock, waitMs }: { readonly clock: Clock; readonly waitMs: number }) {
    this.name = name;
    this.#clock = clock;
    this.#waitMs = waitMs;
    this.#demand = new DemandMeter(clock);
  }

  configure({ metadata, spec }: DeepReadonly<PriorityLevelConfiguration>, bounds: SeatBounds): void {
    this.uid = metadata.uid ?? '';
    this.exempt = spec?.type === 'Exempt';
    if (!equalJson(bounds, this.#bounds)) {
      this.#bounds = bounds;
      this.seats = bounds.nominal;
    }
    const { type, queuing } = spec?.limited?.limitResponse ?? {};
    const settings = type === 'Queue' ? { queues: queuing?.queues ?? 64, handSize: queuing?.handSize ?? 8, queueLengthLimit: queuing?.queueLengthLimit ?? 50 } : undefined;
    if (equalJson(settings ?? {}, this.#settings ?? {})) return;
    this.#settings = settings;
    if (settings) this.#queues.push(new FairQueues(settings));
    this.#dispatch();
  }

  get state(): { readonly executing: number; readonly seatsInUse: number; readonly waiting: readonly WaitingRequest[]; readonly bounds: SeatBounds; readonly queues: FairQueues | undefined } {
    return { executing: this.#executing, seatsInUse: this.#seatsInUse, waiting: [...this.#waiting], bounds: this.#bounds, queues: this.#settings && this.#queues.at(-1) };
  }

  /** What was wanted since this was asked last. */
  demand(): SeatDemand {
    return { bounds: this.#bounds, ...this.#demand.take() };
  }

  setSeats(seats: number): void {
    this.seats = seats;
    this.#dispatch();
  }

  take(request: SeatRequest): SeatAnswer | Promise<SeatAnswer> {
    if (this.exempt) return this.#execute(request, undefined);
    const queues = this.#settings && this.#queues.at(-1);
    if (!queues) {
      if (this.#hasRoom(request.seats)) return this.#execute(request, undefined);
      this.counts.rejected++;
      return { type: 'refused', reason: 'concurrency-limit' };
    }
    const queue = queues.choose(`${request.schema}\0${request.distinguisher}`);
    if (this.#waiting.size === 0 && this.#hasRoom(request.seats)) return this.#execute(request, queue === undefined ? undefined : { queues, queue });
    if (queue === undefined) {
      this.counts.rejected++;
      return { type: 'refused', reason: 'queue-full' };
    }
    return this.#wait(request, queues, queue);
  }

  #hasRoom(seats: number): boolean {
    return this.#seatsInUse === 0 || this.#seatsInUse + seats <= this.seats;
  }

  #wait(request: SeatRequest, queues: FairQueues, queue: number): Promise<SeatAnswer> {
    return new Promise((resolve) => {
      const waiting: WaitingRequest = { ...request, queue, arrivedMs: this.#clock.now() };
      const settle = (answer: () => SeatAnswer): void => {
        timer.cancel();
        unsubscribe();
        this.#waiting.delete(waiting);
        this.#waitingSeats -= request.seats;
        resolve(answer());
      };
      const remove = queues.enqueue(queue, { seats: request.seats, dispatch: () => settle(() => this.#execute(request, { queues, queue })) });
      const giveUp = (reason: 'time-out' | 'cancelled'): void => {
        if (!remove()) return;
        this.counts[reason === 'time-out' ? 'timedOut' : 'cancelled']++;
        settle(() => ({ type: 'refused', reason }));
      };
      const timer = this.#clock.setTimer(this.#waitMs, () => giveUp('time-out'));
      const unsubscribe = request.onClose(() => giveUp('cancelled'));
      this.#waiting.add(waiting);
      this.#waitingSeats += request.seats;
      this.#noteDemand();
      this.#dispatch();
    });
  }

  #execute({ seats }: SeatRequest, place: { readonly queues: FairQueues; readonly queue: number } | undefined): SeatAnswer {
    const done = place?.queues.execute(place.queue, seats);
    const startedMs = this.#clock.now();
    this.#executing++;
    this.#seatsInUse += seats;
    this.counts.dispatched++;
    this.#noteDemand();
    let released = false;
    return {
      type: 'taken',
      release: () => {
        if (released) return;
        released = true;
        done?.(this.#clock.now() - startedMs);
        this.#executing--;
        this.#seatsInUse -= seats;
        this.#noteDemand();
        this.#dispatch();
      },
    };
  }

  #dispatch(): void {
    while (this.#waiting.size > 0) {
      const queues = this.#queues.find(({ waiting }) => waiting > 0);
      const free = this.#seatsInUse === 0 ? Infinity : this.seats - this.#seatsInUse;
      const next = queues?.next(free);
      if (!next) break;
      next.request.dispatch();
    }
    if (this.#queues.length > 1) this.#queues = this.#queues.filter((queues, i) => i === this.#queues.length - 1 || queues.waiting > 0);
  }

  #noteDemand(): void {
    this.#demand.note(this.#seatsInUse + this.#waitingSeats);
  }
}
