// Replays recorded HTTP exchanges against the API server and keeps a ratchet: the ids in .ci/corpus-passing.txt must pass.
// usage: node .ci/corpus.mjs FOLDER [--update]
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [folder, ...flags] = process.argv.slice(2);
if (!folder) throw new Error('usage: node .ci/corpus.mjs FOLDER [--update]');
const ratchetFile = new URL('corpus-passing.txt', import.meta.url);
const work = mkdtempSync(join(tmpdir(), 'steersman-corpus-'));
const server = spawn(
  process.execPath,
  [
    new URL('../bin/steersman.mjs', import.meta.url).pathname,
    ...['apiserver', '--secure-port', '0', '--storage', 'memory', '--data-dir', work],
    ...['--token-auth-file', join(folder, 'tokens.csv'), '--authorization-mode', 'Node,RBAC', '--service-cluster-ip-range', '10.0.0.0/16'],
  ],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);

const url = await new Promise((resolve, reject) => {
  let text = '';
  server.stdout.on('data', (chunk) => {
    text += chunk;
    const match = /https:\/\/\S+?:\d+/.exec(text);
    if (match) resolve(match[0]);
  });
  server.on('exit', (code) => reject(new Error(`the server ended with ${code}`)));
});
const results = join(work, 'results.json');
const replay = spawnSync(process.execPath, [join(folder, 'replay.mjs'), '--server', url, '--parallel', '8', '--json', results, folder], { encoding: 'utf8', maxBuffer: 1 << 28 });
server.kill('SIGTERM');
const lines = replay.stdout.split('\n');
process.stdout.write(`${lines.filter((l) => /^\S+ +\d+ of \d+$|^\d+ passed/.test(l)).join('\n')}\n`);

const cases = JSON.parse(readFileSync(results, 'utf8'));
const passed = new Set(cases.filter((c) => c.differences.length === 0).map((c) => c.id));
const wanted = existsSync(ratchetFile) ? readFileSync(ratchetFile, 'utf8').split('\n').filter(Boolean) : [];
if (flags.includes('--update')) {
  const known = new Set(cases.map((c) => c.id));
  const ids = [...new Set([...passed, ...wanted.filter((id) => !known.has(id))])].sort((a, b) => (a < b ? -1 : 1));
  writeFileSync(ratchetFile, `${ids.join('\n')}\n`);
  process.stdout.write(`${ids.length} ids in the ratchet\n`);
  rmSync(work, { recursive: true, force: true });
} else {
  const present = new Set(cases.map((c) => c.id));
  const broken = wanted.filter((id) => present.has(id) && !passed.has(id));
  for (const id of broken) process.stdout.write(`no longer passes: ${id}\n${lines.filter((l, i) => l.startsWith(`FAIL ${id} `) || lines[i - 1]?.startsWith(`FAIL ${id} `) || lines[i - 2]?.startsWith(`FAIL ${id} `)).join('\n')}\n`);
  process.stdout.write(`${wanted.length - broken.length} of ${wanted.length} ids of the ratchet pass\n`);
  rmSync(work, { recursive: true, force: true });
  process.exitCode = broken.length > 0 ? 1 : 0;
}
