import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Event } from '../api/types/generated/core-v1.ts';
import { BUILTIN } from '../client/builtin-resources.ts';
import { EventRecorder } from './event-recorder.ts';
import { EventSeriesRecorder } from './event-series-recorder.ts';
import { seededRandom, TestCluster } from './test-cluster.contract.ts';

const SUBJECT = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'test', name: 'web', uid: 'u-1' };

describe('recorded events', () => {
  let cluster: TestCluster;
  let recorder: EventRecorder;
  let series: EventSeriesRecorder;
  let errors: string[];

  beforeEach(async () => {
    cluster = await TestCluster.open();
    errors = [];
    const onError = (error: Error): void => void errors.push(error.message);
    recorder = new EventRecorder({ client: cluster.client, random: seededRandom(1), component: 'web-controller', onError });
    series = new EventSeriesRecorder({ client: cluster.client, random: seededRandom(2), reportingController: 'default-scheduler', reportingInstance: 'default-scheduler-1', onError });
  });
  afterEach(async () => {
    await recorder.stop();
    await series.stop();
    await cluster.close();
    expect(errors).toEqual([]);
  });

  const events = async (): Promise<Event[]> => (await cluster.admin.resource(BUILTIN.coreEvents).list()).items;

  test('an event says who did what to which object', async () => {
    recorder.event(SUBJECT, 'Normal', 'Scaled', 'Scaled up to 3');
    await recorder.flush();
    const [event, ...others] = await events();
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      involvedObject: SUBJECT,
      type: 'Normal',
      reason: 'Scaled',
      message: 'Scaled up to 3',
      count: 1,
      source: { component: 'web-controller' },
      reportingComponent: 'web-controller',
      firstTimestamp: '2026-01-01T00:00:00Z',
      lastTimestamp: '2026-01-01T00:00:00Z',
    });
    expect(event?.metadata.name).toMatch(/^web\.[0-9a-f]{16}$/);
  });

  test('events about objects without a namespace stand in default', async () => {
    recorder.event({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', uid: 'u' } }, 'Normal', 'Starting', 'x');
    await recorder.flush();
    expect((await events())[0]?.metadata.namespace).toBe('default');
  });

  test('the same event again is counted', async () => {
    for (let i = 0; i < 3; i++) {
      recorder.event(SUBJECT, 'Warning', 'BackOff', 'again');
      await cluster.clock.advance(10_000);
    }
    await recorder.flush();
    expect((await events()).map(({ count, firstTimestamp, lastTimestamp }) => [count, firstTimestamp, lastTimestamp])).toEqual([[3, '2026-01-01T00:00:00Z', '2026-01-01T00:00:20Z']]);
  });

  test('an event that expired meanwhile is written anew, with its count', async () => {
    recorder.event(SUBJECT, 'Warning', 'BackOff', 'again');
    await recorder.flush();
    const [first] = await events();
    await cluster.admin.resource(BUILTIN.coreEvents).inNamespace('test').delete(first?.metadata.name ?? '');
    recorder.event(SUBJECT, 'Warning', 'BackOff', 'again');
    await recorder.flush();
    expect((await events()).map(({ count }) => count)).toEqual([2]);
  });

  test('events of one reason that differ only in their message are combined from the tenth on', async () => {
    for (let i = 0; i < 15; i++) recorder.event(SUBJECT, 'Normal', 'Pulled', `image ${i}`);
    await recorder.flush();
    const found = await events();
    expect(found).toHaveLength(10);
    expect(found.filter(({ message }) => message?.startsWith('(combined from similar events): ')).map(({ count, message }) => [count, message])).toEqual([[6, '(combined from similar events): image 14']]);
  });

  test('one object has no more than twenty-five at once, and one in five minutes after that', async () => {
    for (let i = 0; i < 40; i++) recorder.event(SUBJECT, 'Warning', `Reason${i}`, 'x');
    recorder.event({ ...SUBJECT, name: 'other', uid: 'u-2' }, 'Warning', 'Reason', 'x');
    await recorder.flush();
    expect(await events()).toHaveLength(26);
    await cluster.clock.advance(300_000);
    for (let i = 0; i < 3; i++) recorder.event(SUBJECT, 'Warning', `Later${i}`, 'x');
    await recorder.flush();
    expect((await events()).filter(({ reason }) => reason?.startsWith('Later'))).toHaveLength(1);
  });

  test('recording does not wait for a server that is away; what it misses is written later, once', async () => {
    let calls = 0;
    cluster.fault = () => (++calls < 4 ? { type: calls === 2 ? 'lose-answer' : 'refuse' } : undefined);
    recorder.event(SUBJECT, 'Normal', 'Scaled', 'x');
    await cluster.clock.advance(60_000);
    expect((await events()).map(({ count }) => count)).toEqual([1]);
  });

  test('an event of events.k8s.io says who did what', async () => {
    series.event(SUBJECT, { type: 'Warning', reason: 'FailedScheduling', action: 'Scheduling', note: 'no nodes' });
    await series.flush();
    const { items } = await cluster.admin.resource(BUILTIN.events).list();
    expect(items[0]).toMatchObject({ regarding: SUBJECT, action: 'Scheduling', note: 'no nodes', eventTime: '2026-01-01T00:00:00.000000Z', reportingController: 'default-scheduler' });
    expect(items[0]?.series).toBeUndefined();
  });

  test('what happens again becomes a series, whose count is told when it ends', async () => {
    for (let i = 0; i < 5; i++) {
      series.event(SUBJECT, { type: 'Warning', reason: 'FailedScheduling', action: 'Scheduling', note: 'no nodes' });
      await cluster.clock.advance(1000);
    }
    await series.flush();
    const seriesOf = async () => (await cluster.admin.resource(BUILTIN.events).list()).items.map((event) => event.series);
    expect(await seriesOf()).toEqual([{ count: 2, lastObservedTime: '2026-01-01T00:00:01.000000Z' }]);
    await cluster.clock.advance(13 * 60_000);
    expect(await seriesOf()).toEqual([{ count: 5, lastObservedTime: '2026-01-01T00:00:04.000000Z' }]);
  });

  test('long notes are cut between characters', async () => {
    series.event(SUBJECT, { type: 'Normal', reason: 'R', action: 'A', note: `${'x'.repeat(1023)}é` });
    await series.flush();
    expect((await cluster.admin.resource(BUILTIN.events).list()).items[0]?.note).toBe('x'.repeat(1023));
  });
});
