import { expect, test } from 'vitest';
import { FairQueues } from './fair-queues.ts';

test('a flow that floods leaves room for others', () => {
  const queues = new FairQueues({ queues: 64, handSize: 6, queueLengthLimit: 4 });
  const order: string[] = [];
  const join = (flow: string): boolean => {
    const index = queues.choose(flow);
    if (index === undefined) return false;
    queues.enqueue(index, { seats: 1, dispatch: () => order.push(flow) });
    return true;
  };
  const admitted = Array.from({ length: 100 }, () => join('flood')).filter(Boolean).length;
  expect(admitted).toBe(24);
  expect(join('mouse')).toBe(true);
  // One request of each queue in turn: the mouse waits for no more than the flood's six queues.
  for (let i = 0; i < 8; i++) {
    const next = queues.next(1);
    if (!next) break;
    queues.execute(next.index, 1)(10);
    next.request.dispatch();
  }
  expect(order).toContain('mouse');
});

test('what takes longer lets the other flows go first', () => {
  const queues = new FairQueues({ queues: 8, handSize: 1, queueLengthLimit: 50 });
  const [slow, quick] = ['slow', 'quick', 'other', 'more', 'flows'].map((flow) => [flow, queues.choose(flow)] as const).filter(([, index], i, all) => all.findIndex(([, other]) => other === index) === i);
  const order: string[] = [];
  for (const [flow, index] of [slow!, quick!]) for (let i = 0; i < 4; i++) queues.enqueue(index!, { seats: 1, dispatch: () => order.push(flow) });
  for (let next = queues.next(1); next; next = queues.next(1)) {
    const flow = next.index === slow![1] ? 'slow' : 'quick';
    queues.execute(next.index, 1)(flow === 'slow' ? 1000 : 10);
    next.request.dispatch();
  }
  expect(order.slice(0, 5).filter((flow) => flow === 'quick')).toHaveLength(4);
});

test('a request that gave up is not dispatched', () => {
  const queues = new FairQueues({ queues: 1, handSize: 1, queueLengthLimit: 5 });
  const remove = queues.enqueue(0, { seats: 1, dispatch: () => undefined });
  expect(remove()).toBe(true);
  expect(remove()).toBe(false);
  expect(queues.next(1)).toBeUndefined();
  expect(queues.waiting).toBe(0);
});
