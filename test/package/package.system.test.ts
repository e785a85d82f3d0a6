import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
let work: string;

/** A project beside which the package lies as npm would install it, its dependencies being this checkout's. */
beforeAll(async () => {
  work = await mkdtemp(path.join(tmpdir(), 'steersman-package-'));
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', work], { cwd: root, maxBuffer: 1 << 26 });
  const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf('[\n'))) as [{ filename: string }];
  const installed = path.join(work, 'node_modules', 'steersman');
  await mkdir(installed, { recursive: true });
  await run('tar', ['-xzf', path.join(work, filename), '--strip-components=1', '-C', installed]);
  const { dependencies } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
  for (const name of [...Object.keys(dependencies), '@types/node']) {
    const link = path.join(work, 'node_modules', name);
    await mkdir(path.dirname(link), { recursive: true });
    await symlink(path.join(root, 'node_modules', name), link);
  }
  await writeFile(path.join(work, 'package.json'), '{ "type": "module" }');
}, 120_000);

afterAll(() => rm(work, { recursive: true, force: true }));

test('the command of the package runs', async () => {
  const { stdout } = await run(process.execPath, [path.join(work, 'node_modules/steersman/bin/steersman.mjs'), 'version'], { cwd: work });
  expect(stdout).toContain('v1.36');
});

test('a test of another project starts a cluster, and its types are known', async () => {
  const file = path.join(work, 'cluster.ts');
  await writeFile(
    file,
    `import { CelEnvironment } from 'steersman/cel';
import { startCluster, VirtualClock } from 'steersman/testing';
const cluster = await startCluster({ storage: 'memory', clock: new VirtualClock() });
const answer = await cluster.request<{ readonly metadata: { readonly name: string } }>('GET', '/api/v1/namespaces/kube-system');
const name: string = answer.body.metadata.name;
console.log(name, new CelEnvironment({ variables: { self: 'json' } }).compile('self.startsWith("kube")').test({ self: name }));
await cluster.stop();
`,
  );
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2024', '--lib', 'es2024,esnext.collection,esnext.iterator,esnext.disposable', '--types', 'node'];
  await run(path.join(root, 'node_modules/.bin/tsc'), [...options, file], { cwd: work });
  const { stdout } = await run(process.execPath, [file], { cwd: work });
  expect(stdout.trim()).toBe('kube-system true');
}, 60_000);
