import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startChildServer } from '../support/child-server.ts';
import { kubectlUser } from '../support/kubectl.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steersman-up-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

test.each(['SIGTERM', 'SIGKILL'] as const)('what was answered before %s is there when the server is started again', async (signal) => {
  const data = join(folder, signal);
  const first = await startChildServer(data);
  const before = await kubectlUser({ kubeconfig: first.kubeconfig, home: join(folder, `${signal}-before`), namespace: 'default' });
  await before.kubectl('create configmap kept --from-literal=a=1');
  const kept = await before.object('configmap', 'kept');
  const ended = await first.stop(signal);
  expect(ended.code).toBe(signal === 'SIGTERM' ? 0 : -1);
  expect(ended.stderr).toBe(signal === 'SIGTERM' ? 'SIGTERM: stopping\n' : '');
  expect(await before.fails('get configmap kept --request-timeout=5s')).toMatch(/refused/);

  const second = await startChildServer(data);
  const after = await kubectlUser({ kubeconfig: second.kubeconfig, home: join(folder, `${signal}-after`), namespace: 'default' });
  expect(await after.object('configmap', 'kept')).toEqual(kept);
  expect(await after.kubectl('create configmap more')).toBe('configmap/more created\n');
  await second.stop();
});
