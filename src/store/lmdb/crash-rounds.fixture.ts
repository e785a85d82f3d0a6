import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { VirtualClock } from '../../machinery/virtual-clock.ts';
import type { Store } from '../store.ts';
import type { CrashReport, WriteReport } from './crash-writer.fixture.ts';
import { open } from './open.ts';

export const crashWriter = fileURLToPath(new URL('crash-writer.fixture.ts', import.meta.url));

export interface CrashFindings {
  readonly acknowledged: number;
  /** Sentences about what is not as it must be; empty is good. */
  readonly broken: readonly string[];
}

/** Lets the writer run, kills it, opens the store and looks at every acknowledged write; again and again in one folder. */
export async function crashRounds(rounds: number, seed: number): Promise<CrashFindings> {
  const folder = await mkdtemp(path.join(tmpdir(), 'steersman-crash-'));
  const random = randomFrom(seed);
  const broken: string[] = [];
  const revisions = new Set<number>();
  /** The revision the round began with. */
  let newest = 1;
  try {
    for (let round = 0; round < rounds; round++) {
      const reports = await writeAndKill(folder, round % 2 === 0 ? 100_000 : 300, 1 + Math.floor(random() * 400));
      const store = await open({ folder, clock: new VirtualClock() });
      for (const report of reports) {
        if ('opened' in report) {
          if (report.opened < newest) broken.push(`round ${round}: opened at ${report.opened} after ${newest}`);
          newest = report.opened;
          continue;
        }
        // Whatever was on disk when the store was opened, acknowledged or not, is not given out again.
        if (report.revision <= newest) broken.push(`round ${round}: revision ${report.revision} was there before`);
        if (revisions.has(report.revision)) broken.push(`round ${round}: revision ${report.revision} was given out twice`);
        revisions.add(report.revision);
        broken.push(...(await findLost(store, report)).map((sentence) => `round ${round}: ${sentence}`));
      }
      broken.push(...(await findHalves(store)).map((sentence) => `round ${round}: ${sentence}`));
      newest = Math.max(newest, await store.currentRevision());
      await store.close();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  return { acknowledged: revisions.size, broken };
}

/** What the writer said until it was killed, a moment after its n-th line. */
async function writeAndKill(folder: string, maxRevisions: number, lines: number): Promise<CrashReport[]> {
  const child = spawn(process.execPath, [crashWriter, folder, String(maxRevisions), '16'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
  const reports: CrashReport[] = [];
  for await (const line of createInterface(child.stdout)) {
    reports.push(JSON.parse(line) as CrashReport);
    if (reports.length === lines) child.kill('SIGKILL');
  }
  const signal = await ended;
  if (signal !== 'SIGKILL') throw new Error(`the writer ended by itself after ${reports.length} lines`);
  return reports;
}

async function findLost(store: Store, report: WriteReport): Promise<string[]> {
  const { revision, written } = report;
  const current = await store.currentRevision();
  if (revision > current) return [`revision ${revision} was acknowledged, the store stands at ${current}`];
  const lost: string[] = [];
  const readable = revision >= (await store.compactedRevision());
  for (const [key, value] of written) {
    const entry = await store.get(key, readable ? { revision } : {});
    const found = entry ? Buffer.from(entry.value).toString() : null;
    const superseded = !readable && (entry === undefined || entry.modRevision > revision);
    if (found !== value && !superseded) lost.push(`${key} at ${revision} is ${found?.slice(0, 20)}, acknowledged was ${value?.slice(0, 20)}`);
  }
  return lost;
}

/** The two keys of a pair are only ever written together. */
async function findHalves(store: Store): Promise<string[]> {
  const halves: string[] = [];
  const { entries } = await store.list({ start: '/pair/', end: '/pair0' });
  for (const entry of entries) {
    const twin = await store.get(entry.key.endsWith('/a') ? entry.key.replace(/a$/, 'b') : entry.key.replace(/b$/, 'a'));
    if (twin?.modRevision !== entry.modRevision || Buffer.compare(twin.value, entry.value) !== 0) halves.push(`${entry.key} and its twin differ`);
  }
  return halves;
}

/** A small generator of numbers in [0, 1), so that a failing seed can be tried again. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
