import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Job } from '../../api/types/generated/batch-v1.ts';
import type { Event, Pod } from '../../api/types/generated/core-v1.ts';
import { formatTime } from '../../machinery/clock.ts';
import { LoopCluster } from '../loop-cluster.contract.ts';

const PODS = '/api/v1/namespaces/default/pods';
const JOBS = '/apis/batch/v1/namespaces/default/jobs';
const JOB = `${JOBS}/work`;
const LOOPS = ['job-controller', 'ttl-after-finished-controller', 'serviceaccount-controller', 'garbage-collector-controller'];

describe('a job', () => {
  let loops: LoopCluster;
  beforeEach(async () => {
    loops = await LoopCluster.open(LOOPS);
  });
  afterEach(async () => {
    expect(loops.log).toEqual([]);
    await loops.close();
  });

  const create = async (spec: object = {}, podSpec: object = {}): Promise<void> => {
    await loops.create(JOBS, {
      metadata: { name: 'work' },
      spec: { template: { metadata: { labels: { app: 'work' } }, spec: { automountServiceAccountToken: false, terminationGracePeriodSeconds: 0, restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }], ...podSpec } }, ...spec },
    });
    await loops.settle();
  };
  const merge = async (spec: object): Promise<void> => {
    await loops.merge(JOB, { spec });
    await loops.settle();
  };
  const pods = async (): Promise<Pod[]> => (await loops.get<{ items: Pod[] }>(PODS))?.items ?? [];
  const running = async (): Promise<Pod[]> => (await pods()).filter(({ status }) => status?.phase === 'Pending' || status?.phase === 'Running');
  const indexOf = ({ metadata }: Pod): string => metadata.annotations?.['batch.kubernetes.io/job-completion-index'] ?? '';
  const end = async (pod: Pod | undefined, phase: 'Succeeded' | 'Failed', exitCode = phase === 'Failed' ? 1 : 0): Promise<void> => {
    const finishedAt = formatTime(loops.clock.now());
    await loops.merge(`${PODS}/${pod?.metadata.name}/status`, { status: { phase, containerStatuses: [{ name: 'c', image: 'i', imageID: 'i', ready: false, restartCount: 0, state: { terminated: { exitCode, finishedAt } } }] } });
    await loops.settle();
  };
  const endIndex = async (index: number, phase: 'Succeeded' | 'Failed', exitCode?: number): Promise<void> => end((await running()).find((pod) => indexOf(pod) === String(index)), phase, exitCode);
  const job = async (): Promise<Job | undefined> => loops.get<Job>(JOB);
  const status = async (): Promise<Job['status']> => (await job())?.status;
  const conditions = async (): Promise<string[]> => ((await status())?.conditions ?? []).map((c) => `${c.type}=${c.status} ${c.reason}: ${c.message}`);
  const events = async (): Promise<string[]> => {
    const list = await loops.get<{ items: Event[] }>('/api/v1/namespaces/default/events?fieldSelector=involvedObject.kind%3DJob');
    return (list?.items ?? []).map(({ type, reason, message }) => `${type} ${reason}: ${message}`);
  };

  test('runs one pod after the other until enough have succeeded, and lets them go when they are counted', async () => {
    await create({ completions: 2 });
    const [first] = await pods();
    expect(first?.metadata).toMatchObject({ generateName: 'work-', finalizers: ['batch.kubernetes.io/job-tracking'], ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'work', controller: true }] });
    expect(await status()).toMatchObject({ active: 1, ready: 0, terminating: 0, uncountedTerminatedPods: {}, startTime: '2026-01-01T00:00:00Z' });
    await end(first, 'Succeeded');
    expect(await status()).toMatchObject({ active: 1, succeeded: 1 });
    await end((await running())[0], 'Succeeded');
    expect(await conditions()).toEqual(['SuccessCriteriaMet=True CompletionsReached: Reached expected number of succeeded pods', 'Complete=True CompletionsReached: Reached expected number of succeeded pods']);
    const { completionTime, active, succeeded, uncountedTerminatedPods } = (await status()) ?? {};
    expect({ completionTime: typeof completionTime, active, succeeded, uncountedTerminatedPods }).toEqual({ completionTime: 'string', active: undefined, succeeded: 2, uncountedTerminatedPods: {} });
    expect((await pods()).map(({ metadata }) => metadata.finalizers)).toEqual([undefined, undefined]);
    expect(await events()).toContain('Normal Completed: Job completed');
  });

  test('without completions ends when one pod has succeeded and the others have ended', async () => {
    await create({ parallelism: 3 });
    const [a, b, c] = await pods();
    await end(a, 'Succeeded');
    expect(await status()).toMatchObject({ active: 2, succeeded: 1 });
    await end(b, 'Failed');
    expect(await conditions()).toEqual([]);
    await end(c, 'Succeeded');
    expect(await status()).toMatchObject({ succeeded: 2, failed: 1, conditions: [{ type: 'SuccessCriteriaMet' }, { type: 'Complete' }] });
    expect(await pods()).toHaveLength(3);
  });

  test('waits ever longer before it replaces pods that fail, and gives up beyond its limit', async () => {
    await create({ backoffLimit: 2 });
    for (const waitMs of [10_000, 20_000]) {
      await end((await running())[0], 'Failed');
      await loops.settle(waitMs - 2000);
      expect(await running()).toEqual([]);
      await loops.settle(2000);
      expect(await running()).toHaveLength(1);
    }
    await end((await running())[0], 'Failed');
    expect(await conditions()).toEqual(['FailureTarget=True BackoffLimitExceeded: Job has reached the specified backoff limit', 'Failed=True BackoffLimitExceeded: Job has reached the specified backoff limit']);
    expect(await status()).toMatchObject({ failed: 3, ready: 0 });
    expect(await events()).toContain('Warning BackoffLimitExceeded: Job has reached the specified backoff limit');
  });

  test('keeps waiting for its failures when the control loops are started anew, and counts no pod twice', async () => {
    await create();
    await end((await running())[0], 'Failed');
    const { cluster, clock } = loops;
    await loops.restart(LOOPS);
    expect([loops.cluster, loops.clock]).toEqual([cluster, clock]);
    expect(await running()).toEqual([]);
    expect(await status()).toMatchObject({ failed: 1 });
    await loops.settle(10_000);
    expect(await running()).toHaveLength(1);
    expect(await status()).toMatchObject({ failed: 1, active: 1 });
  });

  test('when it fails it ends the pods that still run, and counts them as failed', async () => {
    await create({ backoffLimit: 0, parallelism: 2, completions: 2 });
    await end((await pods())[0], 'Failed');
    expect(await running()).toEqual([]);
    expect(await status()).toMatchObject({ failed: 2, terminating: 0, conditions: [{ type: 'FailureTarget' }, { type: 'Failed' }] });
  });

  test('restarts in place count towards the limit', async () => {
    await create({ backoffLimit: 2 }, { restartPolicy: 'OnFailure' });
    const [pod] = await pods();
    const restarted = async (restartCount: number): Promise<void> => {
      await loops.merge(`${PODS}/${pod?.metadata.name}/status`, { status: { phase: 'Running', containerStatuses: [{ name: 'c', image: 'i', imageID: 'i', ready: true, restartCount }] } });
      await loops.settle();
    };
    await restarted(1);
    expect(await conditions()).toEqual([]);
    await restarted(2);
    expect((await conditions())[0]).toContain('BackoffLimitExceeded');
  });

  test('ends when its deadline has passed', async () => {
    await create({ activeDeadlineSeconds: 60 });
    await loops.settle(58_900);
    expect(await conditions()).toEqual([]);
    await loops.settle(1500);
    expect(await conditions()).toEqual(['FailureTarget=True DeadlineExceeded: Job was active longer than specified deadline', 'Failed=True DeadlineExceeded: Job was active longer than specified deadline']);
  });

  test('runs nothing while it is suspended; its time begins when it is resumed', async () => {
    await create({ suspend: true, activeDeadlineSeconds: 60 });
    expect(await pods()).toEqual([]);
    expect(await conditions()).toEqual(['Suspended=True JobSuspended: Job suspended']);
    await loops.settle(100_000);
    await merge({ suspend: false });
    expect(await conditions()).toEqual(['Suspended=False JobResumed: Job resumed']);
    expect(await status()).toMatchObject({ active: 1, startTime: '2026-01-01T00:01:41Z' });
    await merge({ suspend: true });
    expect(await pods()).toEqual([]);
    expect((await status())?.startTime).toBeUndefined();
    expect((await status())?.failed).toBeUndefined();
    expect((await events()).filter((text) => /Suspended|Resumed/.test(text))).toEqual(['Normal Suspended: Job suspended', 'Normal Resumed: Job resumed']);
  });

  test('follows its parallelism', async () => {
    await create({ parallelism: 4, completions: 10 });
    expect(await pods()).toHaveLength(4);
    await merge({ parallelism: 1 });
    expect(await pods()).toHaveLength(1);
    expect(await status()).toMatchObject({ active: 1 });
    expect((await status())?.failed).toBeUndefined();
    await merge({ parallelism: 3 });
    expect(await pods()).toHaveLength(3);
  });

  test('indexed: each index has a pod that knows it, until it has succeeded once', async () => {
    await create({ completionMode: 'Indexed', completions: 4, parallelism: 4 });
    const second = (await pods()).find((pod) => indexOf(pod) === '1');
    expect(second).toMatchObject({
      metadata: { generateName: 'work-1-', labels: { 'batch.kubernetes.io/job-completion-index': '1' } },
      spec: { hostname: 'work-1', containers: [{ env: [{ name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/job-completion-index']" } } }] }] },
    });
    for (const index of [0, 1, 3]) await endIndex(index, 'Succeeded');
    expect(await status()).toMatchObject({ active: 1, succeeded: 3, completedIndexes: '0,1,3' });
    await endIndex(2, 'Failed');
    await loops.settle(10_000);
    expect((await running()).map(indexOf)).toEqual(['2']);
    await endIndex(2, 'Succeeded');
    expect(await status()).toMatchObject({ succeeded: 4, failed: 1, completedIndexes: '0-3', conditions: [{ type: 'SuccessCriteriaMet' }, { type: 'Complete' }] });
  });

  test('indexed: grows and shrinks as a whole', async () => {
    await create({ completionMode: 'Indexed', completions: 2, parallelism: 2 });
    await merge({ completions: 4, parallelism: 4 });
    expect((await running()).map(indexOf).toSorted()).toEqual(['0', '1', '2', '3']);
    await endIndex(3, 'Succeeded');
    await merge({ completions: 2, parallelism: 2 });
    expect((await running()).map(indexOf).toSorted()).toEqual(['0', '1']);
    expect((await status())?.completedIndexes).toBeUndefined();
    for (const index of [0, 1]) await endIndex(index, 'Succeeded');
    expect(await status()).toMatchObject({ succeeded: 2, completedIndexes: '0,1', conditions: [{ type: 'SuccessCriteriaMet' }, { type: 'Complete' }] });
  });

  test('indexed: with a limit for each index, one fails while the others go on', async () => {
    await create({ completionMode: 'Indexed', completions: 2, parallelism: 2, backoffLimitPerIndex: 1 });
    await endIndex(0, 'Failed');
    const [failed] = (await pods()).filter(({ status: s }) => s?.phase === 'Failed');
    expect(failed?.metadata.finalizers).toEqual(['batch.kubernetes.io/job-tracking']);
    await loops.settle(10_000);
    const again = (await running()).find((pod) => indexOf(pod) === '0');
    expect(again?.metadata.annotations).toMatchObject({ 'batch.kubernetes.io/job-index-failure-count': '1' });
    expect(await status()).toMatchObject({ failed: 1, failedIndexes: '' });
    await endIndex(0, 'Failed');
    expect(await status()).toMatchObject({ failed: 2, failedIndexes: '0', active: 1 });
    await endIndex(1, 'Succeeded');
    expect(await conditions()).toEqual(['FailureTarget=True FailedIndexes: Job has failed indexes', 'Failed=True FailedIndexes: Job has failed indexes']);
    expect(await status()).toMatchObject({ succeeded: 1, completedIndexes: '1', failedIndexes: '0', failed: 2 });
  });

  test('indexed: too many failed indexes end the job', async () => {
    await create({ completionMode: 'Indexed', completions: 4, parallelism: 4, backoffLimitPerIndex: 0, maxFailedIndexes: 1 });
    await endIndex(0, 'Failed');
    expect(await conditions()).toEqual([]);
    await endIndex(2, 'Failed');
    expect((await conditions())[0]).toBe('FailureTarget=True MaxFailedIndexesExceeded: Job has exceeded the specified maximal number of failed indexes');
    expect(await status()).toMatchObject({ failed: 4, failedIndexes: '0,2' });
  });

  test('indexed: a success policy ends the job, and what still runs does not count as failed', async () => {
    await create({ completionMode: 'Indexed', completions: 3, parallelism: 3, successPolicy: { rules: [{ succeededIndexes: '1,2', succeededCount: 1 }] } });
    await endIndex(0, 'Succeeded');
    expect(await conditions()).toEqual([]);
    await endIndex(2, 'Succeeded');
    expect(await conditions()).toEqual(['SuccessCriteriaMet=True SuccessPolicy: Matched rules at index 0', 'Complete=True SuccessPolicy: Matched rules at index 0']);
    expect(await running()).toEqual([]);
    expect(await status()).toMatchObject({ succeeded: 2, completedIndexes: '0,2' });
    expect((await status())?.failed).toBeUndefined();
  });

  test('a failure policy ignores failures, counts them, or fails the job or the index at once', async () => {
    const rule = (action: string, value: number): object => ({ action, onExitCodes: { operator: 'In', values: [value] } });
    await create({ completionMode: 'Indexed', completions: 2, parallelism: 2, backoffLimitPerIndex: 3, podFailurePolicy: { rules: [rule('Ignore', 3), rule('FailIndex', 4), rule('FailJob', 5)] } });
    await endIndex(0, 'Failed', 3);
    await loops.settle(10_000);
    expect((await running()).find((pod) => indexOf(pod) === '0')?.metadata.annotations).toMatchObject({ 'batch.kubernetes.io/job-index-failure-count': '0', 'batch.kubernetes.io/job-index-ignored-failure-count': '1' });
    expect((await status())?.failed).toBeUndefined();
    await endIndex(0, 'Failed', 4);
    expect(await status()).toMatchObject({ failed: 1, failedIndexes: '0', active: 1 });
    const last = (await running())[0]?.metadata.name;
    await endIndex(1, 'Failed', 5);
    expect((await conditions())[1]).toBe(`Failed=True PodFailurePolicy: Container c for pod default/${last} failed with exit code 5 matching FailJob rule at index 2`);
  });

  test.each([
    ['TerminatingOrFailed', 1, { active: 1, terminating: 1, failed: 1 }],
    ['Failed', 0, { terminating: 1 }],
  ])('with replacement policy %s, %d pods replace one that is ending', async (podReplacementPolicy, replacements, expected) => {
    await create({ podReplacementPolicy }, { terminationGracePeriodSeconds: 300 });
    const [pod] = await pods();
    await loops.cluster.request('POST', `${PODS}/${pod?.metadata.name}/binding`, { body: { metadata: { name: pod?.metadata.name }, target: { apiVersion: 'v1', kind: 'Node', name: 'n' } } });
    await loops.delete(`${PODS}/${pod?.metadata.name}`);
    await loops.settle(11_000);
    expect((await running()).filter(({ metadata }) => metadata.deletionTimestamp === undefined)).toHaveLength(replacements);
    const { active, terminating, failed } = (await status()) ?? {};
    expect(JSON.parse(JSON.stringify({ active, terminating, failed }))).toEqual(expected);
  });

  test('leaves a job alone that somebody else manages', async () => {
    await create({ managedBy: 'example.com/other' });
    expect([await pods(), await status()]).toEqual([[], {}]);
  });

  test('adopts pods with the finalizer, and takes it away with the owner', async () => {
    await loops.create(PODS, { metadata: { name: 'own', labels: { app: 'work' } }, spec: { automountServiceAccountToken: false, restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } });
    await create({ manualSelector: true, selector: { matchLabels: { app: 'work' } } });
    expect((await pods()).map(({ metadata }) => [metadata.name, metadata.finalizers, metadata.ownerReferences?.[0]?.name])).toEqual([['own', ['batch.kubernetes.io/job-tracking'], 'work']]);
    await loops.merge(`${PODS}/own`, { metadata: { labels: { app: 'other' } } });
    await loops.settle();
    const own = await loops.get<Pod>(`${PODS}/own`);
    expect([own?.metadata.finalizers, own?.metadata.ownerReferences]).toEqual([undefined, undefined]);
    expect(await pods()).toHaveLength(2);
  });

  test.each(['Background', 'Foreground', 'Orphan'])('deleted with propagation %s, it leaves no pod with a finalizer behind', async (propagationPolicy) => {
    await create({ parallelism: 2 });
    await loops.delete(JOB, { propagationPolicy });
    await loops.settle(5000);
    expect(await job()).toBeUndefined();
    expect((await pods()).map(({ metadata }) => [metadata.finalizers, metadata.ownerReferences])).toEqual(propagationPolicy === 'Orphan' ? [[undefined, undefined], [undefined, undefined]] : []);
  });

  test('is deleted with its pods when the time after its end has passed, as it is by then', async () => {
    await create({ ttlSecondsAfterFinished: 60 });
    await end((await pods())[0], 'Succeeded');
    await loops.settle(50_000);
    await merge({ ttlSecondsAfterFinished: 100 });
    await loops.settle(20_000);
    expect(await job()).toBeDefined();
    await loops.settle(32_000);
    expect([await job(), await pods()]).toEqual([undefined, []]);
  });
});
