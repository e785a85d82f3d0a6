import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runClient } from '../support/client-process.ts';
import { startTestCluster, type TestCluster } from '../support/cluster.ts';

/** Debian's own Python, which sees the package python3-kubernetes. */
const PYTHON = '/usr/bin/python3';

let cluster: TestCluster;

beforeAll(async () => {
  const { code } = await runClient(PYTHON, ['-c', 'import kubernetes']).catch(() => ({ code: -1 }));
  if (code !== 0) throw new Error(`the official Python client is missing for ${PYTHON}: install Debian's package python3-kubernetes`);
  cluster = await startTestCluster();
});

afterAll(async () => {
  expect(cluster.log).toEqual([]);
  await cluster.close();
});

test('the official Python client works unchanged', async () => {
  const { code, stdout, stderr } = await runClient(PYTHON, [join(import.meta.dirname, 'python-client.py'), cluster.kubeconfig], { env: { HOME: cluster.folder, PYTHONDONTWRITEBYTECODE: '1' }, timeoutMs: 120_000 });
  expect(stderr.trim()).toBe('');
  expect(code).toBe(0);
  expect(stdout.trim().split('\n')).toEqual(['objects', 'pages', 'patches', 'workloads', 'watching', 'errors', 'custom resources', 'dynamic client', expect.stringMatching(/^version v1\.36\./)]);
});
