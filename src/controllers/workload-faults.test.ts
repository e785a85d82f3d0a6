import { expect, test } from 'vitest';
import type { CronJob, Job } from '../api/types/generated/batch-v1.ts';
import type { Pod } from '../api/types/generated/core-v1.ts';
import { FaultTransport, type Fault } from '../client/fault-transport.ts';
import { formatTime } from '../machinery/clock.ts';
import { seededRandom } from '../runtime/test-cluster.contract.ts';
import { targetNode } from './daemon-set/daemon-pods.ts';
import { LoopCluster } from './loop-cluster.contract.ts';

const PODS = '/api/v1/namespaces/default/pods';
const BATCH = '/apis/batch/v1/namespaces/default';
const APPS = '/apis/apps/v1/namespaces/default';
const LOOPS = ['job-controller', 'cronjob-controller', 'statefulset-controller', 'daemonset-controller', 'replicationcontroller-controller', 'serviceaccount-controller'];
const NODES = ['a', 'b', 'c'];
const COMPLETIONS = 5;

const template = (app: string, restartPolicy = 'Always'): object => ({
  metadata: { labels: { app } },
  spec: { automountServiceAccountToken: false, terminationGracePeriodSeconds: 0, restartPolicy, containers: [{ name: 'c', image: 'i' }] },
});
const labelled = (app: string, more: object = {}): object => ({ selector: { matchLabels: { app } }, template: template(app), ...more });

async function createWorkloads(loops: LoopCluster): Promise<void> {
  for (const name of NODES) {
    await loops.create('/api/v1/nodes', { metadata: { name } });
    await loops.merge(`/api/v1/nodes/${name}`, { spec: { taints: null } });
  }
  const job = { backoffLimit: 100, completions: COMPLETIONS, parallelism: 2, template: template('job', 'Never') };
  await loops.create(`${BATCH}/jobs`, { metadata: { name: 'plain' }, spec: job });
  await loops.create(`${BATCH}/jobs`, { metadata: { name: 'indexed' }, spec: { ...job, completionMode: 'Indexed', backoffLimitPerIndex: 50 } });
  await loops.create(`${BATCH}/cronjobs`, { metadata: { name: 'cron' }, spec: { schedule: '* * * * *', concurrencyPolicy: 'Forbid', jobTemplate: { spec: { suspend: true, template: template('cron', 'Never') } } } });
  await loops.create(`${APPS}/statefulsets`, { metadata: { name: 'set' }, spec: labelled('set', { replicas: 3, serviceName: 'set' }) });
  await loops.create(`${APPS}/daemonsets`, { metadata: { name: 'daemon' }, spec: labelled('daemon') });
  await loops.create('/api/v1/namespaces/default/replicationcontrollers', { metadata: { name: 'rc' }, spec: { replicas: 3, selector: { app: 'rc' }, template: template('rc') } });
}

/** What every pod came to that ended, by the job that it was of. */
class Kubelet {
  readonly ended: Record<string, { Succeeded: number; Failed: number }> = { plain: { Succeeded: 0, Failed: 0 }, indexed: { Succeeded: 0, Failed: 0 } };
  readonly #loops: LoopCluster;

  constructor(loops: LoopCluster) {
    this.#loops = loops;
  }

  async pods(app: string): Promise<Pod[]> {
    const list = await this.#loops.get<{ items: Pod[] }>(`${PODS}?labelSelector=app%3D${app}`);
    return (list?.items ?? []).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  }

  async end(random: () => number, failures: number): Promise<void> {
    for (const pod of await this.pods('job')) {
      if (pod.status?.phase !== 'Pending' || random() < 0.5) continue;
      const phase = random() < failures ? 'Failed' : 'Succeeded';
      const finishedAt = formatTime(this.#loops.clock.now());
      const status = { phase, containerStatuses: [{ name: 'c', image: 'i', imageID: 'i', ready: false, restartCount: 0, state: { terminated: { exitCode: 0, finishedAt } } }] };
      const answer = await this.#loops.cluster.request('PATCH', `${PODS}/${pod.metadata.name}/status`, { body: { metadata: { uid: pod.metadata.uid }, status }, headers: { 'content-type': 'application/merge-patch+json' } });
      const job = this.ended[pod.metadata.ownerReferences?.[0]?.name ?? ''];
      if (answer.status === 200 && job) job[phase]++;
    }
  }

  async run(): Promise<void> {
    for (const app of ['set', 'daemon', 'rc']) {
      for (const { metadata, status } of await this.pods(app)) {
        if (status?.phase === 'Pending') await this.#loops.merge(`${PODS}/${metadata.name}/status`, { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: formatTime(this.#loops.clock.now()) }] } });
      }
    }
  }
}

function randomFault(random: () => number): Fault | undefined {
  const faults: Fault[] = [{ type: 'refuse' }, { type: 'lose-answer' }, { type: 'answer', status: 500, body: 'upstream failed' }, { type: 'delay', ms: 2000 }];
  return random() < 0.7 ? undefined : faults[Math.floor(random() * faults.length)];
}

test.each([1, 2, 3])('whatever fails, and however often the loops are started anew, every pod is counted once and none is one too many (seed %i)', async (seed) => {
  const random = seededRandom(seed);
  let faulty = false;
  const loops = await LoopCluster.open(LOOPS, { wrap: (inner, clock) => new FaultTransport({ inner, clock, fault: () => (faulty ? randomFault(random) : undefined) }) });
  const kubelet = new Kubelet(loops);
  await createWorkloads(loops);
  faulty = true;
  for (let step = 0; step < 25; step++) {
    await loops.settle(random() * 5000);
    await kubelet.end(random, 0.4);
    await kubelet.run();
    if (random() < 0.3) await loops.restart(LOOPS);
  }
  faulty = false;
  const finished = async (name: string): Promise<boolean> => (await loops.get<Job>(`${BATCH}/jobs/${name}`))?.status?.completionTime !== undefined;
  // Ten minutes are the longest that failures hold pods back, and long enough for the cron job's first run.
  for (let round = 0; round < 20 && !((await finished('plain')) && (await finished('indexed'))); round++) {
    await loops.settle(600_000);
    await kubelet.end(random, 0);
    await kubelet.run();
  }
  await loops.settle(120_000);

  for (const name of ['plain', 'indexed']) {
    const { succeeded, failed = 0, uncountedTerminatedPods, completedIndexes } = (await loops.get<Job>(`${BATCH}/jobs/${name}`))?.status ?? {};
    expect({ succeeded, failed, uncountedTerminatedPods }).toEqual({ succeeded: kubelet.ended[name]?.Succeeded, failed: kubelet.ended[name]?.Failed, uncountedTerminatedPods: {} });
    expect([succeeded, completedIndexes]).toEqual([COMPLETIONS, name === 'indexed' ? '0-4' : undefined]);
  }
  expect((await kubelet.pods('set')).map(({ metadata }) => metadata.name ?? '').toSorted()).toEqual(['set-0', 'set-1', 'set-2']);
  expect((await kubelet.pods('daemon')).map((pod) => targetNode(pod) ?? '').toSorted()).toEqual(NODES);
  expect(await kubelet.pods('rc')).toHaveLength(3);
  const made = (await loops.get<{ items: Job[] }>(`${BATCH}/jobs`))?.items.filter(({ metadata }) => metadata.name?.startsWith('cron-')) ?? [];
  expect((await loops.get<CronJob>(`${BATCH}/cronjobs/cron`))?.status?.active?.map(({ uid }) => uid)).toEqual(made.map(({ metadata }) => metadata.uid));
  expect(made).toHaveLength(1);
  await loops.close();
}, 30_000);
