import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** A server in a process of its own, listening on localhost. */
export interface ChildServer {
  readonly pid: number;
  readonly url: string;
  /** From starting the process until it said where it listens. */
  readonly startMs: number;
  /** Resident memory in bytes: all of it, or without the pages of files, which the system takes back when it needs them. */
  residentBytes(of?: 'all' | 'anonymous'): number;
  /** Processor time that the process has used so far, all threads. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

export interface ChildServerOptions {
  /** Node's arguments. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const STOP_WITHIN_MS = 10_000;

/** Starts Node on `args` and waits for the line of stdout that names an https URL. Rejects when the process ends before. */
export async function startChildServer(options: ChildServerOptions): Promise<ChildServer> {
  const begin = performance.now();
  const child = spawn(process.execPath, options.args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...options.env } });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-4096);
  });
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      const found = /https:\/\/[^\s,]+/.exec(line);
      if (found) resolve(found[0]);
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`the server ended with ${signal ?? code}: ${complaints}`)));
  });
  const pid = pidOf(child);
  return {
    pid,
    url,
    startMs: performance.now() - begin,
    residentBytes: (of = 'all') => residentBytes(pid, of === 'all' ? 'VmRSS' : 'RssAnon'),
    cpuSeconds: () => cpuSeconds(pid),
    async stop() {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      await exited;
      clearTimeout(late);
    },
  };
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error('the server did not start');
  return child.pid;
}

/** Linux counts in hundredths of a second, whatever its own clock. */
const TICKS_PER_SECOND = 100;

function cpuSeconds(pid: number): number {
  // The command, in parentheses, may hold spaces; user and system time are the 12th and 13th fields behind it.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function residentBytes(pid: number, field: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
  if (kilobytes === undefined) throw new Error(`the system does not tell ${field} of a process`);
  return Number(kilobytes) * 1024;
}
