import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { Agent, request, type RequestOptions } from 'node:https';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const COMMAND = fileURLToPath(new URL('../../bin/steersman.mjs', import.meta.url));
const TOKEN = 'token-of-the-crash-tests';

export interface Answer {
  readonly status: number;
  /** The parsed body. */
  readonly body: Record<string, unknown>;
}

/** An API server on LMDB in a process of its own, so that it can be killed. */
export interface ServerChild {
  /** Rejects when the connection breaks before the answer is whole. */
  send(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Calls back for each line of an answer that goes on; an incomplete last line is left out. `ended` resolves when it ends or breaks. */
  stream(path: string, onLine: (line: string) => void): { readonly ended: Promise<void>; cancel(): void };
  /** Ends the process as a power failure would, and waits until it is gone. */
  kill(): Promise<void>;
  /** Ends it as an administrator would. */
  stop(): Promise<void>;
}

/** Starts a server on the data in `folder`; resolves once it serves. */
export async function startServer(folder: string): Promise<ServerChild> {
  const tokens = join(folder, 'tokens.csv');
  writeFileSync(tokens, `${TOKEN},crash-test,crash-test,"system:masters"\n`);
  const args = [COMMAND, 'apiserver', '--secure-port', '0', '--data-dir', join(folder, 'data'), '--token-auth-file', tokens];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
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
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${complaints}`)));
  });
  const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
  const options = (method: string): RequestOptions => ({ method, agent, headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' } });
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await exited;
    agent.destroy();
  };
  return {
    send: (method, path, body) =>
      new Promise((resolve, reject) => {
        const outgoing = request(`${url}${path}`, options(method), (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('error', reject);
          incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown> }));
        });
        outgoing.on('error', reject);
        outgoing.end(body === undefined ? undefined : JSON.stringify(body));
      }),
    stream(path, onLine) {
      const outgoing = request(`${url}${path}`, options('GET'));
      const ended = new Promise<void>((resolve) => {
        outgoing.on('error', () => resolve());
        outgoing.on('response', (incoming) => {
          let rest = '';
          incoming.setEncoding('utf8');
          incoming.on('data', (text: string) => {
            const lines = (rest + text).split('\n');
            rest = lines.pop() ?? '';
            for (const line of lines) onLine(line);
          });
          incoming.on('error', () => undefined);
          incoming.on('close', () => resolve());
        });
      });
      outgoing.end();
      return { ended, cancel: () => void outgoing.destroy() };
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  };
}
