import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { RunningController } from '../../src/controllers/controller-context.ts';
import { systemClock } from '../../src/machinery/clock.ts';
import { startInProcessControllers } from '../../src/sdk/controllers/in-process-controllers.ts';
import { startInProcessNodes } from '../../src/sdk/nodes/in-process-nodes.ts';
import { numberedNodes } from '../../src/sdk/nodes/numbered-nodes.ts';
import { startInProcessScheduler } from '../../src/sdk/scheduler/in-process-scheduler.ts';
import { startTestCluster, type TestCluster } from '../support/cluster.ts';
import type { KubectlUser } from '../support/kubectl.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let cluster: TestCluster;
let user: KubectlUser;
const running: Pick<RunningController, 'stop'>[] = [];
const log: string[] = [];

beforeAll(async () => {
  cluster = await startTestCluster();
  const options = { clock: systemClock, random: Math.random, log: (line: string) => log.push(line) };
  running.push(
    await startInProcessControllers(cluster.server, options),
    startInProcessScheduler(cluster.server, options),
    startInProcessNodes(cluster.server, { ...options, nodes: numberedNodes(2) }),
  );
  user = await cluster.user('work');
  await user.kubectl('wait --for=condition=Ready node/node-1 node/node-2 --timeout=30s');
});

afterAll(async () => {
  for (const each of running.toReversed()) await each.stop();
  expect(cluster.log).toEqual([]);
  await cluster.close();
});

const pods = (app: string): string => `metadata: {labels: {app: ${app}}}, spec: {terminationGracePeriodSeconds: 0, containers: [{name: main, image: "nginx:1"}]}`;

test('a job is created, waited for and described', async () => {
  await user.kubectl('create job once --image=busybox -- date');
  await user.kubectl('wait --for=condition=Complete job/once --timeout=30s');
  expect(await user.kubectl('get job once')).toMatch(/once\s+Complete\s+1\/1/);
  expect(await user.kubectl('describe job once')).toMatch(/Normal\s+SuccessfulCreate[^\n]*job-controller[^\n]*Created pod: once-\w+\s+Normal\s+Completed[^\n]*Job completed/);
});

test.each([
  ['statefulset', 'serviceName: db, replicas: 2'],
  ['daemonset', 'minReadySeconds: 0'],
])('a %s is rolled out, changed, and rolled back to what it was', async (kind, more) => {
  const name = kind === 'statefulset' ? 'db' : 'agent';
  const manifest = `{apiVersion: apps/v1, kind: ${kind === 'statefulset' ? 'StatefulSet' : 'DaemonSet'}, metadata: {name: ${name}}, spec: {${more}, selector: {matchLabels: {app: ${name}}}, template: {${pods(name)}}}}`;
  const images = async (): Promise<string> => user.kubectl(`get pods -l app=${name} -o jsonpath={.items[*].spec.containers[0].image}`);
  await user.kubectl('create -f -', { stdin: manifest });
  await user.kubectl(`rollout status ${kind}/${name} --timeout=30s`);
  await user.kubectl(`set image ${kind}/${name} main=nginx:2`);
  await user.kubectl(`rollout status ${kind}/${name} --timeout=30s`);
  expect(await images()).toBe('nginx:2 nginx:2');
  await user.kubectl(`rollout undo ${kind}/${name}`);
  await user.kubectl(`rollout status ${kind}/${name} --timeout=30s`);
  expect(await images()).toBe('nginx:1 nginx:1');
  expect((await user.kubectl(`rollout history ${kind}/${name}`)).match(/^\d+/gm)).toEqual(['2', '3']);
});

test('a cron job gives a job by hand, which it then counts as its own', async () => {
  await user.kubectl('create cronjob yearly --image=busybox --schedule=@yearly -- date');
  await user.kubectl('create job now --from=cronjob/yearly');
  await user.kubectl('wait --for=condition=Complete job/now --timeout=30s');
  await user.kubectl('wait --for=jsonpath={.status.lastSuccessfulTime} cronjob/yearly --timeout=30s');
  expect(await user.kubectl('get cronjob yearly')).toMatch(/yearly\s+@yearly\s+<none>\s+False\s+0\s+<none>/);
});
