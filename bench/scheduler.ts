// Pods bound per second by API server and scheduler in one process.
// usage: node bench/scheduler.ts [--nodes 1000] [--pods 3000] [--storage lmdb|memory] [--runs 3]
import { parseArgs } from 'node:util';
import { systemClock } from '../src/machinery/clock.ts';
import { startInProcessScheduler } from '../src/sdk/scheduler/in-process-scheduler.ts';
import { startCluster, type Cluster } from '../src/sdk/testing/cluster.ts';
import { median } from './measurement.ts';
import { machine } from './report.ts';

const PODS = '/api/v1/namespaces/default/pods';
/** Creations under way at once. */
const CREATORS = 32;
const POLL_MS = 100;

interface Workload {
  readonly name: string;
  /** Of the n-th pod. */
  readonly spec: (n: number) => object;
}

const REQUESTS = { resources: { requests: { cpu: '100m', memory: '128Mi' } } };

const WORKLOADS: readonly Workload[] = [
  { name: 'plain requests', spec: () => ({}) },
  { name: 'spread over zones, hard', spec: () => ({ topologySpreadConstraints: [{ topologyKey: 'topology.kubernetes.io/zone', maxSkew: 5, whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app: 'web' } } }] }) },
  {
    name: 'preferred anti-affinity',
    spec: () => ({ affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 10, podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'web' } } } }] } } }),
  },
];

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { nodes: { type: 'string', default: '1000' }, pods: { type: 'string', default: '3000' }, storage: { type: 'string', default: 'lmdb' }, runs: { type: 'string', default: '3' }, only: { type: 'string', default: '' } } });
  const nodes = Number(values.nodes);
  const pods = Number(values.pods);
  const storage = values.storage === 'memory' ? 'memory' : 'lmdb';
  process.stdout.write(`${machine()}; ${nodes} nodes, ${pods} pods, ${storage}; medians of ${values.runs} runs\n\n`);
  for (const workload of WORKLOADS) {
    if (!workload.name.includes(values.only)) continue;
    const both: Figures[] = [];
    const alone: Figures[] = [];
    for (let run = 0; run < Number(values.runs); run++) {
      both.push(await measure(workload, { nodes, pods, storage, waiting: false }));
      alone.push(await measure(workload, { nodes, pods, storage, waiting: true }));
    }
    process.stdout.write(`${workload.name.padEnd(26)} created and bound: ${shown(both)}   bound, when they all wait: ${shown(alone)}\n`);
  }
}

interface Figures {
  readonly perSecond: number;
  /** Processor time of the whole process for each pod: steadier than the rate where others share the machine. */
  readonly cpuMs: number;
}

function shown(figures: readonly Figures[]): string {
  const rate = Math.round(median(figures.map(({ perSecond }) => perSecond)));
  return `${rate}/s (${median(figures.map(({ cpuMs }) => cpuMs)).toFixed(2)} ms CPU each)`;
}

/** `waiting`: the pods are there before the scheduler is. Otherwise the time counts from the first creation. */
async function measure({ spec }: Workload, { nodes, pods, storage, waiting }: { readonly nodes: number; readonly pods: number; readonly storage: 'memory' | 'lmdb'; readonly waiting: boolean }): Promise<Figures> {
  const cluster = await startCluster({ storage });
  try {
    await must(cluster, '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } });
    await each(nodes, (n) => addNode(cluster, n));
    const create = (): Promise<void> =>
      each(pods, (n) => must(cluster, PODS, { metadata: { name: `pod-${n}`, labels: { app: 'web' } }, spec: { automountServiceAccountToken: false, containers: [{ name: 'c', image: 'example.com/web:1', ...REQUESTS }], ...spec(n) } }));
    const start = (): ReturnType<typeof startInProcessScheduler> => startInProcessScheduler(cluster.server, { clock: systemClock, random: Math.random, log: (line) => process.stderr.write(`${line}\n`) });
    if (waiting) await create();
    const running = start();
    if (!waiting) await new Promise((done) => setTimeout(done, 500));
    const beginMs = performance.now();
    const beginCpu = process.cpuUsage();
    const created = waiting ? Promise.resolve() : create();
    await created;
    for (;;) {
      const { body } = await cluster.request<{ items: unknown[] }>('GET', `${PODS}?fieldSelector=spec.nodeName%3D&limit=1`);
      if (body.items.length === 0) break;
      await new Promise((done) => setTimeout(done, POLL_MS));
    }
    const seconds = (performance.now() - beginMs) / 1000;
    const { user, system } = process.cpuUsage(beginCpu);
    await running.stop();
    return { perSecond: pods / seconds, cpuMs: (user + system) / 1000 / pods };
  } finally {
    await cluster.stop();
  }
}

async function addNode(cluster: Cluster, n: number): Promise<void> {
  const resources = { cpu: '4', memory: '16Gi', pods: '110', 'ephemeral-storage': '100Gi' };
  const labels = { 'kubernetes.io/hostname': `node-${n}`, 'topology.kubernetes.io/zone': `zone-${n % 3}` };
  await must(cluster, '/api/v1/nodes', { metadata: { name: `node-${n}`, labels }, status: { capacity: resources, allocatable: resources } });
  const { status } = await cluster.request('PATCH', `/api/v1/nodes/node-${n}`, { body: { spec: { taints: null } }, headers: { 'content-type': 'application/merge-patch+json' } });
  if (status !== 200) throw new Error(`PATCH node-${n}: ${status}`);
}

async function must(cluster: Cluster, path: string, body: object): Promise<void> {
  const answer = await cluster.request('POST', path, { body });
  if (answer.status !== 201) throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
}

/** So many at once, not all. */
async function each(count: number, work: (n: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: CREATORS }, async () => {
      while (next < count) await work(next++);
    }),
  );
}

await main();
