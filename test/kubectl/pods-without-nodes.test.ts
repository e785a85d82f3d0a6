import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startTestCluster, type TestCluster } from '../support/cluster.ts';
import type { KubectlUser } from '../support/kubectl.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let cluster: TestCluster;
let user: KubectlUser;

beforeAll(async () => {
  cluster = await startTestCluster();
  user = await cluster.user('unscheduled');
  await user.kubectl('create serviceaccount default');
  await user.kubectl('run web --image=nginx');
});

afterAll(async () => {
  expect(cluster.log).toEqual([]);
  await cluster.close();
});

test.each([
  ['exec web -- ls', 'error: unable to upgrade connection: pod web does not have a host assigned\n'],
  ['cp web:/a b', 'error: unable to upgrade connection: pod web does not have a host assigned\n'],
  ['port-forward web 8080:80', 'error: unable to forward port because pod is not running. Current status=Pending\n'],
  ['top pods', 'error: Metrics API not available\n'],
  ['logs missing', 'error: error from server (NotFound): pods "missing" not found in namespace "unscheduled"\n'],
  ['exec missing -- ls', 'Error from server (NotFound): pods "missing" not found\n'],
  ['drain missing', 'Error from server (NotFound): nodes "missing" not found\n'],
])('kubectl %s says what is missing', async (command, expected) => {
  expect(await user.fails(command)).toBe(expected);
});

test('kubectl debug adds a container to the pod', async () => {
  await user.kubectl('debug web --image=busybox -c probe -- sh');
  expect(await user.kubectl("get pod web -o jsonpath='{.spec.ephemeralContainers[*].name} {.spec.ephemeralContainers[0].image}'")).toBe('probe busybox');
});
