import { expect, test } from 'vitest';
import { VirtualClock } from '../../machinery/virtual-clock.ts';
import { Progress, progressIsOrdered } from './progress.ts';

function progressOf(rounds: number): { progress: Progress; clock: VirtualClock; sent: () => number } {
  const clock = new VirtualClock();
  let sent = 0;
  return { clock, sent: () => sent, progress: new Progress({ clock, rounds, send: () => sent++ }) };
}

test('one answer of an ordered server is believed', () => {
  const { progress, sent } = progressOf(1);
  progress.request();
  expect(progress.answered(7)).toBe(7);
  expect(sent()).toBe(1);
  expect(progress.answered(8)).toBeUndefined();
});

test('of several answers it takes, the first says how far everything was delivered', () => {
  const { progress, sent } = progressOf(3);
  progress.request();
  expect([progress.answered(7), progress.answered(9), progress.answered(9)]).toEqual([undefined, undefined, 7]);
  expect(sent()).toBe(3);
});

test('who asks while a question is under way is told by the next one', () => {
  const { progress, sent } = progressOf(1);
  progress.request();
  progress.request();
  progress.request();
  expect(progress.answered(7)).toBe(7);
  expect(progress.answered(8)).toBe(8);
  expect(sent()).toBe(2);
});

test('a server that keeps silent is asked again, and its late answer is not taken for a newer one', async () => {
  const { progress, clock, sent } = progressOf(1);
  progress.request();
  await clock.advance(100);
  expect(sent()).toBe(2);
  expect(progress.answered(7)).toBe(7);
  progress.request();
  expect(progress.answered(7)).toBeUndefined();
  expect(progress.answered(12)).toBe(12);
});

test('what was asked on a stream that broke is asked on the next one', () => {
  const { progress, sent } = progressOf(2);
  progress.request();
  expect(progress.answered(7)).toBeUndefined();
  progress.reopened();
  expect([progress.answered(8), progress.answered(9)]).toEqual([undefined, 8]);
  expect(sent()).toBe(4);
});

test('a closed stream asks no more', async () => {
  const { progress, clock, sent } = progressOf(1);
  progress.request();
  progress.close();
  await clock.advance(1000);
  expect(sent()).toBe(1);
});

test.each([['3.4.23', false], ['3.4.31', true], ['3.5.12', false], ['3.5.13', true], ['3.6.0-rc.1', true], ['3.3.9', false], ['4.0.0', true]])('whether etcd %s tells progress in order: %s', (version, ordered) => {
  expect(progressIsOrdered(version)).toBe(ordered);
});
