import { chmodSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import type { Decision } from '../scheduler/decisions/decision.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import { UsageError } from './command.ts';

/** The most that an answer may hold. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const TIMEOUT_MS = 10_000;

/**
 * Serves the decisions of a scheduler that runs alone on a Unix socket: who may open the file may ask, and that is the
 * user who started the scheduler. Rejects when the path cannot be listened on. Returns what ends it.
 */
export async function serveDecisionSocket(path: string, scheduler: Scheduler): Promise<() => Promise<void>> {
  const server = createServer((call, answer) => {
    const [namespace = '', name = ''] = (call.url ?? '/').slice(1).split('/').map(decoded);
    const decision = scheduler.decisions.decision(namespace, name);
    answer.writeHead(decision ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(decision ?? {}));
  });
  // Nobody can open the socket before its mode is set; one that a killed scheduler left behind is replaced.
  const folder = mkdtempSync(`${path}.`);
  try {
    const made = join(folder, 'socket');
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(made, resolve);
    });
    chmodSync(made, 0o600);
    renameSync(made, path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return () =>
    new Promise((done) => {
      rmSync(path, { force: true });
      server.close(() => done());
      server.closeAllConnections();
    });
}

/** Undefined when the scheduler knows nothing of the pod. Throws UsageError when nobody answers. */
export function askDecisionSocket(path: string, namespace: string, name: string): Promise<Decision | undefined> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(new UsageError(`${path}: ${error.message}`, { cause: error }));
    const call = httpRequest({ socketPath: path, path: `/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`, timeout: TIMEOUT_MS }, (answer) => {
      const chunks: Buffer[] = [];
      let size = 0;
      answer.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > MAX_ANSWER_BYTES) call.destroy(new Error('the answer is too long'));
      });
      answer.on('error', fail);
      answer.on('end', () => resolve(answer.statusCode === 200 ? (JSON.parse(Buffer.concat(chunks).toString('utf8')) as Decision) : undefined));
    });
    call.on('timeout', () => call.destroy(new Error('no answer')));
    call.on('error', fail);
    call.end();
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
