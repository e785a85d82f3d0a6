import type { Clock } from '../../machinery/clock.ts';
import { TokenBucket } from '../../runtime/token-bucket.ts';

interface Zone {
  rate: number;
  bucket: TokenBucket | undefined;
  readonly waiting: Set<string>;
}

/** Nodes whose pods are to be driven out, by zone, each zone at its own rate. */
export class EvictionQueues {
  readonly #clock: Clock;
  readonly #zones = new Map<string, Zone>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Nodes a second; 0: none for now. */
  setRate(name: string, rate: number): void {
    const zone = this.#zone(name);
    if (zone.rate === rate) return;
    zone.rate = rate;
    zone.bucket = rate > 0 ? new TokenBucket(this.#clock, { perSecond: rate, burst: 1 }) : undefined;
  }

  add(zone: string, node: string): void {
    this.#zone(zone).waiting.add(node);
  }

  /** The node is well again, or gone. */
  remove(node: string): void {
    for (const zone of this.#zones.values()) zone.waiting.delete(node);
  }

  /** True when some node will have its turn by and by. */
  get hasWork(): boolean {
    return [...this.#zones.values()].some(({ waiting, bucket }) => waiting.size > 0 && bucket !== undefined);
  }

  /** Those whose turn has come by now; they wait no more. */
  take(): string[] {
    const taken: string[] = [];
    for (const { waiting, bucket } of this.#zones.values()) {
      for (const node of waiting) {
        if (!bucket?.tryTake()) break;
        waiting.delete(node);
        taken.push(node);
      }
    }
    return taken;
  }

  /** Forgets zones without nodes. */
  keepOnly(zones: ReadonlySet<string>): void {
    for (const name of this.#zones.keys()) if (!zones.has(name)) this.#zones.delete(name);
  }

  #zone(name: string): Zone {
    let zone = this.#zones.get(name);
    if (!zone) {
      zone = { rate: 0, bucket: undefined, waiting: new Set() };
      this.#zones.set(name, zone);
    }
    return zone;
  }
}
