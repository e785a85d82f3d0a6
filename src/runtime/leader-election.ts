import type { Lease } from '../api/types/generated/coordination-v1.ts';
import { asError } from '../client/as-error.ts';
import type { ResourceClient } from '../client/resource-client.ts';
import { formatMicroTime, sleep, type Clock } from '../machinery/clock.ts';
import { hasReason } from '../machinery/status-error.ts';

export interface LeaderElectionOptions {
  /** Leases of the namespace in which the election takes place. */
  readonly leases: ResourceClient<Lease>;
  /** Of the Lease: candidates for one name compete. */
  readonly name: string;
  /** Different for each candidate. */
  readonly identity: string;
  readonly clock: Clock;
  readonly random: () => number;
  /** For how long others respect a leader that renews no more; default 15 s. */
  readonly leaseDurationMs?: number;
  /** After so long without a renewal the leader gives up; shorter than the lease; default 10 s. */
  readonly renewDeadlineMs?: number;
  /** Between tries; default 2 s. */
  readonly retryPeriodMs?: number;
  /** Leaves the lease to others at once when the election is cancelled; default true. */
  readonly releaseOnCancel?: boolean;
  /** Told when another than before leads, this candidate included. */
  readonly onNewLeader?: (identity: string) => void;
  readonly onError?: (error: Error) => void;
}

/** client-go's: candidates wait between 1 and 2.2 periods, so that they do not ask all at once. */
const JITTER_FACTOR = 1.2;

/**
 * A candidate for the leadership that a Lease stands for, by client-go's algorithm: clocks of candidates need not agree,
 * only run about equally fast, because a lease is held for expired only when this candidate has seen it unchanged for
 * its duration.
 */
export class LeaderElector {
  readonly #options: LeaderElectionOptions;
  readonly #leaseDurationMs: number;
  readonly #renewDeadlineMs: number;
  readonly #retryPeriodMs: number;
  #observed: Lease | undefined;
  /** When this candidate first saw the lease as it is. */
  #observedMs = 0;
  #reportedLeader = '';

  constructor(options: LeaderElectionOptions) {
    this.#options = options;
    this.#leaseDurationMs = options.leaseDurationMs ?? 15_000;
    this.#renewDeadlineMs = options.renewDeadlineMs ?? 10_000;
    this.#retryPeriodMs = options.retryPeriodMs ?? 2_000;
    if (this.#leaseDurationMs <= this.#renewDeadlineMs) throw new RangeError('leaseDurationMs must be greater than renewDeadlineMs');
    if (this.#renewDeadlineMs <= JITTER_FACTOR * this.#retryPeriodMs) throw new RangeError('renewDeadlineMs must be greater than retryPeriodMs * 1.2');
  }

  get isLeader(): boolean {
    return this.#observed?.spec?.holderIdentity === this.#options.identity;
  }

  /** Who leads, as far as this candidate has seen; '' when nobody does. */
  get leader(): string {
    return this.#observed?.spec?.holderIdentity ?? '';
  }

  /**
   * Becomes the leader, and calls `lead` once with a signal that is aborted when the leadership is lost or `signal` is
   * aborted. Resolves when `lead` has returned: `finished` by itself, because the leadership was `lost`, or `cancelled`;
   * `lead`'s own error is thrown. A process that cannot make sure that its leader's work has stopped must end itself when
   * the leadership is lost.
   */
  async run(signal: AbortSignal, lead: (signal: AbortSignal) => Promise<void>): Promise<'finished' | 'lost' | 'cancelled'> {
    if (!(await this.#acquire(signal))) return 'cancelled';
    const leading = new AbortController();
    const renewing = new AbortController();
    const onAbort = (): void => renewing.abort(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    let finished = false;
    const work = lead(leading.signal).then(
      () => undefined,
      (error: unknown) => asError(error),
    );
    void work.then(() => {
      finished = !leading.signal.aborted;
      renewing.abort(new Error('the work of the leader is done'));
    });
    await this.#renew(renewing.signal);
    const left = renewing.signal.aborted;
    leading.abort(new Error(left ? 'the election was cancelled' : 'the leadership was lost'));
    const failed = await work;
    signal.removeEventListener('abort', onAbort);
    if (left && this.#options.releaseOnCancel !== false) await this.#release();
    if (failed && (finished || !signal.aborted)) throw failed;
    return finished ? 'finished' : left ? 'cancelled' : 'lost';
  }

  async #acquire(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      if (await this.#tryAcquireOrRenew(signal)) return true;
      await pause(this.#options.clock, this.#retryPeriodMs * (1 + JITTER_FACTOR * this.#options.random()), signal);
    }
    return false;
  }

  /** Returns when the deadline passed without a renewal, or the signal is aborted. */
  async #renew(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      const deadline = new AbortController();
      const timer = clock.setTimer(this.#renewDeadlineMs, () => deadline.abort(new Error('the renew deadline has passed')));
      const onAbort = (): void => deadline.abort(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      let renewed = false;
      while (!renewed && !deadline.signal.aborted) {
        renewed = await this.#tryAcquireOrRenew(deadline.signal);
        if (!renewed) await pause(clock, this.#retryPeriodMs, deadline.signal);
      }
      timer.cancel();
      signal.removeEventListener('abort', onAbort);
      if (!renewed) return;
      await pause(clock, this.#retryPeriodMs, signal);
    }
  }

  /** True when this candidate now holds the lease. */
  async #tryAcquireOrRenew(signal: AbortSignal): Promise<boolean> {
    try {
      return await this.#acquireOrRenew(signal);
    } catch (error) {
      if (!signal.aborted) this.#options.onError?.(asError(error));
      return false;
    } finally {
      this.#reportLeader();
    }
  }

  async #acquireOrRenew(signal: AbortSignal): Promise<boolean> {
    const { leases, name } = this.#options;
    const call = { signal, timeoutMs: Math.max(1000, this.#renewDeadlineMs / 2) };
    const observed = this.#observed;
    if (observed && this.isLeader && this.#isValid(observed)) {
      // The leader knows the lease as nobody else may have written it; if somebody did, the slow way below finds out.
      try {
        this.#observe(await leases.update(this.#claim(observed), call));
        return true;
      } catch (error) {
        if (signal.aborted) throw error;
      }
    }
    let lease: Lease;
    try {
      lease = await leases.get(name, call);
    } catch (error) {
      if (!hasReason(error, 'NotFound')) throw error;
      this.#observe(await leases.create(this.#claim(undefined), call));
      return true;
    }
    if (lease.metadata.resourceVersion !== this.#observed?.metadata.resourceVersion) this.#observe(lease);
    const holder = lease.spec?.holderIdentity ?? '';
    if (holder !== '' && !this.isLeader && this.#isValid(lease)) return false;
    this.#observe(await leases.update(this.#claim(lease), call));
    return true;
  }

  /** The lease as this candidate holds it from now on. */
  #claim(lease: Lease | undefined): Lease {
    const { name, identity, clock, leases } = this.#options;
    const now = formatMicroTime(clock.now());
    const spec = lease?.spec ?? {};
    const own = spec.holderIdentity === identity;
    return {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: lease?.metadata ?? { name, namespace: leases.namespace },
      spec: {
        ...spec,
        holderIdentity: identity,
        leaseDurationSeconds: Math.ceil(this.#leaseDurationMs / 1000),
        acquireTime: own ? (spec.acquireTime ?? now) : now,
        renewTime: now,
        leaseTransitions: (spec.leaseTransitions ?? 0) + (own || lease === undefined ? 0 : 1),
      },
    };
  }

  #observe(lease: Lease): void {
    this.#observed = lease;
    this.#observedMs = this.#options.clock.now();
  }

  #isValid(lease: Lease): boolean {
    return this.#observedMs + (lease.spec?.leaseDurationSeconds ?? 0) * 1000 > this.#options.clock.now();
  }

  async #release(): Promise<void> {
    const lease = this.#observed;
    if (!lease || !this.isLeader) return;
    const { leases, clock } = this.#options;
    const now = formatMicroTime(clock.now());
    try {
      const spec = { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1, acquireTime: now, renewTime: now };
      this.#observe(await leases.update({ ...lease, spec }, { timeoutMs: this.#renewDeadlineMs }));
    } catch (error) {
      this.#options.onError?.(asError(error));
    }
  }

  #reportLeader(): void {
    const { leader } = this;
    if (leader === this.#reportedLeader) return;
    this.#reportedLeader = leader;
    if (leader !== '') this.#options.onNewLeader?.(leader);
  }
}

function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return sleep(clock, delayMs, signal).catch(() => undefined);
}
