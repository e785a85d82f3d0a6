import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const work = mkdtempSync(join(tmpdir(), 'steersman-cli-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const bin = new URL('../../bin/steersman.mjs', import.meta.url).pathname;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command; `until` stops it with SIGTERM once stdout matches. */
function run(args: readonly string[], until?: RegExp): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, ...args], { cwd: work, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      if (until?.test(stdout)) child.kill('SIGTERM');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on('error', reject);
    child.on('exit', (code) => resolve({ code, stdout, stderr }));
  });
}

const oneLine = (text: string): string => {
  const lines = text.trimEnd().split('\n');
  expect(lines).toHaveLength(1);
  return lines[0] ?? '';
};

describe('the steersman command', () => {
  test('says how to reach the cluster, and stops cleanly on SIGTERM', async () => {
    const ended = await run(['up', '--port', '0', '--data-dir', 'clean'], /Ctrl-C/);
    expect(ended.stdout).toMatch(/export KUBECONFIG=.*clean\/kubeconfig/);
    expect(ended.stdout).toMatch(/https:\/\/127\.0\.0\.1:\d+/);
    expect(ended.code).toBe(0);
  });

  test('a port in use is a line that says what to do', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as AddressInfo;
    const ended = await run(['up', '--port', String(port), '--data-dir', 'port', '--storage', 'memory']);
    holder.close();
    expect(ended.code).toBe(1);
    expect(oneLine(ended.stderr)).toBe(`steersman: port ${port} is in use on 127.0.0.1: choose another with --port (or --secure-port)`);
  });

  test('a data folder that is a file is a line that says what to do', async () => {
    writeFileSync(join(work, 'file'), '');
    const ended = await run(['up', '--port', '0', '--data-dir', 'file']);
    expect(ended.code).toBe(1);
    expect(oneLine(ended.stderr)).toMatch(/file.* is not a folder: choose another with --data-dir/);
  });

  test('a data folder in use by another process is a line that says what to do', async () => {
    const first = spawn(process.execPath, [bin, 'up', '--port', '0', '--data-dir', 'held'], { cwd: work, stdio: ['ignore', 'pipe', 'ignore'] });
    await new Promise<void>((resolve) => {
      first.stdout.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes('Ctrl-C')) resolve();
      });
    });
    const ended = await run(['up', '--port', '0', '--data-dir', 'held']);
    const stopped = new Promise((resolve) => first.on('exit', resolve));
    first.kill('SIGTERM');
    await stopped;
    expect(ended.code).toBe(1);
    expect(oneLine(ended.stderr)).toMatch(/stop that process, or choose another folder with --data-dir$/);
  });

  test.each([
    [['up', '--storage', 'paper'], '--storage takes lmdb, memory or etcd, not "paper"'],
    [['up', '--port', '70000'], '--port takes a whole number from 0 to 65535, not "70000"'],
    [['up', '--storage', 'etcd'], '--storage etcd needs --etcd-servers'],
    [['apiserver', '--authorization-mode', 'Trust'], '--authorization-mode knows Node, RBAC, AlwaysAllow, AlwaysDeny, Webhook, not "Trust"'],
    [['up', '--token-auth-file', 'absent.csv'], '--token-auth-file: ENOENT'],
    [['up', '--nodes', 'many'], '--nodes takes a whole number from 0 to 10000, not "many"'],
    [['up', '--node-capacity', 'cpu'], '--node-capacity takes name=value, not "cpu"'],
    [['up', '--cluster-cidr', '10.0.0.0/28'], '--cluster-cidr: node CIDR mask size 24 does not fit 10.0.0.0/28'],
    [['controller-manager', '--node-monitor-period', 'soon'], '--node-monitor-period takes a duration such as 40s, not "soon"'],
    [['node'], 'nodes that run containers are not built: say --simulated'],
    [['up', '--no-such-flag'], "Unknown option '--no-such-flag'"],
    [['sail'], 'unknown command "sail": see "steersman help"'],
  ])('%j is refused with what is wrong', async (args, message) => {
    const ended = await run(args);
    expect(ended.code).toBe(2);
    expect(oneLine(ended.stderr)).toContain(message);
  });
});
