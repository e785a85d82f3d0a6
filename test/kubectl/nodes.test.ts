import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startChildServer, type ChildServer } from '../support/child-server.ts';
import { kubectlUser, type KubectlUser } from '../support/kubectl.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let folder: string;
let server: ChildServer;
let user: KubectlUser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steersman-nodes-'));
  server = await startChildServer(folder, ['--storage', 'memory', '--nodes', '3', '--node-capacity', 'cpu=2', '--node-labels', 'disk=ssd']);
  user = await kubectlUser({ kubeconfig: server.kubeconfig, home: join(folder, 'home'), namespace: 'default' });
  await user.kubectl('wait --for=condition=Ready nodes --all --timeout=25s');
  await user.kubectl('wait --for=create serviceaccount/default --timeout=25s');
});

afterAll(async () => {
  const ended = await server.stop();
  expect(ended.stderr).toBe('SIGTERM: stopping\n');
  await rm(folder, { recursive: true, force: true });
});

/** Where the pods of an application are that are not on their way out. */
async function placesOf(app: string): Promise<string[]> {
  const template = `{{range .items}}{{if not .metadata.deletionTimestamp}}{{.spec.nodeName}} {{end}}{{end}}`;
  return (await user.kubectl(['get', 'pods', '-l', `app=${app}`, '-o', `go-template=${template}`])).split(' ').filter(Boolean).toSorted();
}

test('kubectl get nodes shows them Ready, with what they were given', async () => {
  const lines = (await user.kubectl('get nodes -o custom-columns=NAME:.metadata.name,CPU:.status.capacity.cpu,DISK:.metadata.labels.disk --no-headers')).trim().split('\n');
  expect(lines.map((line) => line.split(/ +/).join(' '))).toEqual(['node-1 2 ssd', 'node-2 2 ssd', 'node-3 2 ssd']);
  const table = (await user.kubectl('get nodes --no-headers')).trim().split('\n');
  expect(table.map((line) => line.split(/ +/).slice(0, 3).join(' '))).toEqual(['node-1 Ready <none>', 'node-2 Ready <none>', 'node-3 Ready <none>']);
});

test('a deployment comes alive, and kubectl rollout and wait see it', async () => {
  await user.kubectl('create deployment web --image=nginx:1.27 --replicas=3');
  expect(await user.kubectl('rollout status deployment/web --timeout=25s')).toContain('deployment "web" successfully rolled out');
  expect(await user.kubectl('wait --for=condition=Available deployment/web --timeout=25s')).toBe('deployment.apps/web condition met\n');
  expect(await user.kubectl('get deployment web --no-headers')).toMatch(/^web +3\/3 +3 +3 /);
  await user.kubectl('set image deployment/web nginx=nginx:1.28');
  expect(await user.kubectl('rollout status deployment/web --timeout=25s')).toContain('deployment "web" successfully rolled out');
  expect(await user.kubectl("get pods -l app=web -o jsonpath='{.items[*].status.containerStatuses[0].image}'")).toContain('docker.io/library/nginx:1.28');
  const [pod = ''] = (await user.kubectl("get pods -l app=web -o jsonpath='{.items[*].metadata.name}'")).split(' ');
  const described = await user.kubectl(['describe', 'pod', pod]);
  expect(described).toMatch(/IP: +10\.24[4-7]\.\d+\.\d+\n/);
  expect(described).toMatch(/Started +\S+ +kubelet +spec\.containers\{nginx\}: Container started/);
  await user.kubectl('delete deployment web --wait --timeout=25s');
  await user.kubectl('wait --for=delete pods -l app=web --timeout=25s');
});

test('a job completes, one that fails says so', async () => {
  await user.kubectl('create job good --image=busybox');
  expect(await user.kubectl('wait --for=condition=complete job/good --timeout=25s')).toBe('job.batch/good condition met\n');
  const bad = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'bad' }, spec: { backoffLimit: 0, template: { metadata: { annotations: { 'simulated.steersman.dev/exit-code': '3' } }, spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }] } } } };
  await user.file('bad.json', JSON.stringify(bad));
  await user.kubectl('create -f bad.json');
  expect(await user.kubectl('wait --for=condition=failed job/bad --timeout=25s')).toBe('job.batch/bad condition met\n');
});

test('a container that crashes is seen to', async () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'crash', annotations: { 'simulated.steersman.dev/exit-code': '1', 'simulated.steersman.dev/run-duration': '10ms', 'simulated.steersman.dev/log': 'begins\nbreaks\n' } }, spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'c', image: 'busybox:1' }] } };
  await user.file('crash.json', JSON.stringify(pod));
  await user.kubectl('create -f crash.json');
  await user.kubectl(['wait', '--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=CrashLoopBackOff', 'pod/crash', '--timeout=25s']);
  expect(await user.kubectl('get pod crash --no-headers')).toMatch(/^crash +0\/1 +CrashLoopBackOff +1 /);
  expect(await user.kubectl('logs crash')).toBe('begins\nbreaks\n');
  expect(await user.kubectl('logs crash --previous --tail=1')).toBe('breaks\n');
  expect(await user.fails('logs crash -c other')).toBe('error: container other is not valid for pod crash out of: c\n');
  await user.kubectl('delete pod crash --timeout=25s');
});

test('kubectl cordon keeps new pods away, uncordon lets them come', async () => {
  expect(await user.kubectl('cordon node-1')).toBe('node/node-1 cordoned\n');
  expect(await user.kubectl('get node node-1 --no-headers')).toMatch(/^node-1 +Ready,SchedulingDisabled /);
  await user.kubectl('create deployment spread --image=nginx --replicas=4');
  await user.kubectl('rollout status deployment/spread --timeout=25s');
  expect(await placesOf('spread')).not.toContain('node-1');
  expect(await user.kubectl('uncordon node-1')).toBe('node/node-1 uncordoned\n');
  await user.kubectl('scale deployment spread --replicas=9');
  await user.kubectl('rollout status deployment/spread --timeout=25s');
  expect(await placesOf('spread')).toContain('node-1');
});

test('kubectl taint drives pods off a node', async () => {
  expect(await user.kubectl('taint nodes node-1 broken=yes:NoExecute')).toBe('node/node-1 tainted\n');
  await expect.poll(async () => (await placesOf('spread')).filter((place) => place !== 'node-1').length, { timeout: 60_000 }).toBe(9);
  await user.kubectl('rollout status deployment/spread --timeout=25s');
  expect(await user.kubectl('taint nodes node-1 broken-')).toBe('node/node-1 untainted\n');
});

test('kubectl drain empties a node, and obeys disruption budgets', async () => {
  await user.kubectl('create poddisruptionbudget spread --selector=app=spread --min-available=9');
  await user.kubectl(['wait', '--for=jsonpath={.status.currentHealthy}=9', 'poddisruptionbudget/spread', '--timeout=25s']);
  const refused = await user.fails('drain node-2 --ignore-daemonsets --timeout=3s');
  expect(refused).toContain("Cannot evict pod as it would violate the pod's disruption budget.");
  expect(refused).toContain('node/node-2 cordoned');
  await user.kubectl(['patch', 'poddisruptionbudget', 'spread', '--type=merge', '-p', '{"spec":{"minAvailable":5}}']);
  const drained = await user.kubectl('drain node-2 --ignore-daemonsets --timeout=25s');
  expect(drained).toContain('node/node-2 drained');
  expect(await placesOf('spread')).not.toContain('node-2');
  await user.kubectl('rollout status deployment/spread --timeout=25s');
  await user.kubectl('uncordon node-2');
});

test('an own node that says it is simulated is one, with what it was given', async () => {
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'gpu', labels: { kind: 'gpu' }, annotations: { 'steersman.dev/simulated': 'true' } }, status: { capacity: { cpu: '32', memory: '128Gi', pods: '10', 'example.com/gpu': '4' } } };
  await user.file('gpu.json', JSON.stringify(node));
  await user.kubectl('create -f gpu.json');
  expect(await user.kubectl('wait --for=condition=Ready node/gpu --timeout=25s')).toBe('node/gpu condition met\n');
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'train' }, spec: { containers: [{ name: 'c', image: 'busybox:1', resources: { limits: { 'example.com/gpu': '2' } } }] } };
  await user.file('train.json', JSON.stringify(pod));
  await user.kubectl('create -f train.json');
  await user.kubectl('wait --for=condition=Ready pod/train --timeout=25s');
  expect(await user.kubectl("get pod train -o jsonpath='{.spec.nodeName}'")).toBe('gpu');
});
