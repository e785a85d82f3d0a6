import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startTestCluster, type TestCluster } from '../support/cluster.ts';
import { columns } from '../support/columns.ts';
import type { KubectlUser } from '../support/kubectl.ts';

const NODE = 'apiVersion: v1\nkind: Node\nmetadata: {name: node-1}\n';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let cluster: TestCluster;
let user: KubectlUser;

beforeAll(async () => {
  cluster = await startTestCluster();
  user = await cluster.user('changing');
  await user.kubectl('create deployment web --image=nginx:1.27 --replicas=2 --port=80');
  await user.kubectl('create configmap settings --from-literal=color=blue');
  await user.kubectl('create serviceaccount robot');
  await user.kubectl('create -f -', { stdin: NODE });
});

afterAll(async () => {
  expect(cluster.log).toEqual([]);
  await cluster.close();
});

/** A command, what kubectl says, and what a JSON path of the object then gives. Cases of one list follow each other. */
type Step = [command: string, said: string, path?: string, value?: string];

async function take(by: KubectlUser, { command, said, path, value }: { command: string; said: string; path: string | undefined; value: string | undefined }): Promise<void> {
  expect(await by.kubectl(command)).toBe(`${said}\n`);
  if (path === undefined) return;
  const [resource = ''] = said.split(' ');
  expect(await by.kubectl(['get', resource, '-o', `jsonpath=${path}`])).toBe(value);
}

async function refused(by: KubectlUser, command: string, expected: string | RegExp): Promise<void> {
  const said = await by.fails(command);
  if (typeof expected === 'string') expect(said).toBe(expected);
  else expect(said).toMatch(expected);
}

describe('patches', () => {
  test.each<Step>([
    [`patch configmap settings -p '{"data":{"size":"7"}}'`, 'configmap/settings patched', '{.data}', '{"color":"blue","size":"7"}'],
    [`patch configmap settings --type=merge -p '{"data":{"size":null}}'`, 'configmap/settings patched', '{.data}', '{"color":"blue"}'],
    [`patch configmap settings --type=json -p '[{"op":"replace","path":"/data/color","value":"red"}]'`, 'configmap/settings patched', '{.data}', '{"color":"red"}'],
    [`patch configmap settings -p '{"data":{"color":"red"}}'`, 'configmap/settings patched (no change)'],
    [`patch configmap settings -p 'data: {color: green}'`, 'configmap/settings patched', '{.data.color}', 'green'],
    [`patch deployment web -p '{"spec":{"template":{"spec":{"containers":[{"name":"nginx","image":"nginx:1.28"}]}}}}'`, 'deployment.apps/web patched', '{.spec.template.spec.containers[*].ports[0].containerPort}', '80'],
    [`patch deployment web --subresource=scale --type=merge -p '{"spec":{"replicas":4}}'`, 'scale.autoscaling/web patched'],
    [`patch deployment web --subresource=status -p '{"status":{"observedGeneration":2}}'`, 'deployment.apps/web patched', '{.spec.replicas} {.status.observedGeneration}', '4 2'],
  ])('kubectl %s', (command, said, path, value) => take(user, { command, said, path, value }));

  test.each<[string, string | RegExp]>([
    [`patch configmap missing -p '{}'`, 'Error from server (NotFound): configmaps "missing" not found\n'],
    [`patch configmap settings --type=json -p '[{"op":"test","path":"/data/color","value":"x"}]'`, /^The request is invalid: the server rejected our request due to an error in our request/],
    [`patch configmap settings --type=json -p '[{"op":"remove","path":"/data/none"}]'`, /^The request is invalid: the server rejected our request due to an error in our request/],
    [`patch configmap settings -p '{"data":'`, 'Error from server (BadRequest): unexpected end of JSON input\n'],
    [`patch configmap settings -p '{"metadata":{"name":"other"}}'`, 'Error from server (BadRequest): the name of the object (other) does not match the name on the URL (settings)\n'],
    [`patch configmap settings -p '{"data":{"size":7}}'`, /cannot unmarshal number into Go struct field ConfigMap\.data of type string/],
  ])('kubectl %s is refused', (command, expected) => refused(user, command, expected));
});

describe('labels and annotations', () => {
  test.each<Step>([
    ['label configmap settings tier=front', 'configmap/settings labeled', '{.metadata.labels}', '{"tier":"front"}'],
    ['label configmap settings tier=back --overwrite', 'configmap/settings labeled', '{.metadata.labels}', '{"tier":"back"}'],
    ['label configmap settings tier=back', 'configmap/settings not labeled'],
    ['label configmap settings tier-', 'configmap/settings unlabeled', '{.metadata.labels}', ''],
    ['label configmap --all seen=yes', 'configmap/settings labeled', '{.metadata.labels.seen}', 'yes'],
    ['label configmap settings seen=no --overwrite --dry-run=server', 'configmap/settings labeled (server dry run)', '{.metadata.labels.seen}', 'yes'],
    ['annotate configmap settings example.com/note=hello', 'configmap/settings annotated', '{.metadata.annotations}', '{"example.com/note":"hello"}'],
    ['annotate configmap settings example.com/note-', 'configmap/settings annotated', '{.metadata.annotations}', ''],
  ])('kubectl %s', (command, said, path, value) => take(user, { command, said, path, value }));

  test.each<[string, string | RegExp]>([
    ['label configmap settings seen=no', "error: 'seen' already has a value (yes), and --overwrite is false\n"],
    ['label configmap settings a=b=c', 'error: invalid label spec: a=b=c\n'],
    ['label configmap settings -- -a=b', /^The ConfigMap "settings" is invalid: metadata\.labels: Invalid value: "-a": name part must consist of/],
    ['annotate configmap missing a=b', 'Error from server (NotFound): configmaps "missing" not found\n'],
  ])('kubectl %s is refused', (command, expected) => refused(user, command, expected));
});

describe('workloads', () => {
  const container = (path: string): string => `{.spec.template.spec.containers[0].${path}}`;

  test.each<Step>([
    ['set image deployment/web nginx=nginx:1.29', 'deployment.apps/web image updated', container('image'), 'nginx:1.29'],
    ['set env deployment/web MODE=fast LEVEL=3', 'deployment.apps/web env updated', container('env'), '[{"name":"MODE","value":"fast"},{"name":"LEVEL","value":"3"}]'],
    ['set env deployment/web MODE-', 'deployment.apps/web env updated', container('env[*].name'), 'LEVEL'],
    ['set resources deployment/web --limits=cpu=500m,memory=128Mi --requests=cpu=100m', 'deployment.apps/web resource requirements updated', container('resources'), '{"limits":{"cpu":"500m","memory":"128Mi"},"requests":{"cpu":"100m"}}'],
    ['set serviceaccount deployment/web robot', 'deployment.apps/web serviceaccount updated', '{.spec.template.spec.serviceAccountName}', 'robot'],
    ['scale deployment web --replicas=3', 'deployment.apps/web scaled', '{.spec.replicas}', '3'],
    ['scale deployment web --current-replicas=3 --replicas=1', 'deployment.apps/web scaled', '{.spec.replicas}', '1'],
    ['expose deployment web --port=8080 --target-port=80 --name=web', 'service/web exposed', '{.spec.selector} {.spec.ports[0].port} {.spec.ports[0].targetPort}', '{"app":"web"} 8080 80'],
    ['set selector service web app=web,tier=front', 'service/web selector updated', '{.spec.selector}', '{"app":"web","tier":"front"}'],
    ['autoscale deployment web --min=1 --max=5 --cpu=80%', 'horizontalpodautoscaler.autoscaling/web autoscaled', '{.spec.maxReplicas} {.spec.metrics[0].resource.target.averageUtilization}', '5 80'],
    ['rollout pause deployment web', 'deployment.apps/web paused', '{.spec.paused}', 'true'],
    ['rollout resume deployment web', 'deployment.apps/web resumed', '{.spec.paused}', ''],
    ['rollout history deployment web', 'deployment.apps/web \nNo rollout history found.'],
  ])('kubectl %s', (command, said, path, value) => take(user, { command, said, path, value }));

  test('kubectl rollout restart stamps the template', async () => {
    expect(await user.kubectl('rollout restart deployment web')).toBe('deployment.apps/web restarted\n');
    expect(await user.kubectl("get deployment web -o jsonpath='{.spec.template.metadata.annotations.kubectl\\.kubernetes\\.io/restartedAt}'")).toMatch(/^\d{4}-\d\d-\d\dT/);
  });

  test.each<[string, string | RegExp]>([
    ['set image deployment/web other=nginx', 'error: unable to find container named "other"\n'],
    ['set resources deployment/web --limits=cpu=1 --requests=cpu=2', /requests: Invalid value: "2": must be less than or equal to cpu limit of 1/],
    ['scale deployment web --current-replicas=7 --replicas=1', 'error: Expected replicas to be 7, was 1\n'],
    ['scale deployment missing --replicas=1', 'Error from server (NotFound): deployments.apps "missing" not found\n'],
    ['scale configmap settings --replicas=1', 'Error from server (NotFound): the server could not find the requested resource\n'],
    ['rollout undo deployment web', 'error: no rollout history found for deployment "web"\n'],
    ['rollout pause configmap settings', 'error: configmaps "settings" pausing is not supported\n'],
    ['expose deployment web --port=8080', 'Error from server (AlreadyExists): services "web" already exists\n'],
    ['set serviceaccount deployment/missing robot', 'Error from server (NotFound): deployments.apps "missing" not found\n'],
  ])('kubectl %s is refused', (command, expected) => refused(user, command, expected));
});

describe('nodes', () => {
  test.each<Step>([
    ['cordon node-1', 'node/node-1 cordoned', '{.spec.unschedulable}', 'true'],
    ['uncordon node-1', 'node/node-1 uncordoned', '{.spec.unschedulable}', ''],
    ['taint node node-1 team=a:NoSchedule', 'node/node-1 tainted', '{.spec.taints[?(@.key=="team")]}', '{"effect":"NoSchedule","key":"team","value":"a"}'],
    ['taint node node-1 team=b:NoSchedule --overwrite', 'node/node-1 modified', '{.spec.taints[?(@.key=="team")].value}', 'b'],
    ['taint node node-1 team-', 'node/node-1 untainted', '{.spec.taints[?(@.key=="team")]}', ''],
  ])('kubectl %s', (command, said, path, value) => take(user, { command, said, path, value }));

  test('are listed', async () => {
    const [header, row] = columns(await user.kubectl('get nodes'));
    expect([header, row]).toEqual(['NAME STATUS ROLES AGE VERSION', 'node-1 Unknown <none> AGE']);
  });

  test.each<[string, string | RegExp]>([
    ['cordon node-9', 'Error from server (NotFound): nodes "node-9" not found\n'],
    ['taint node node-1 team=a:Sometimes', /invalid taint effect: Sometimes/],
  ])('kubectl %s is refused', (command, expected) => refused(user, command, expected));
});

describe('deletion', () => {
  test('of one, of several, by label, by file and of all', async () => {
    const by = await cluster.user('deleting');
    for (const name of ['a', 'b', 'c', 'd', 'e']) await by.kubectl(`create configmap ${name}`);
    await by.kubectl('label configmap c d kind=old');
    expect(await by.kubectl('delete configmap a')).toBe('configmap "a" deleted from deleting namespace\n');
    expect(await by.kubectl('delete configmaps -l kind=old')).toBe('configmap "c" deleted from deleting namespace\nconfigmap "d" deleted from deleting namespace\n');
    expect(await by.kubectl('delete -f -', { stdin: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n' })).toBe('configmap "b" deleted from deleting namespace\n');
    expect(await by.kubectl('delete configmaps --all')).toBe('configmap "e" deleted from deleting namespace\n');
    expect(await by.kubectl('delete configmaps --all')).toBe('No resources found\n');
  });

  test.each([
    ['background', ''],
    ['foreground', '["foregroundDeletion"]'],
    ['orphan', '["orphan"]'],
  ])('--cascade=%s', async (cascade, finalizers) => {
    const by = await cluster.user(`deleting-${cascade}`);
    await by.kubectl('create deployment web --image=nginx');
    expect(await by.kubectl(`delete deployment web --cascade=${cascade} --wait=false`)).toBe(`deployment.apps "web" deleted from deleting-${cascade} namespace\n`);
    expect(await by.kubectl(`get deployment web --ignore-not-found -o jsonpath='{.metadata.finalizers}'`)).toBe(finalizers);
  });

  test('waits until finalizers are gone', async () => {
    const by = await cluster.user('deleting-slowly');
    await by.kubectl('create -f -', { stdin: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: held, finalizers: [example.com/hold]}\n' });
    const deletion = await by.start('delete configmap held');
    await deletion.printed(/configmap "held" deleted/);
    expect(await by.kubectl(`get configmap held -o jsonpath='{.metadata.deletionGracePeriodSeconds} {.metadata.finalizers[0]}'`)).toBe('0 example.com/hold');
    await by.kubectl(`patch configmap held --type=merge -p '{"metadata":{"finalizers":null}}'`);
    expect((await deletion.done).code).toBe(0);
    expect(await by.fails('get configmap held')).toMatch(/NotFound/);
  });

  test('of a pod that no node runs is immediate; --force needs no grace period', async () => {
    const by = await cluster.user('deleting-pods');
    await by.kubectl('create serviceaccount default');
    for (const name of ['a', 'b']) await by.kubectl(`run ${name} --image=busybox`);
    expect(await by.kubectl('delete pod a')).toBe('pod "a" deleted from deleting-pods namespace\n');
    expect((await by.run('delete pod b --force --grace-period=0')).stderr).toMatch(/Immediate deletion does not wait/);
    expect(await by.kubectl('get pods -o name')).toBe('');
  });

  test.each<[string, string | RegExp]>([
    ['delete configmap missing', 'Error from server (NotFound): configmaps "missing" not found\n'],
    ['delete namespace default', 'Error from server (Forbidden): namespaces "default" is forbidden: this namespace may not be deleted\n'],
    ['delete configmap settings --cascade=sideways', 'error: invalid cascade value (sideways). Must be "background", "foreground", or "orphan"\n'],
  ])('kubectl %s is refused', (command, expected) => refused(user, command, expected));
});

describe('kubectl wait', () => {
  test('for a condition, a field, a creation and a deletion', async () => {
    const by = await cluster.user('waiting');
    await by.kubectl('create deployment web --image=nginx');
    const available = await by.start('wait deployment/web --for=condition=Available --timeout=20s');
    const created = await by.start('wait configmap/later --for=create --timeout=20s');
    await by.kubectl('create configmap later --from-literal=state=new');
    expect(await created.done).toMatchObject({ code: 0, stdout: 'configmap/later condition met\n' });
    await by.kubectl(`patch deployment web --subresource=status -p '{"status":{"conditions":[{"type":"Available","status":"True"}]}}'`);
    expect(await available.done).toMatchObject({ code: 0, stdout: 'deployment.apps/web condition met\n' });
    expect(await by.kubectl(`wait configmap/later --for=jsonpath='{.data.state}'=new`)).toBe('configmap/later condition met\n');
    const gone = await by.start('wait configmap/later --for=delete --timeout=20s');
    await by.kubectl('delete configmap later');
    expect((await gone.done).code).toBe(0);
  });

  test('says what did not come', async () => {
    expect(await user.fails('wait deployment/web --for=condition=Never --timeout=1s')).toBe('error: timed out waiting for the condition on deployments/web\n');
    expect(await user.fails('wait deployment/missing --for=condition=Available --timeout=1s')).toBe('Error from server (NotFound): deployments.apps "missing" not found\n');
  });
});
