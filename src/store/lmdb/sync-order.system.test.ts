import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { crashWriter } from './crash-rounds.fixture.ts';

const acknowledgements = 60;

/** What the kernel was asked for, in the order in which it answered; an acknowledgement counts when it begins. */
type Call = 'sync' | 'meta' | 'acknowledge';

test('the data is synced, then the page that makes it count is written through, and only then the write is acknowledged', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'steersman-sync-'));
  try {
    const calls = orderOfCalls(await trace(folder));
    // Opening the store syncs too: the first acknowledgement says that it is open.
    const rounds = calls.join(' ').split('acknowledge').slice(1, acknowledgements).map((round) => round.trim());
    expect(rounds.length).toBe(acknowledgements - 1);
    for (const round of rounds) expect(round).toBe('sync meta');
  } finally {
    await rm(folder, { recursive: true });
  }
}, 60_000);

/** The system calls of one writer that waits for each acknowledgement. */
async function trace(folder: string): Promise<string> {
  const log = path.join(folder, 'calls');
  const child = spawn('strace', ['-f', '-s', '12', '-e', 'trace=openat,fdatasync,fsync,msync,pwrite64,write', '-o', log, process.execPath, crashWriter, path.join(folder, 'data'), '100000', '1'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const failed = new Promise<never>((_resolve, reject) => child.once('error', (cause) => reject(new Error('this test needs strace in the PATH', { cause }))));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const lines = async (): Promise<void> => {
    let seen = 0;
    for await (const _line of createInterface(child.stdout)) if (++seen > acknowledgements) break;
    // With nobody to tell, the writer ends.
    child.stdout.destroy();
    await ended;
  };
  await Promise.race([lines(), failed]);
  return readFile(log, 'utf8');
}

function orderOfCalls(log: string): Call[] {
  const calls: Call[] = [];
  /** Descriptors on which a write returns only when it is on disk. */
  const writeThrough = new Set<string>();
  /** What each thread has begun. */
  const begun = new Map<string, string>();
  for (const line of log.split('\n')) {
    const thread = line.slice(0, line.indexOf(' '));
    const call = line.slice(thread.length).trim();
    if (call.endsWith('<unfinished ...>')) begun.set(thread, call);
    const whole = call.startsWith('<...') ? `${begun.get(thread) ?? ''} ${call}` : call;
    if (call.startsWith('write(1, "{')) calls.push('acknowledge');
    const result = / = (\d+)$/.exec(whole)?.[1];
    if (result === undefined) continue;
    if (/^openat\(.*O_D?SYNC/.test(whole)) writeThrough.add(result);
    if (/^(fdatasync|fsync|msync)\(/.test(whole)) calls.push('sync');
    const target = /^pwrite64\((\d+),/.exec(whole)?.[1];
    if (target !== undefined && writeThrough.has(target)) calls.push('meta');
  }
  return calls;
}
