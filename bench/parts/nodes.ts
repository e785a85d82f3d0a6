import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ApiClient } from '../api-client.ts';
import { startChildServer, type ChildServer } from '../child-server.ts';
import { median, type Measurement } from '../measurement.ts';
import type { Part } from '../part.ts';
import { COMMAND, makeFolder, TOKEN } from '../steersman-server.ts';

const MEGABYTE = 1e6;
const POLL_MS = 50;
const IDLE_MS = 30_000;
/** Until events are written and garbage was collected. */
const SETTLE_MS = 15_000;
const PATIENCE_MS = 600_000;
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const MAX_REPLICAS = 1_000;

interface UpServer extends ChildServer {
  readonly client: ApiClient;
}

/** The whole cluster in one process, with simulated nodes: how fast workloads become Ready, and what nodes cost that have nothing to do. */
export const nodes: Part = async ({ options }) => [...(await starts(options.runs)), ...(await rollout(20, 1_000)), ...(await rollout(1_000, 10_000))];

/** What the node that is there unless one says otherwise costs. */
async function starts(runs: number): Promise<Measurement[]> {
  const found = new Map([0, 1].map((count) => [count, { startMs: [] as number[], memory: [] as number[] }]));
  for (let run = 0; run < runs; run++) {
    for (const [count, { startMs, memory }] of found) {
      const begin = performance.now();
      await withUp(count, async (server) => {
        while ((await server.client.send('GET', '/readyz')).status !== 200) await delay(2);
        startMs.push(performance.now() - begin);
        await delay(3000);
        memory.push(server.residentBytes() / MEGABYTE);
      });
    }
  }
  return [...found].flatMap(([count, { startMs, memory }]): Measurement[] => [
    { name: `up --nodes ${count} to /readyz`, unit: 'ms', ours: median(startMs), note: `${Math.round(Math.min(...startMs))} to ${Math.round(Math.max(...startMs))} ms` },
    { name: `up --nodes ${count}, resident memory, idle`, unit: 'MB', ours: median(memory), note: '3 s after the start' },
  ]);
}

async function rollout(count: number, replicas: number): Promise<Measurement[]> {
  const what = `${count.toLocaleString('en')} nodes`;
  return withUp(count, async (server) => {
    const { client } = server;
    const registerMs = await timed(() => readyNodes(client, count));
    await delay(SETTLE_MS);
    const idleNodes = await idleShare(server);
    const emptyBytes = server.residentBytes();
    const cpuBefore = server.cpuSeconds();
    const names = Array.from({ length: Math.ceil(replicas / MAX_REPLICAS) }, (_, i) => `web-${i}`);
    for (const name of names) await client.must('POST', DEPLOYMENTS, JSON.stringify(deployment(name)));
    await delay(1000);
    const readyMs = await timed(async () => {
      for (const name of names) await client.must('PATCH', `${DEPLOYMENTS}/${name}/scale`, JSON.stringify({ spec: { replicas: replicas / names.length } }), 'application/merge-patch+json');
      await until(async () => (await readyReplicas(client)) === replicas);
    });
    const cpuSeconds = server.cpuSeconds() - cpuBefore;
    await delay(SETTLE_MS);
    const idle = await idleShare(server);
    const pods = `${replicas.toLocaleString('en')} pods on ${what}`;
    return [
      { name: `${what} Ready`, unit: 'ms', ours: registerMs, note: 'from the answer of /readyz' },
      { name: `${pods}: scaled to Ready`, unit: 'ms', ours: readyMs, ...(replicas === 1000 && { goal: { atMost: 5000 } }), note: `${Math.round((1000 * replicas) / readyMs)} pods/s, ${cpuSeconds.toFixed(1)} s of processor time` },
      { name: `${what}, idle`, unit: '% CPU', ours: idleNodes, note: `resident ${Math.round(emptyBytes / MEGABYTE)} MB` },
      { name: `${pods}, idle`, unit: '% CPU', ours: idle, goal: { atMost: 1 }, note: `resident ${Math.round(server.residentBytes() / MEGABYTE)} MB` },
    ];
  });
}

async function withUp<T>(count: number, use: (server: UpServer) => Promise<T>): Promise<T> {
  const folder = makeFolder();
  const args = [COMMAND, 'up', '--port', '0', '--data-dir', join(folder, 'data'), '--storage', 'memory', '--token-auth-file', join(folder, 'tokens.csv'), '--nodes', String(count)];
  const server = await startChildServer({ args });
  const client = new ApiClient(server.url, TOKEN);
  try {
    return await use({ ...server, client });
  } finally {
    client.close();
    await server.stop();
    rmSync(folder, { recursive: true });
  }
}

function deployment(name: string): object {
  const template = { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image: 'nginx:1.27', resources: { requests: { cpu: '10m', memory: '16Mi' } } }] } };
  return { metadata: { name }, spec: { replicas: 0, selector: { matchLabels: { app: name } }, template } };
}

async function readyReplicas(client: ApiClient): Promise<number> {
  const { items } = JSON.parse(await client.must('GET', DEPLOYMENTS)) as { items: { status?: { readyReplicas?: number } }[] };
  return items.reduce((sum, { status }) => sum + (status?.readyReplicas ?? 0), 0);
}

/** Ready, with addresses to give, and open to pods. */
function readyNodes(client: ApiClient, count: number): Promise<void> {
  return until(async () => {
    const { items } = JSON.parse(await client.must('GET', '/api/v1/nodes')) as { items: { spec: { podCIDR?: string; taints?: unknown[] } }[] };
    return items.filter(({ spec }) => spec.podCIDR !== undefined && (spec.taints ?? []).length === 0).length === count;
  });
}

async function idleShare(server: ChildServer): Promise<number> {
  const before = server.cpuSeconds();
  await delay(IDLE_MS);
  return (100_000 * (server.cpuSeconds() - before)) / IDLE_MS;
}

async function timed(work: () => Promise<void>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not so after ${PATIENCE_MS} ms`);
    await delay(POLL_MS);
  }
}
