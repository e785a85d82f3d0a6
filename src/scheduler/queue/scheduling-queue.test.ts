import { beforeEach, describe, expect, test } from 'vitest';
import type { Pod } from '../../api/types/generated/core-v1.ts';
import { VirtualClock } from '../../machinery/virtual-clock.ts';
import type { ClusterEvent } from '../framework/cluster-event.ts';
import { PodInfo } from '../framework/pod-info.ts';
import { Profile, type EnabledPlugins } from '../framework/profile.ts';
import type { Plugin } from '../framework/plugin.ts';
import { prioritySort } from '../plugins/priority-sort.ts';
import { KeyedHeap } from './keyed-heap.ts';
import type { QueuedPod } from './queued-pod.ts';
import { SchedulingQueue } from './scheduling-queue.ts';

const NODE_ADDED: ClusterEvent = { resource: 'Node', action: 'Add' };
const CLAIM_ADDED: ClusterEvent = { resource: 'PersistentVolumeClaim', action: 'Add' };

const plugins: Plugin[] = [prioritySort(), { name: 'Fit', filter: () => undefined, events: [{ resource: 'Node', actions: ['Add'] }] }];
const none: EnabledPlugins = { preEnqueue: [], queueSort: [], preFilter: [], filter: [], postFilter: [], preScore: [], score: [], reserve: [], permit: [], preBind: [], bind: [], postBind: [] };
const profile = new Profile('default-scheduler', { ...none, queueSort: plugins.slice(0, 1).map((plugin) => ({ plugin, weight: 1 })), filter: plugins.slice(1).map((plugin) => ({ plugin, weight: 1 })) });

function podInfo(name: string, priority = 0): PodInfo {
  const pod: Pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', uid: name }, spec: { containers: [], priority } };
  return new PodInfo(pod);
}

describe('the scheduling queue', () => {
  let clock: VirtualClock;
  let queue: SchedulingQueue;
  beforeEach(() => {
    clock = new VirtualClock();
    queue = new SchedulingQueue({ clock, profileOf: () => profile, less: (a, b) => profile.less(a, b) });
  });
  const pop = (): QueuedPod => {
    const queued = queue.pop();
    if (!queued) throw new Error('the queue is empty');
    return queued;
  };
  const reject = (queued: QueuedPod): void => {
    queued.unschedulablePlugins = new Set(['Fit']);
    queue.requeue(queued, { info: queued.info, rejected: true });
  };
  const fail = (queued: QueuedPod): void => queue.requeue(queued, { info: queued.info, rejected: false });

  test('gives the most important pod first, then the one that waited longest', async () => {
    for (const [name, priority] of [['a', 0], ['b', 5], ['c', 0], ['d', 5]] as const) {
      queue.add(podInfo(name, priority));
      await clock.advance(10);
    }
    expect([pop(), pop(), pop(), pop()].map(({ info }) => info.name)).toEqual(['b', 'd', 'a', 'c']);
  });

  test('keeps a rejected pod until an event that its plugin cares for', () => {
    queue.add(podInfo('a'));
    reject(pop());
    queue.move(CLAIM_ADDED);
    expect(queue.counts).toMatchObject({ active: 0, backoff: 0, unschedulable: 1 });
    queue.move(NODE_ADDED);
    expect(queue.counts).toMatchObject({ backoff: 1, unschedulable: 0 });
    expect(pop().info.name).toBe('a');
  });

  test('brings a pod back at once that was judged while such an event happened', () => {
    queue.add(podInfo('a'));
    const queued = pop();
    queue.move(NODE_ADDED);
    reject(queued);
    expect(queue.counts).toMatchObject({ backoff: 1, unschedulable: 0 });
  });

  test('lengthens the backoff of failures from one second to ten', async () => {
    queue.add(podInfo('a'));
    const waits: number[] = [];
    for (let i = 0; i < 6; i++) {
      fail(pop());
      const from = clock.now();
      expect(queue.pop()).toBeUndefined();
      await clock.advanceUntil(() => queue.counts.active === 1);
      waits.push(clock.now() - from);
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 10_000, 10_000]);
  });

  test('tries what was not tried for five minutes', async () => {
    queue.add(podInfo('a'));
    reject(pop());
    await clock.advance(299_000);
    expect(queue.counts.unschedulable).toBe(1);
    await clock.advance(31_000);
    expect(queue.counts).toMatchObject({ active: 1, unschedulable: 0 });
  });

  test('wakes who waits for a pod', async () => {
    let woken = false;
    const waiting = queue.wait().then(() => (woken = true));
    await clock.advance(0);
    expect(woken).toBe(false);
    queue.add(podInfo('a'));
    await waiting;
    expect(pop().info.name).toBe('a');
  });

  test('forgets pods that are deleted, wherever they are', () => {
    for (const name of ['a', 'b', 'c']) queue.add(podInfo(name));
    reject(pop());
    fail(pop());
    for (const name of ['a', 'b', 'c']) queue.delete(podInfo(name));
    expect(queue.counts).toEqual({ active: 0, backoff: 0, unschedulable: 0, gated: 0 });
  });
});

test('a heap keeps its order whatever is taken out of it', () => {
  const heap = new KeyedHeap<number>(String, (a, b) => a < b);
  const numbers = Array.from({ length: 200 }, (_, i) => (i * 7919) % 1009);
  for (const number of numbers) heap.push(number);
  const taken = numbers.filter((_, i) => i % 3 === 0);
  for (const number of taken) heap.delete(String(number));
  const rest = numbers.filter((_, i) => i % 3 !== 0).toSorted((a, b) => a - b);
  expect(Array.from({ length: heap.size }, () => heap.pop())).toEqual(rest);
});
