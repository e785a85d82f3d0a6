import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BUILTIN } from '../client/builtin-resources.ts';
import type { Client } from '../client/client.ts';
import { LeaderElector } from './leader-election.ts';
import { seededRandom, TestCluster } from './test-cluster.contract.ts';

describe('leader election', () => {
  let cluster: TestCluster;
  let candidates: Candidate[];

  /** Runs for the lead until it is stopped, and notes when it led. */
  class Candidate {
    readonly elector: LeaderElector;
    readonly abort = new AbortController();
    leading = false;
    readonly leaders: string[] = [];
    readonly outcome: Promise<string>;

    constructor(identity: string, client: Client, seed: number) {
      this.elector = new LeaderElector({
        leases: client.resource(BUILTIN.leases).inNamespace('test'),
        name: 'controller',
        identity,
        clock: cluster.clock,
        random: seededRandom(seed),
        onNewLeader: (leader) => this.leaders.push(leader),
      });
      this.outcome = this.elector.run(this.abort.signal, async (signal) => {
        this.leading = true;
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        this.leading = false;
      });
      candidates.push(this);
    }
  }

  beforeEach(async () => {
    cluster = await TestCluster.open();
    candidates = [];
    // What the server loads on first use takes real time, which virtual time does not wait for.
    const leases = cluster.admin.resource(BUILTIN.leases).inNamespace('test');
    const first = await leases.create({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'first' }, spec: {} });
    await leases.update(first);
  });
  afterEach(async () => {
    cluster.fault = undefined;
    for (const { abort } of candidates) abort.abort();
    await Promise.all(candidates.map((candidate) => candidate.outcome));
    // The server itself keeps none while nobody asks.
    expect(cluster.clock.pendingTimers).toBe(0);
    await cluster.close();
  });

  const lease = () => cluster.admin.resource(BUILTIN.leases).inNamespace('test').get('controller');

  test('the first candidate leads, and the lease says so', async () => {
    const a = new Candidate('a', cluster.client, 1);
    await cluster.clock.advance(0);
    expect([a.leading, a.leaders]).toEqual([true, ['a']]);
    expect((await lease()).spec).toEqual({ holderIdentity: 'a', leaseDurationSeconds: 15, acquireTime: '2026-01-01T00:00:00.000000Z', renewTime: '2026-01-01T00:00:00.000000Z', leaseTransitions: 0 });
  });

  test('the leader renews every two seconds, and keeps the time at which it began', async () => {
    void new Candidate('a', cluster.client, 1);
    await cluster.clock.advance(7000);
    expect((await lease()).spec).toMatchObject({ acquireTime: '2026-01-01T00:00:00.000000Z', renewTime: '2026-01-01T00:00:06.000000Z' });
  });

  test('another waits while the leader renews', async () => {
    const a = new Candidate('a', cluster.client, 1);
    await cluster.clock.advance(0);
    const b = new Candidate('b', cluster.admin, 2);
    await cluster.clock.advance(120_000);
    expect([a.leading, b.leading, b.leaders]).toEqual([true, false, ['a']]);
  });

  test('another leads soon after the leader leaves', async () => {
    const a = new Candidate('a', cluster.client, 1);
    await cluster.clock.advance(0);
    const b = new Candidate('b', cluster.admin, 2);
    await cluster.clock.advance(10_000);
    a.abort.abort();
    expect(await a.outcome).toBe('cancelled');
    await cluster.clock.advance(5000);
    expect([a.leading, b.leading]).toEqual([false, true]);
    // Handing the lease to nobody is no transition; taking it is one.
    expect((await lease()).spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
  });

  test('a leader that cannot renew stops before another may lead', async () => {
    const a = new Candidate('a', cluster.client, 1);
    await cluster.clock.advance(0);
    const b = new Candidate('b', cluster.admin, 2);
    await cluster.clock.advance(10_000);
    cluster.fault = () => ({ type: 'hang' });
    for (let ms = 0; ms < 30_000; ms += 250) {
      await cluster.clock.advance(250);
      expect(a.leading && b.leading).toBe(false);
    }
    expect([await a.outcome, b.leading]).toEqual(['lost', true]);
    expect((await lease()).spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
  });

  test('a leader outlives a server that is away for a few seconds', async () => {
    const a = new Candidate('a', cluster.client, 1);
    await cluster.clock.advance(0);
    cluster.fault = () => ({ type: 'refuse' });
    await cluster.clock.advance(7000);
    cluster.fault = undefined;
    await cluster.clock.advance(30_000);
    expect(a.leading).toBe(true);
  });

  test('a leader whose lease another took finds out', async () => {
    const a = new Candidate('a', cluster.client, 1);
    await cluster.clock.advance(3000);
    const taken = await lease();
    await cluster.admin.resource(BUILTIN.leases).update({ ...taken, spec: { ...taken.spec, holderIdentity: 'thief' } });
    await cluster.clock.advance(20_000);
    expect([await a.outcome, a.leading]).toEqual(['lost', false]);
  });

  test.each(['finished', 'failed'])('a leader whose work %s leaves the lease to others', async (how) => {
    const elector = new LeaderElector({ leases: cluster.client.resource(BUILTIN.leases).inNamespace('test'), name: 'controller', identity: 'a', clock: cluster.clock, random: seededRandom(1) });
    const outcome = elector
      .run(new AbortController().signal, async () => {
        if (how === 'failed') throw new Error('the work failed');
      })
      .catch((error: unknown) => String(error));
    await cluster.clock.advance(0);
    expect(await outcome).toBe(how === 'failed' ? 'Error: the work failed' : 'finished');
    expect((await lease()).spec?.holderIdentity ?? '').toBe('');
  });

  test('of many candidates one leads at a time, whatever happens to their connections', async () => {
    const random = seededRandom(11);
    cluster.fault = () => (random() < 0.4 ? { type: random() < 0.5 ? 'hang' : 'lose-answer' } : undefined);
    for (let i = 0; i < 4; i++) void new Candidate(`candidate-${i}`, cluster.client, i);
    let led = 0;
    for (let i = 0; i < 600; i++) {
      await cluster.clock.advance(500);
      const leading = candidates.filter((candidate) => candidate.leading).length;
      expect(leading).toBeLessThanOrEqual(1);
      led += leading;
      // Who lost the lead runs again, as a process that was restarted would.
      for (const [n, candidate] of candidates.entries()) if (!candidate.leading && !candidate.abort.signal.aborted && candidate.leaders.includes(`candidate-${n}`)) candidate.abort.abort();
      if (candidates.filter((candidate) => !candidate.abort.signal.aborted).length < 4) void new Candidate(`candidate-${candidates.length}`, cluster.client, i);
    }
    expect(led).toBeGreaterThan(100);
  });

  test.each([
    [{ leaseDurationMs: 10_000, renewDeadlineMs: 10_000 }, /leaseDurationMs/],
    [{ renewDeadlineMs: 2000, retryPeriodMs: 2000 }, /renewDeadlineMs/],
  ])('durations that cannot work are refused: %o', (options, message) => {
    const leases = cluster.client.resource(BUILTIN.leases).inNamespace('test');
    expect(() => new LeaderElector({ leases, name: 'x', identity: 'x', clock: cluster.clock, random: Math.random, ...options })).toThrow(message);
  });
});
