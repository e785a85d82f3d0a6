/** What waits for seats. */
export interface Waiting {
  readonly seats: number;
  /** Called once, in the turn in which the seats are taken. */
  readonly dispatch: () => void;
}

export interface QueueSettings {
  /** How many queues, over how many of which each flow is spread, and how many requests each holds. */
  readonly queues: number;
  readonly handSize: number;
  readonly queueLengthLimit: number;
}

export interface QueueState {
  readonly index: number;
  readonly waiting: number;
  readonly executing: number;
  readonly seatsInUse: number;
  readonly nextDispatch: number;
}

interface Queue {
  readonly index: number;
  readonly waiting: Waiting[];
  /** The virtual time, in seat-milliseconds, at which the queue's next request begins in a server that is fair at every instant. */
  nextStart: number;
  executing: number;
  seatsInUse: number;
}

/** What a request is taken to last until it is known. */
const GUESS_MS = 3;

/**
 * Fair queues of one priority level. Each flow has a hand of queues, drawn by a hash of its name, and a request joins the
 * one of the hand where the least waits: a flow that floods fills its own hand, and few others share all of it. The queue
 * whose next request begins earliest in virtual time goes first.
 */
export class FairQueues {
  readonly #queues: readonly Queue[];
  #settings: QueueSettings;
  #virtualMs = 0;
  #waiting = 0;

  constructor(settings: QueueSettings) {
    this.#settings = settings;
    this.#queues = Array.from({ length: Math.max(1, settings.queues) }, (_, index) => ({ index, waiting: [], nextStart: 0, executing: 0, seatsInUse: 0 }));
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** The queue that a request of the flow joins; undefined when it is full. */
  choose(flow: string): number | undefined {
    const hand = dealHand(hashOf(flow), this.#queues.length, Math.max(1, this.#settings.handSize));
    let best: Queue | undefined;
    for (const index of hand) {
      const queue = this.#queues[index];
      if (queue && (!best || workOf(queue) < workOf(best))) best = queue;
    }
    return best && best.waiting.length < this.#settings.queueLengthLimit ? best.index : undefined;
  }

  /** The answer takes the request out again, if it still waits. */
  enqueue(index: number, request: Waiting): () => boolean {
    const queue = this.#at(index);
    this.#wake(queue);
    queue.waiting.push(request);
    this.#waiting++;
    return () => {
      const at = queue.waiting.indexOf(request);
      if (at < 0) return false;
      queue.waiting.splice(at, 1);
      this.#waiting--;
      return true;
    };
  }

  /** Notes that a request of the queue executes; the answer is to be called when it has ended, after so long. */
  execute(index: number, seats: number): (durationMs: number) => void {
    const queue = this.#at(index);
    this.#wake(queue);
    this.#virtualMs = Math.max(this.#virtualMs, queue.nextStart);
    queue.nextStart += seats * GUESS_MS;
    queue.executing++;
    queue.seatsInUse += seats;
    return (durationMs) => {
      queue.executing--;
      queue.seatsInUse -= seats;
      queue.nextStart += seats * (durationMs - GUESS_MS);
    };
  }

  /** The next request in fair order, if it needs no more than `seats`; it is no longer waiting. */
  next(seats: number): { readonly index: number; readonly request: Waiting } | undefined {
    let first: Queue | undefined;
    for (const queue of this.#queues) if (queue.waiting.length > 0 && (!first || queue.nextStart < first.nextStart)) first = queue;
    const request = first?.waiting[0];
    if (!first || !request || request.seats > seats) return undefined;
    first.waiting.shift();
    this.#waiting--;
    return { index: first.index, request };
  }

  states(): QueueState[] {
    return this.#queues.map(({ index, waiting, executing, seatsInUse, nextStart }) => ({ index, waiting: waiting.length, executing, seatsInUse, nextDispatch: nextStart }));
  }

  #at(index: number): Queue {
    const queue = this.#queues[index];
    if (!queue) throw new RangeError(`no queue ${index}`);
    return queue;
  }

  /** A queue that was idle saves up nothing. */
  #wake(queue: Queue): void {
    if (queue.waiting.length === 0 && queue.executing === 0) queue.nextStart = Math.max(queue.nextStart, this.#virtualMs);
  }
}

function workOf({ waiting, seatsInUse }: Queue): number {
  return waiting.reduce((sum, { seats }) => sum + seats, seatsInUse);
}

/** FNV-1a with 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** `size` different queues of `count`, as the hash has it. */
function dealHand(hash: number, count: number, size: number): number[] {
  const hand: number[] = [];
  let state = hash;
  for (let left = count; left > count - Math.min(size, count); left--) {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    let card = state % left;
    for (const taken of hand.toSorted((a, b) => a - b)) if (card >= taken) card++;
    hand.push(card);
  }
  return hand;
}
