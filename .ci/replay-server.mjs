// Starts the server as a child process, replays a folder of recorded exchanges against it, and tells what passed.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * `command`: the words after `steersman` but for storage and access, which every replay needs alike. `prepare` is called
 * with the server's address before the first exchange. `corpus` is the folder with the replayer and its tokens.
 */
export async function replay({ corpus, folder, command, parallel, only = '', prepare = async () => undefined }) {
  const work = mkdtempSync(join(tmpdir(), 'steersman-replay-'));
  const words = [...command, '--storage', 'memory', '--data-dir', work];
  const access = ['--token-auth-file', join(corpus, 'tokens.csv'), '--authorization-mode', 'Node,RBAC', '--service-cluster-ip-range', '10.0.0.0/16'];
  const server = spawn(process.execPath, [new URL('../bin/steersman.mjs', import.meta.url).pathname, ...words, ...access], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const url = await addressOf(server);
    await prepare(url);
    const results = join(work, 'results.json');
    const { stdout } = await ended(spawn(process.execPath, [join(corpus, 'replay.mjs'), '--server', url, '--only', only, '--parallel', String(parallel), '--json', results, folder], { stdio: ['ignore', 'pipe', 'inherit'] }));
    const cases = JSON.parse(readFileSync(results, 'utf8'));
    return { lines: stdout.split('\n'), cases: cases.map(({ id, differences }) => ({ id, passed: differences.length === 0 })) };
  } finally {
    server.kill('SIGTERM');
    await new Promise((done) => (server.exitCode === null && server.signalCode === null ? server.once('exit', done) : done()));
    rmSync(work, { recursive: true, force: true });
  }
}

function addressOf(server) {
  return new Promise((resolve, reject) => {
    let text = '';
    server.stdout.on('data', (chunk) => {
      text += chunk;
      const match = /https:\/\/\S+?:\d+/.exec(text);
      if (match) resolve(match[0]);
    });
    server.on('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
}

function ended(child) {
  return new Promise((resolve, reject) => {
    let stdout = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.on('error', reject);
    child.on('close', () => resolve({ stdout }));
  });
}
