import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../machinery/virtual-clock.ts';
import { ControllerRateLimiter } from './rate-limiter.ts';
import { WorkQueue } from './work-queue.ts';

function queue(): { clock: VirtualClock; queue: WorkQueue<string> } {
  const clock = new VirtualClock();
  return { clock, queue: new WorkQueue<string>({ clock, rateLimiter: new ControllerRateLimiter(clock, { overall: 'unlimited' }) }) };
}

describe('a work queue', () => {
  test('hands keys out in the order in which they came, each once', async () => {
    const { queue: q } = queue();
    for (const key of ['a', 'b', 'a', '__proto__']) q.add(key);
    expect([(await q.take())?.key, (await q.take())?.key, (await q.take())?.key, q.length]).toEqual(['a', 'b', '__proto__', 0]);
  });

  test('hands a key out to who waits already', async () => {
    const { queue: q } = queue();
    const taken = [q.take(), q.take()];
    q.add('a');
    q.add('b');
    expect((await Promise.all(taken)).map((item) => item?.key)).toEqual(['a', 'b']);
  });

  test('never hands a key out that is worked on, and again when it is done', async () => {
    const { queue: q } = queue();
    q.add('a', 'first');
    await q.take();
    q.add('a', 'second');
    expect(q.length).toBe(0);
    q.done('a');
    expect((await q.take())?.causes).toEqual(['second']);
  });

  test('merges causes, and counts those beyond the eighth', async () => {
    const { queue: q } = queue();
    for (let i = 1; i <= 10; i++) q.add('a', `cause ${i}`);
    const item = await q.take();
    expect([item?.causes.length, item?.causes[0], item?.otherCauses]).toEqual([8, 'cause 1', 2]);
  });

  test('adds a key at the earliest of the times asked for', async () => {
    const { clock, queue: q } = queue();
    q.addAfter('a', 5000);
    q.addAfter('a', 1000);
    q.addAfter('a', 9000);
    q.addAfter('b', 500);
    await clock.advance(999);
    expect(q.length).toBe(1);
    await clock.advance(1);
    expect([q.length, q.delayedLength, clock.pendingTimers]).toEqual([2, 0, 1]);
    await clock.advance(10_000);
    expect([q.length, clock.pendingTimers]).toEqual([2, 0]);
  });

  test('makes a key that fails wait twice as long each time, until it is forgotten', () => {
    const { queue: q } = queue();
    expect(Array.from({ length: 5 }, () => q.addRateLimited('a'))).toEqual([5, 10, 20, 40, 80]);
    expect(q.addRateLimited('b')).toBe(5);
    q.forget('a');
    expect([q.addRateLimited('a'), q.failures('a')]).toEqual([5, 1]);
  });

  test('hands out what is ready after it is shut down, and then undefined', async () => {
    const { clock, queue: q } = queue();
    q.add('a');
    q.addAfter('b', 1000);
    q.shutDown();
    q.add('c');
    const item = await q.take();
    let drained = false;
    void q.drain().then(() => (drained = true));
    expect([item?.key, await q.take(), clock.pendingTimers, drained]).toEqual(['a', undefined, 0, false]);
    q.done('a');
    await clock.advance(0);
    expect(drained).toBe(true);
  });

  test('loses no key and works on none twice at once, whatever the order of calls', async () => {
    const step = fc.oneof(
      fc.record({ type: fc.constant('add' as const), key: fc.constantFrom('a', 'b', 'c') }),
      fc.record({ type: fc.constant('later' as const), key: fc.constantFrom('a', 'b', 'c'), ms: fc.nat(50) }),
      fc.record({ type: fc.constant('take' as const) }),
      fc.record({ type: fc.constant('done' as const) }),
      fc.record({ type: fc.constant('time' as const), ms: fc.nat(40) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const { clock, queue: q } = queue();
        const wanted = new Set<string>();
        const working: string[] = [];
        const take = async (): Promise<void> => {
          const item = await q.take();
          if (!item) return;
          expect(working).not.toContain(item.key);
          wanted.delete(item.key);
          working.push(item.key);
        };
        for (const s of steps) {
          if (s.type === 'add' || s.type === 'later') wanted.add(s.key);
          if (s.type === 'add') q.add(s.key);
          else if (s.type === 'later') q.addAfter(s.key, s.ms);
          else if (s.type === 'time') await clock.advance(s.ms);
          else if (s.type === 'take' && q.length > 0) await take();
          else if (s.type === 'done' && working.length > 0) q.done(working.shift() ?? '');
        }
        await clock.advance(100);
        while (working.length > 0 || q.length > 0) {
          for (const key of working.splice(0)) q.done(key);
          while (q.length > 0) await take();
        }
        expect([...wanted]).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the rate limiter of controllers', () => {
  test('never waits longer than its maximum', () => {
    const limiter = new ControllerRateLimiter(new VirtualClock(), { baseMs: 1000, maxMs: 5000, overall: 'unlimited' });
    expect(Array.from({ length: 5 }, () => limiter.delayMs('a'))).toEqual([1000, 2000, 4000, 5000, 5000]);
  });

  test('lets a hundred keys through at once, and ten a second after that', () => {
    const limiter = new ControllerRateLimiter(new VirtualClock());
    for (let i = 0; i < 100; i++) expect(limiter.delayMs(`key-${i}`)).toBe(5);
    expect([limiter.delayMs('x'), limiter.delayMs('y')]).toEqual([100, 200]);
  });
});
