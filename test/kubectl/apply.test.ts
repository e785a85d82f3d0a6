import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startTestCluster, type TestCluster } from '../support/cluster.ts';
import type { KubectlUser } from '../support/kubectl.ts';

const SETTINGS = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, labels: {set: a}}\ndata: {color: blue, size: "7"}\n';
const SETTINGS_CHANGED = SETTINGS.replace('color: blue, size: "7"', 'color: red');
const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: main, image: "nginx:1.27", env: [{name: A, value: "1"}, {name: B, value: "2"}], ports: [{containerPort: 80}]}
      - {name: sidecar, image: "envoy:1.30"}
`;

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startTestCluster();
});

afterAll(async () => {
  expect(cluster.log).toEqual([]);
  await cluster.close();
});

interface Manager {
  readonly manager: string;
  readonly operation: string;
}

async function managers(user: KubectlUser, resource: string, name: string): Promise<string[]> {
  const { metadata } = (await user.object(resource, name)) as { metadata: { managedFields: Manager[] } };
  return metadata.managedFields.map((m) => `${m.manager} ${m.operation}`);
}

async function json(user: KubectlUser, args: string): Promise<Record<string, unknown>> {
  return JSON.parse(await user.kubectl(`${args} -o json`)) as Record<string, unknown>;
}

describe('kubectl apply on the client side', () => {
  test('creates, leaves alone, changes and drops fields', async () => {
    const user = await cluster.user('client-side');
    expect(await user.kubectl('apply -f -', { stdin: SETTINGS })).toBe('configmap/settings created\n');
    expect(await user.kubectl('apply -f -', { stdin: SETTINGS })).toBe('configmap/settings unchanged\n');
    await user.kubectl(`patch configmap settings -p '{"data":{"extra":"kept"}}'`);
    expect(await user.kubectl('apply -f -', { stdin: SETTINGS_CHANGED })).toBe('configmap/settings configured\n');
    expect((await user.object('configmap', 'settings'))['data']).toEqual({ color: 'red', extra: 'kept' });
    expect((await managers(user, 'configmap', 'settings')).sort()).toEqual(['kubectl-client-side-apply Update', 'kubectl-patch Update']);
  });

  test('merges lists by their keys and keeps what others set', async () => {
    const user = await cluster.user('client-side-lists');
    await user.kubectl('apply -f -', { stdin: DEPLOYMENT });
    await user.kubectl('scale deployment web --replicas=5');
    await user.kubectl('set env deployment/web -c main C=3');
    const changed = DEPLOYMENT.replace('nginx:1.27', 'nginx:1.28').replace(', {name: B, value: "2"}', '').replace('  replicas: 2\n', '').replace(/ {6}- \{name: sidecar.*\n/, '');
    expect(await user.kubectl('apply -f -', { stdin: changed })).toBe('deployment.apps/web configured\n');
    const { spec } = (await json(user, 'get deployment web')) as { spec: { replicas: number; template: { spec: { containers: { name: string; image: string; env: unknown }[] } } } };
    expect(spec.replicas).toBe(1);
    expect(spec.template.spec.containers.map((c) => [c.name, c.image, c.env])).toEqual([['main', 'nginx:1.28', [{ name: 'A', value: '1' }, { name: 'C', value: '3' }]]]);
  });

  test('view-last-applied, edit-last-applied and set-last-applied', async () => {
    const user = await cluster.user('last-applied');
    await user.kubectl('apply -f -', { stdin: SETTINGS });
    expect(await user.kubectl('apply view-last-applied configmap/settings -o yaml')).toContain('data:\n  color: blue\n');
    await user.file('changed.yaml', SETTINGS_CHANGED);
    expect(await user.kubectl('apply set-last-applied -f changed.yaml')).toBe('configmap/settings configured\n');
    expect(await user.kubectl('apply view-last-applied configmap/settings')).toContain('color: red');
    expect(await user.fails('apply view-last-applied configmap/none')).toBe('Error from server (NotFound): configmaps "none" not found\n');
  });

  test('--prune deletes what a labelled set no longer holds', async () => {
    const user = await cluster.user('prune');
    await user.kubectl('apply -f - --prune -l set=a', { stdin: `${SETTINGS}---\n${SETTINGS.replace('name: settings', 'name: other')}` });
    const said = await user.kubectl('apply -f - --prune -l set=a --prune-allowlist=core/v1/ConfigMap', { stdin: SETTINGS });
    expect(said).toBe('configmap/settings unchanged\nconfigmap/other pruned\n');
  });

  test('--prune with an apply set remembers what it holds', async () => {
    const user = await cluster.user('applyset');
    const env = { KUBECTL_APPLYSET: 'true' };
    const both = `${SETTINGS}---\n${SETTINGS.replace('name: settings', 'name: other')}`;
    await user.kubectl('apply -f - --prune --applyset=secret/my-set -n applyset', { stdin: both, env });
    expect(await json(user, 'get secret my-set')).toMatchObject({ metadata: { annotations: { 'applyset.kubernetes.io/contains-group-kinds': 'ConfigMap' } } });
    const said = await user.kubectl('apply -f - --prune --applyset=secret/my-set -n applyset', { stdin: SETTINGS, env });
    expect(said).toContain('configmap/other pruned\n');
    expect(await user.kubectl('get configmaps -o name')).toBe('configmap/settings\n');
  });

  test.each([
    ['client', 'configmap/settings created (dry run)\n'],
    ['server', 'configmap/settings created (server dry run)\n'],
  ])('--dry-run=%s stores nothing', async (mode, answer) => {
    const user = await cluster.user(`dry-run-${mode}`);
    expect(await user.kubectl(`apply -f - --dry-run=${mode}`, { stdin: SETTINGS })).toBe(answer);
    expect(await user.kubectl('get configmaps -o name')).toBe('');
  });

  test('of an object that another made needs no more than a warning', async () => {
    const user = await cluster.user('adopting');
    await user.kubectl('create configmap settings --from-literal=color=green');
    const { stdout, stderr } = await user.run('apply -f -', { stdin: SETTINGS });
    expect(stdout).toBe('configmap/settings configured\n');
    expect(stderr).toMatch(/^Warning: resource configmaps\/settings is missing the kubectl\.kubernetes\.io\/last-applied-configuration annotation/);
  });

  test('names what is wrong, and applies the rest', async () => {
    const user = await cluster.user('partly');
    const { code, stdout, stderr } = await user.run('apply -f -', { stdin: `${SETTINGS}---\n${SETTINGS.replace('name: settings', 'name: No_Name')}---\n${SETTINGS.replace('name: settings', 'name: last')}` });
    expect([code, stdout]).toEqual([1, 'configmap/settings created\nconfigmap/last created\n']);
    expect(stderr).toMatch(/^The ConfigMap "No_Name" is invalid: metadata\.name: Invalid value: "No_Name"/);
    expect(await user.fails('apply -f -', { stdin: SETTINGS.replace(/^data:/m, 'dta:') })).toMatch(/strict decoding error: unknown field "dta"/);
  });
});

describe('kubectl apply on the server side', () => {
  test('creates, leaves alone, changes and drops the fields of its manager', async () => {
    const user = await cluster.user('server-side');
    expect(await user.kubectl('apply --server-side -f -', { stdin: SETTINGS })).toBe('configmap/settings serverside-applied\n');
    const before = await user.object('configmap', 'settings');
    await user.kubectl('apply --server-side -f -', { stdin: SETTINGS });
    expect(await user.object('configmap', 'settings')).toEqual(before);
    await user.kubectl('apply --server-side --field-manager=other -f -', { stdin: SETTINGS.replace(/^data: .*/m, 'data: {extra: kept}') });
    await user.kubectl('apply --server-side -f -', { stdin: SETTINGS_CHANGED });
    expect((await user.object('configmap', 'settings'))['data']).toEqual({ color: 'red', extra: 'kept' });
    expect((await managers(user, 'configmap', 'settings')).sort()).toEqual(['kubectl Apply', 'other Apply']);
  });

  test('names the manager in the way, unless it is forced', async () => {
    const user = await cluster.user('conflicts');
    await user.kubectl('apply --server-side --field-manager=first -f -', { stdin: SETTINGS });
    const said = await user.fails('apply --server-side --field-manager=second -f -', { stdin: SETTINGS_CHANGED });
    expect(said).toMatch(/^error: Apply failed with 1 conflict: conflict with "first": \.data\.color\n/);
    expect(await user.kubectl('apply --server-side --field-manager=second --force-conflicts -f -', { stdin: SETTINGS_CHANGED })).toBe('configmap/settings serverside-applied\n');
    expect((await user.object('configmap', 'settings'))['data']).toEqual({ color: 'red', size: '7' });
  });

  test('takes over from client-side apply', async () => {
    const user = await cluster.user('takeover');
    await user.kubectl('apply -f -', { stdin: SETTINGS });
    await user.kubectl('apply --server-side -f -', { stdin: SETTINGS_CHANGED });
    expect((await user.object('configmap', 'settings'))['data']).toEqual({ color: 'red' });
    expect(await managers(user, 'configmap', 'settings')).toContain('kubectl Apply');
  });

  test('merges lists by their keys', async () => {
    const user = await cluster.user('server-side-lists');
    await user.kubectl('apply --server-side -f -', { stdin: DEPLOYMENT });
    await user.kubectl('apply --server-side --field-manager=env -f -', {
      stdin: 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: main, env: [{name: C, value: "3"}]}]}}}\n',
    });
    await user.kubectl('apply --server-side -f -', { stdin: DEPLOYMENT.replace('{name: A, value: "1"}, ', '') });
    const printed = await user.kubectl(`get deployment web -o jsonpath='{range .spec.template.spec.containers[*]}{.name}:{.env[*].name};{end}'`);
    expect(printed).toBe('main:B C;sidecar:;');
  });

  test('--dry-run=server shows the outcome and stores nothing', async () => {
    const user = await cluster.user('server-side-dry');
    expect(await user.kubectl('apply --server-side --dry-run=server -f -', { stdin: SETTINGS })).toBe('configmap/settings serverside-applied (server dry run)\n');
    expect(await user.kubectl('get configmaps -o name')).toBe('');
  });
});

describe('kubectl diff', () => {
  test('is empty after an apply, and shows what an apply would change', async () => {
    const user = await cluster.user('diffing');
    await user.kubectl('apply -f -', { stdin: DEPLOYMENT });
    expect(await user.run('diff -f -', { stdin: DEPLOYMENT })).toEqual({ code: 0, stdout: '', stderr: '' });
    const { code, stdout } = await user.run('diff -f -', { stdin: DEPLOYMENT.replace('nginx:1.27', 'nginx:1.28') });
    expect(code).toBe(1);
    expect(stdout.split('\n').filter((l) => /^[-+] .*image/.test(l))).toEqual(['-        image: nginx:1.27', '+        image: nginx:1.28']);
    expect((await user.run('diff --server-side -f -', { stdin: DEPLOYMENT })).code).toBe(0);
  });

  test('of something new shows all of it; of something wrong fails with more than 1', async () => {
    const user = await cluster.user('diffing-new');
    const { code, stdout } = await user.run('diff -f -', { stdin: SETTINGS });
    expect([code, stdout.includes('+  color: blue')]).toEqual([1, true]);
    expect((await user.run('diff -f -', { stdin: SETTINGS.replace('name: settings', 'name: No_Name') })).code).toBeGreaterThan(1);
  });
});

describe('kubectl edit', () => {
  async function editor(user: KubectlUser, script: string): Promise<{ env: Record<string, string> }> {
    await user.file('editor.sh', script);
    return { env: { KUBE_EDITOR: `sh ${user.home}/editor.sh` } };
  }

  test('sends what the editor leaves behind', async () => {
    const user = await cluster.user('editing');
    await user.kubectl('apply -f -', { stdin: SETTINGS });
    const scripted = await editor(user, 'sed -i "s/color: blue/color: red/" "$1"\n');
    expect(await user.kubectl('edit configmap settings', scripted)).toBe('configmap/settings edited\n');
    expect((await user.object('configmap', 'settings'))['data']).toEqual({ color: 'red', size: '7' });
    expect((await managers(user, 'configmap', 'settings')).sort()).toEqual(['kubectl-client-side-apply Update', 'kubectl-edit Update']);
    expect(await user.run('edit configmap settings', await editor(user, 'true\n'))).toMatchObject({ code: 0, stderr: expect.stringContaining('Edit cancelled, no changes made.') as string });
  });

  test('gives a refused edit back to the editor, with the reason at the top', async () => {
    const user = await cluster.user('editing-again');
    await user.kubectl('apply -f -', { stdin: DEPLOYMENT });
    const scripted = await editor(
      user,
      'if grep -q "was not valid" "$1"; then cp "$1" "$HOME/second.yaml"; sed -i "s/replicas: -1/replicas: 4/" "$1"; else sed -i "s/replicas: 2/replicas: -1/" "$1"; fi\n',
    );
    expect(await user.kubectl('edit deployment web', scripted)).toBe('deployment.apps/web edited\n');
    expect(await user.kubectl(`get deployment web -o jsonpath='{.spec.replicas}'`)).toBe('4');
  });

  test('--subresource=status edits the status alone', async () => {
    const user = await cluster.user('editing-status');
    await user.kubectl('apply -f -', { stdin: DEPLOYMENT });
    await user.kubectl('edit deployment web --subresource=status', await editor(user, 'sed -i "s/^status: {}/status: {observedGeneration: 1}/; s/replicas: 2/replicas: 9/" "$1"\n'));
    expect(await user.kubectl(`get deployment web -o jsonpath='{.spec.replicas} {.status.observedGeneration}'`)).toBe('2 1');
  });
});

describe('kubectl replace', () => {
  test('puts another object in its place', async () => {
    const user = await cluster.user('replacing');
    await user.kubectl('create -f -', { stdin: SETTINGS });
    expect(await user.kubectl('replace -f -', { stdin: SETTINGS_CHANGED })).toBe('configmap/settings replaced\n');
    expect((await user.object('configmap', 'settings'))['data']).toEqual({ color: 'red' });
  });

  test('--force deletes and creates', async () => {
    const user = await cluster.user('replacing-force');
    await user.kubectl('create -f -', { stdin: SETTINGS });
    const uid = await user.kubectl(`get configmap settings -o jsonpath='{.metadata.uid}'`);
    expect(await user.kubectl('replace --force -f -', { stdin: SETTINGS_CHANGED })).toBe('configmap "settings" deleted from replacing-force namespace\nconfigmap/settings replaced\n');
    expect(await user.kubectl(`get configmap settings -o jsonpath='{.metadata.uid}'`)).not.toBe(uid);
  });

  test('refuses what is stale or not there', async () => {
    const user = await cluster.user('replacing-errors');
    await user.kubectl('create -f -', { stdin: SETTINGS });
    expect(await user.fails('replace -f -', { stdin: SETTINGS.replace('name: settings', 'name: settings, resourceVersion: "1"') })).toBe(
      'Error from server (Conflict): error when replacing "STDIN": Operation cannot be fulfilled on configmaps "settings": the object has been modified; please apply your changes to the latest version and try again\n',
    );
    expect(await user.fails('replace -f -', { stdin: SETTINGS.replace('name: settings', 'name: missing') })).toBe('Error from server (NotFound): error when replacing "STDIN": configmaps "missing" not found\n');
  });
});
