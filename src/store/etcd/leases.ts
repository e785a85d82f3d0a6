import type { Clock } from '../../machinery/clock.ts';
import type { EtcdConnection } from './connection.ts';

interface SharedLease {
  readonly id: Promise<string>;
  readonly sharedUntilMs: number;
  uses: number;
}

/** As in Kubernetes: so many keys, written within so short a part of their time to live, share one lease. */
const maxUses = 1000;
const sharedPart = 0.05;
const maxSharedMs = 60_000;
/** Where sharing would lengthen the time to live noticeably, each key gets a lease of its own. */
const minSharedTtlSeconds = 60;

/** Leases for keys with a time to live. A key never vanishes early; at most 5 percent, or a minute, late. */
export class Leases {
  readonly #connection: EtcdConnection;
  readonly #clock: Clock;
  readonly #shared = new Map<number, SharedLease>();

  constructor(connection: EtcdConnection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  leaseFor(ttlSeconds: number): Promise<string> {
    if (ttlSeconds < minSharedTtlSeconds) return this.#connection.grantLease(Math.ceil(ttlSeconds));
    const nowMs = this.#clock.now();
    const current = this.#shared.get(ttlSeconds);
    if (current && nowMs <= current.sharedUntilMs && current.uses < maxUses) {
      current.uses++;
      return current.id;
    }
    for (const [ttl, lease] of this.#shared) if (lease.sharedUntilMs < nowMs) this.#shared.delete(ttl);
    const sharedMs = Math.min(maxSharedMs, ttlSeconds * 1000 * sharedPart);
    const id = this.#connection.grantLease(Math.ceil(ttlSeconds + sharedMs / 1000));
    this.#shared.set(ttlSeconds, { id, sharedUntilMs: nowMs + sharedMs, uses: 1 });
    id.catch(() => this.forget());
    return id;
  }

  /** After etcd knew a lease no more: none is shared any longer. */
  forget(): void {
    this.#shared.clear();
  }
}
