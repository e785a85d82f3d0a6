import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { clientBinary } from '../support/client-binaries.ts';
import { runClient } from '../support/client-process.ts';
import { startTestCluster, type TestCluster } from '../support/cluster.ts';
import type { KubectlUser } from '../support/kubectl.ts';
import { shellWords } from '../support/shell-words.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let cluster: TestCluster;
let user: KubectlUser;

beforeAll(async () => {
  cluster = await startTestCluster();
  user = await cluster.user('releases');
  await user.kubectl('create serviceaccount default');
  await helm('create web');
});

afterAll(async () => {
  expect(cluster.log).toEqual([]);
  await cluster.close();
});

async function run(line: string): Promise<{ code: number; stdout: string; stderr: string }> {
  return runClient(await clientBinary('helm'), shellWords(line), { cwd: user.home, env: { HOME: user.home, KUBECONFIG: user.kubeconfig } });
}

async function helm(line: string): Promise<string> {
  const { code, stdout, stderr } = await run(line);
  if (code !== 0) throw new Error(`helm ${line}: exit code ${code}\n${stderr}${stdout}`);
  return stdout;
}

async function releases(): Promise<string[]> {
  const list = JSON.parse(await helm('list -o json')) as { name: string; revision: string; status: string; chart: string }[];
  return list.map((r) => `${r.name} ${r.revision} ${r.status} ${r.chart}`);
}

test('a chart is installed, upgraded, rolled back and uninstalled', async () => {
  await helm('install one web --set ingress.enabled=true --set autoscaling.enabled=false');
  expect(await releases()).toEqual(['one 1 deployed web-0.1.0']);
  expect(await user.kubectl('get deployments,services,ingresses,secrets -o name')).toBe('deployment.apps/one-web\nservice/one-web\ningress.networking.k8s.io/one-web\nsecret/sh.helm.release.v1.one.v1\n');
  expect(await helm('status one')).toContain('==> v1/Deployment\nNAME      READY');

  await helm('upgrade one web --set replicaCount=3 --set image.tag=2');
  expect(await releases()).toEqual(['one 2 deployed web-0.1.0']);
  const state = "get deployment one-web -o jsonpath='{.spec.replicas} {.spec.template.spec.containers[0].image}'";
  expect(await user.kubectl(state)).toBe('3 nginx:2');
  expect(await user.kubectl('get ingresses -o name')).toBe('');

  await helm('rollback one 1');
  expect(await user.kubectl(state)).toBe('1 nginx:1.16.0');
  expect(await user.kubectl('get ingresses -o name')).toBe('ingress.networking.k8s.io/one-web\n');
  const history = JSON.parse(await helm('history one -o json')) as { revision: number; status: string }[];
  expect(history.map((h) => `${h.revision} ${h.status}`)).toEqual(['1 superseded', '2 superseded', '3 deployed']);

  expect(await helm('uninstall one')).toBe('release "one" uninstalled\n');
  expect(await user.kubectl('get deployments,services,ingresses,secrets -o name')).toBe('');
});

test('what stands is told apart from what would be', async () => {
  await helm('install two web');
  expect(await helm('upgrade two web --set replicaCount=2 --dry-run=server')).toContain('replicas: 2');
  expect(await user.kubectl("get deployment two-web -o jsonpath='{.spec.replicas}'")).toBe('1');
  expect(await helm('get values two --all -o json')).toContain('"replicaCount":1');
  await helm('uninstall two --keep-history');
  expect(await helm('list --uninstalled -q')).toBe('two\n');
});

test.each([
  ['install one missing', /INSTALLATION FAILED/],
  ['upgrade nothing web', /UPGRADE FAILED: "nothing" has no deployed releases/],
  ['uninstall nothing', /Release not loaded: nothing: release: not found/],
  ['install three web --set service.port=99999', /INSTALLATION FAILED: .*spec\.ports\[0\]\.port: Invalid value: 99999/s],
  ['install Three_3 web', /invalid release name/],
  ['install four web --namespace nowhere', /namespaces "nowhere" not found/],
])('helm %s is refused', async (line, expected) => {
  const { code, stderr } = await run(line);
  expect(code).not.toBe(0);
  expect(stderr).toMatch(expected);
});
