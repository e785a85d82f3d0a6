import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CronJob, Job } from '../../api/types/generated/batch-v1.ts';
import type { Event } from '../../api/types/generated/core-v1.ts';
import { formatTime } from '../../machinery/clock.ts';
import { LoopCluster } from '../loop-cluster.contract.ts';

const API = '/apis/batch/v1/namespaces/default';
const CRON_JOB = `${API}/cronjobs/tick`;
const LOOPS = ['cronjob-controller', 'serviceaccount-controller'];
const MINUTE_MS = 60_000;

/** Time begins with the year 2026. */
describe('a cron job', () => {
  let loops: LoopCluster;
  beforeEach(async () => {
    loops = await LoopCluster.open(LOOPS);
  });
  afterEach(async () => {
    expect(loops.log).toEqual([]);
    await loops.close();
  });

  const create = async (spec: object = {}): Promise<void> => {
    await loops.create(`${API}/cronjobs`, {
      metadata: { name: 'tick' },
      spec: { schedule: '*/5 * * * *', jobTemplate: { metadata: { labels: { l: 'x' }, annotations: { a: 'y' } }, spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } } }, ...spec },
    });
    await loops.settle();
  };
  const merge = async (spec: object): Promise<void> => {
    await loops.merge(CRON_JOB, { spec });
    await loops.settle();
  };
  const status = async (): Promise<CronJob['status']> => (await loops.get<CronJob>(CRON_JOB))?.status;
  const jobs = async (): Promise<Job[]> => ((await loops.get<{ items: Job[] }>(`${API}/jobs`))?.items ?? []).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  /** The minutes after the beginning at which jobs were due. */
  const minutes = async (): Promise<number[]> => (await jobs()).map(({ metadata }) => Number(metadata.name?.slice('tick-'.length)) - Date.UTC(2026, 0, 1) / MINUTE_MS);
  const finish = async (index: number, type: 'Complete' | 'Failed'): Promise<void> => {
    const job = (await jobs())[index];
    const now = formatTime(loops.clock.now());
    const [reason, before] = type === 'Complete' ? ['CompletionsReached', 'SuccessCriteriaMet'] : ['BackoffLimitExceeded', 'FailureTarget'];
    const conditions = [before, type].map((each) => ({ type: each, status: 'True', reason, lastTransitionTime: now, lastProbeTime: now }));
    await loops.merge(`${API}/jobs/${job?.metadata.name}/status`, { status: { startTime: now, ...(type === 'Complete' && { completionTime: now, succeeded: 1 }), conditions } });
    await loops.settle();
  };
  const events = async (): Promise<string[]> => {
    const list = await loops.get<{ items: Event[] }>('/api/v1/namespaces/default/events?fieldSelector=involvedObject.kind%3DCronJob');
    return (list?.items ?? []).map(({ type, reason, message }) => `${type} ${reason}: ${message}`);
  };

  test('makes a job whenever its time has come, named by it', async () => {
    await create();
    expect(await jobs()).toEqual([]);
    await loops.settle(5 * MINUTE_MS);
    const [job] = await jobs();
    expect(job?.metadata).toMatchObject({
      name: `tick-${Date.UTC(2026, 0, 1, 0, 5) / MINUTE_MS}`,
      labels: { l: 'x' },
      annotations: { a: 'y', 'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-01-01T00:05:00Z' },
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'tick', controller: true, blockOwnerDeletion: true }],
    });
    expect(await status()).toMatchObject({ lastScheduleTime: '2026-01-01T00:05:00Z', active: [{ apiVersion: 'batch/v1', kind: 'Job', name: job?.metadata.name, namespace: 'default', uid: job?.metadata.uid }] });
    expect(await events()).toEqual([`Normal SuccessfulCreate: Created job ${job?.metadata.name}`]);
    await loops.settle(10 * MINUTE_MS);
    expect(await minutes()).toEqual([5, 10, 15]);
    expect((await status())?.active).toHaveLength(3);
  });

  test('goes by the clocks of its zone', async () => {
    await create({ schedule: '0 6 * * *', timeZone: 'Asia/Kolkata' });
    await loops.settle(31 * MINUTE_MS);
    expect((await jobs()).map(({ metadata }) => metadata.annotations?.['batch.kubernetes.io/cronjob-scheduled-timestamp'])).toEqual(['2026-01-01T06:00:00+05:30']);
  });

  test('strikes finished jobs off, and remembers the last success', async () => {
    await create();
    await loops.settle(10 * MINUTE_MS);
    await finish(0, 'Complete');
    expect(await status()).toMatchObject({ active: [{ name: (await jobs())[1]?.metadata.name }], lastSuccessfulTime: '2026-01-01T00:10:01Z' });
    await finish(1, 'Failed');
    expect(await status()).toEqual({ lastScheduleTime: '2026-01-01T00:10:00Z', lastSuccessfulTime: '2026-01-01T00:10:01Z' });
    expect((await events()).filter((text) => text.includes('SawCompletedJob')).map((text) => text.split(', ')[1])).toEqual(['condition: Complete', 'condition: Failed']);
  });

  test('keeps as many finished jobs as it is told', async () => {
    await create({ successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 0 });
    await loops.settle(15 * MINUTE_MS);
    await finish(0, 'Complete');
    await loops.settle(1000);
    await finish(1, 'Complete');
    expect(await minutes()).toEqual([10, 15]);
    await finish(1, 'Failed');
    expect(await minutes()).toEqual([10]);
    expect((await status())?.active).toBeUndefined();
  });

  test('with Forbid, lets a run out while another is at work', async () => {
    await create({ concurrencyPolicy: 'Forbid' });
    await loops.settle(12 * MINUTE_MS);
    expect(await minutes()).toEqual([5]);
    expect(await events()).toContain('Normal JobAlreadyActive: Not starting job because prior execution is running and concurrency policy is Forbid');
    await finish(0, 'Complete');
    expect(await minutes()).toEqual([5, 10]);
  });

  test('with Replace, ends the run at work', async () => {
    await create({ concurrencyPolicy: 'Replace' });
    await loops.settle(10 * MINUTE_MS);
    expect(await minutes()).toEqual([10]);
    expect((await status())?.active).toHaveLength(1);
  });

  test('rests while it is suspended, and makes up for the last run that it missed', async () => {
    await create({ suspend: true });
    await loops.settle(22 * MINUTE_MS);
    expect(await jobs()).toEqual([]);
    await merge({ suspend: false });
    expect(await minutes()).toEqual([20]);
  });

  test('a run that is too late is let out', async () => {
    await create({ suspend: true, schedule: '0 * * * *', startingDeadlineSeconds: 600 });
    await loops.settle(75 * MINUTE_MS);
    await merge({ suspend: false });
    expect(await jobs()).toEqual([]);
    await loops.settle(46 * MINUTE_MS);
    expect(await minutes()).toEqual([120]);
  });

  test('says so when it missed very many runs', async () => {
    await create({ suspend: true, schedule: '* * * * *' });
    await loops.settle(120 * MINUTE_MS);
    await merge({ suspend: false });
    expect(await minutes()).toEqual([120]);
    expect(await events()).toContain('Warning TooManyMissedTimes: too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew');
  });

  test('a schedule that never comes is told', async () => {
    await create({ schedule: '0 0 31 2 *' });
    expect(await events()).toEqual(['Warning InvalidSchedule: invalid schedule: 0 0 31 2 * : time difference between two schedules is less than 1 second']);
  });

  test('a new schedule counts from now', async () => {
    await create({ schedule: '0 * * * *' });
    await loops.settle(12 * MINUTE_MS);
    await merge({ schedule: '*/10 * * * *' });
    expect(await jobs()).toEqual([]);
    await loops.settle(8 * MINUTE_MS);
    expect(await minutes()).toEqual([20]);
  });

  test('a job that was made but not noted is noted, and not made twice', async () => {
    await create();
    await loops.settle(5 * MINUTE_MS);
    await loops.merge(`${CRON_JOB}/status`, { status: { active: null, lastScheduleTime: null } });
    await loops.restart(LOOPS);
    expect(await minutes()).toEqual([5]);
    expect(await status()).toMatchObject({ lastScheduleTime: '2026-01-01T00:05:00Z', active: [{ kind: 'Job' }] });
    expect((await events()).some((text) => text.startsWith('Warning UnexpectedJob: Saw a job that the controller did not create or forgot: tick-'))).toBe(true);
  });

  test('an active job that was deleted is struck off', async () => {
    await create();
    await loops.settle(5 * MINUTE_MS);
    const [job] = await jobs();
    await loops.delete(`${API}/jobs/${job?.metadata.name}`, { propagationPolicy: 'Background' });
    await loops.settle();
    expect((await status())?.active).toBeUndefined();
    expect(await jobs()).toEqual([]);
    expect(await events()).toContain(`Normal MissingJob: Active job went missing: ${job?.metadata.name}`);
  });
});
