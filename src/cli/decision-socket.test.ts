import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SchedulerCluster } from '../scheduler/scheduler-cluster.contract.ts';
import { askDecisionSocket, serveDecisionSocket } from './decision-socket.ts';

test('a scheduler that runs alone says why, to its own user', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'steersman-socket-'));
  const path = join(folder, 'decisions');
  const cluster = await SchedulerCluster.open();
  await cluster.addNode('a');
  await cluster.addPod('p');
  await expect(askDecisionSocket(path, 'default', 'p')).rejects.toThrow(path);
  const close = await serveDecisionSocket(path, cluster.scheduler);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(await askDecisionSocket(path, 'default', 'p')).toMatchObject({ outcome: 'Placed', nodeName: 'a' });
  expect(await askDecisionSocket(path, 'default', 'other')).toBeUndefined();
  await close();
  await cluster.close();
  rmSync(folder, { recursive: true });
});
