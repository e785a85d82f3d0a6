import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What one burst of load came to. */
export interface Burst {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly bytesPerSecond: number;
}

export interface WriteLoad {
  readonly method: 'POST' | 'PUT' | 'PATCH';
  /** `%NAME%` in it stands for the object's name. */
  readonly path: string;
  readonly contentType: string;
  /** File with the body; `%NAME%` and `%SERIAL%` are filled in. */
  readonly template: string;
  /** How many objects are written in turn; 0: every request names a new one. */
  readonly names: number;
}

export interface Target {
  readonly url: string;
  readonly token: string;
  readonly connections: number;
  readonly seconds: number;
}

const PACKAGES: Readonly<Record<string, string>> = { wrk: 'wrk', h2load: 'nghttp2-client' };

/** Throws an Error that says how to install what is missing. */
export async function requireLoadGenerators(): Promise<void> {
  const missing: string[] = [];
  for (const program of Object.keys(PACKAGES)) {
    const found = await run(program, ['--version']).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
    );
    if (!found) missing.push(program);
  }
  if (missing.length === 0) return;
  throw new Error(`${missing.join(' and ')} not found: install with "apt-get install ${missing.map((m) => PACKAGES[m]).join(' ')}" (Debian, Ubuntu) or "brew install ${missing.map((m) => (m === 'h2load' ? 'nghttp2' : m)).join(' ')}"`);
}

function script(name: string): string {
  return fileURLToPath(new URL(`wrk/${name}.lua`, import.meta.url));
}

function wrkArgs(target: Target): string[] {
  return ['-t', '1', '-c', String(target.connections), '-d', `${target.seconds}s`, '--timeout', '30s'];
}

/** GETs one path over HTTP/1.1 as fast as the answers come. */
export async function wrkRead(target: Target, path: string): Promise<Burst> {
  const { stdout } = await run('wrk', [...wrkArgs(target), '-s', script('read'), target.url, '--', path, target.token]);
  return parseWrk(stdout);
}

/** Sends writes over HTTP/1.1. `run` tells this burst's names from those of others. */
export async function wrkWrite(target: Target, load: WriteLoad, burst: string): Promise<Burst> {
  const { stdout } = await run('wrk', [...wrkArgs(target), '-s', script('write'), target.url, '--', load.method, load.path, target.token, load.contentType, load.template, burst, String(load.names)]);
  return parseWrk(stdout);
}

/** Opens streams over HTTP/1.1, one on each connection, and gives how many bytes came in all before the time was up. */
export async function wrkStreams(target: Target, path: string): Promise<number> {
  const { stdout } = await run('wrk', [...wrkArgs(target), '-s', script('read'), target.url, '--', path, target.token]);
  const bytes = /^bytes (\d+)$/m.exec(stdout);
  if (!bytes || /Non-2xx/.test(stdout)) throw new Error(`wrk said:\n${stdout}`);
  return Number(bytes[1]);
}

/** Throws when any request failed: a figure of refusals would be none. */
function parseWrk(text: string): Burst {
  const failed = /Non-2xx or 3xx responses: (\d+)/.exec(text);
  if (failed) throw new Error(`${failed[1]} requests were not answered with success:\n${text}`);
  const broken = /Socket errors: connect (\d+), read (\d+), write (\d+)/.exec(text);
  if (broken?.slice(1).some((n) => n !== '0')) throw new Error(`connections broke:\n${text}`);
  const rate = /Requests\/sec:\s+([\d.]+)/.exec(text);
  const bytes = /^bytes (\d+)$/m.exec(text);
  const duration = /(\d+) requests in ([\d.]+)(ms|s|m),/.exec(text);
  if (!rate || !duration) throw new Error(`wrk said:\n${text}`);
  const seconds = Number(duration[2]) * (duration[3] === 'ms' ? 0.001 : duration[3] === 'm' ? 60 : 1);
  return { requests: Number(duration[1]), requestsPerSecond: Number(rate[1]), bytesPerSecond: bytes ? Number(bytes[1]) / seconds : Number.NaN };
}

export interface H2Load {
  readonly path: string;
  /** Concurrent requests on each connection. */
  readonly streams: number;
  /** File with a body to POST. */
  readonly body?: string;
}

/** GETs or POSTs one path over HTTP/2. */
export async function h2load(target: Target, load: H2Load): Promise<Burst> {
  return parseH2load(await runH2load(target, load, ['-D', String(target.seconds)]));
}

/** Sends exactly `count` requests over HTTP/2, however long that takes. */
export async function h2loadCount(target: Omit<Target, 'seconds'>, load: H2Load, count: number): Promise<Burst> {
  return parseH2load(await runH2load(target, load, ['-n', String(count)]));
}

async function runH2load(target: Omit<Target, 'seconds'>, load: H2Load, extent: readonly string[]): Promise<string> {
  const body = load.body === undefined ? [] : ['-d', load.body, '--header', 'content-type: application/json'];
  const args = [...extent, '-t', '1', '-c', String(target.connections), '-m', String(load.streams), '--header', `authorization: Bearer ${target.token}`, ...body, `${target.url}${load.path}`];
  const { stdout } = await run('h2load', args, { maxBuffer: 16 * 1024 * 1024 });
  return stdout;
}

function parseH2load(text: string): Burst {
  const finished = /finished in ([\d.]+)(us|ms|s), ([\d.]+) req\/s/.exec(text);
  const done = /requests: \d+ total, \d+ started, (\d+) done/.exec(text);
  const codes = /status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx/.exec(text);
  const traffic = /traffic: .*?\((\d+)\) total/.exec(text);
  if (!finished || !done || !codes || !traffic) throw new Error(`h2load said:\n${text}`);
  if (codes.slice(2).some((n) => n !== '0')) throw new Error(`requests were not answered with success:\n${text}`);
  const seconds = Number(finished[1]) * (finished[2] === 'us' ? 1e-6 : finished[2] === 'ms' ? 0.001 : 1);
  return { requests: Number(done[1]), requestsPerSecond: Number(finished[3]), bytesPerSecond: Number(traffic[1]) / seconds };
}
