import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startTestCluster, type TestCluster } from '../support/cluster.ts';
import { columns } from '../support/columns.ts';
import type { KubectlUser } from '../support/kubectl.ts';

const OBJECTS = `
apiVersion: v1
kind: ServiceAccount
metadata: {name: default}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, labels: {app: web, tier: front}, annotations: {rank: "2"}}
spec:
  nodeName: node-1
  containers:
  - {name: main, image: "nginx:1.27", ports: [{containerPort: 80}]}
  - {name: sidecar, image: "envoy:1.30"}
---
apiVersion: v1
kind: Pod
metadata: {name: web-2, labels: {app: web}, annotations: {rank: "1"}}
spec:
  containers: [{name: main, image: "nginx:1.28"}]
---
apiVersion: v1
kind: Pod
metadata: {name: worker, labels: {app: worker}, annotations: {rank: "3"}}
spec:
  containers: [{name: main, image: "busybox:1"}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {color: blue, size: "7"}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {clusterIP: None, selector: {app: web}, ports: [{name: http, port: 80}]}
`;

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let cluster: TestCluster;
let user: KubectlUser;

beforeAll(async () => {
  cluster = await startTestCluster();
  user = await cluster.user('reading');
  await user.kubectl('create -f -', { stdin: OBJECTS });
});

afterAll(async () => {
  expect(cluster.log).toEqual([]);
  await cluster.close();
});

describe('tables', () => {
  test.each<[string, string[]]>([
    ['get pods', ['NAME READY STATUS RESTARTS AGE', 'web-1 0/2 Pending 0 AGE', 'web-2 0/1 Pending 0 AGE', 'worker 0/1 Pending 0 AGE']],
    [
      'get pods -o wide',
      [
        'NAME READY STATUS RESTARTS AGE IP NODE NOMINATED NODE READINESS GATES',
        'web-1 0/2 Pending 0 AGE <none> node-1 <none> <none>',
        'web-2 0/1 Pending 0 AGE <none> <none> <none> <none>',
        'worker 0/1 Pending 0 AGE <none> <none> <none> <none>',
      ],
    ],
    ['get pods --no-headers', ['web-1 0/2 Pending 0 AGE', 'web-2 0/1 Pending 0 AGE', 'worker 0/1 Pending 0 AGE']],
    ['get pod web-1 --show-labels', ['NAME READY STATUS RESTARTS AGE LABELS', 'web-1 0/2 Pending 0 AGE app=web,tier=front']],
    ['get pods -l app=web -L tier', ['NAME READY STATUS RESTARTS AGE TIER', 'web-1 0/2 Pending 0 AGE front', 'web-2 0/1 Pending 0 AGE']],
    ['get pods --sort-by=.metadata.annotations.rank --no-headers', ['web-2 0/1 Pending 0 AGE', 'web-1 0/2 Pending 0 AGE', 'worker 0/1 Pending 0 AGE']],
    ['get pods --show-kind --no-headers -l app=worker', ['pod/worker 0/1 Pending 0 AGE']],
    ['get pods --chunk-size=1 --no-headers', ['web-1 0/2 Pending 0 AGE', 'web-2 0/1 Pending 0 AGE', 'worker 0/1 Pending 0 AGE']],
    ['get configmaps', ['NAME DATA AGE', 'settings 2 AGE']],
    ['get cm/settings svc/web --no-headers', ['configmap/settings 2 AGE', 'service/web ClusterIP None <none> 80/TCP AGE']],
    ['get svc -o wide', ['NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE SELECTOR', 'web ClusterIP None <none> 80/TCP AGE app=web']],
    ['get all --no-headers', ['pod/web-1 0/2 Pending 0 AGE', 'pod/web-2 0/1 Pending 0 AGE', 'pod/worker 0/1 Pending 0 AGE', 'service/web ClusterIP None <none> 80/TCP AGE']],
    ['get pods -A --no-headers', ['reading web-1 0/2 Pending 0 AGE', 'reading web-2 0/1 Pending 0 AGE', 'reading worker 0/1 Pending 0 AGE']],
    ['get namespace reading', ['NAME STATUS AGE', 'reading Active AGE']],
    ['get pods -o custom-columns=NAME:.metadata.name,IMAGES:.spec.containers[*].image', ['NAME IMAGES', 'web-1 nginx:1.27,envoy:1.30', 'web-2 nginx:1.28', 'worker busybox:1']],
    ['get pods --server-print=false --no-headers', ['web-1 AGE', 'web-2 AGE', 'worker AGE']],
  ])('kubectl %s', async (command, expected) => {
    expect(columns(await user.kubectl(command))).toEqual(expected);
  });
});

describe('selection', () => {
  test.each<[string, string[]]>([
    ['-l app=web', ['web-1', 'web-2']],
    ['-l app=web,tier!=front', ['web-2']],
    ['-l app!=web', ['worker']],
    ["-l 'app in (worker, other)'", ['worker']],
    ["-l 'app notin (worker)'", ['web-1', 'web-2']],
    ['-l tier', ['web-1']],
    ["-l '!tier'", ['web-2', 'worker']],
    ['--field-selector metadata.name=web-2', ['web-2']],
    ['--field-selector spec.nodeName=node-1', ['web-1']],
    ['--field-selector spec.nodeName!=node-1,status.phase=Pending', ['web-2', 'worker']],
    ['--field-selector status.phase=Running', []],
    ['-l app=web --field-selector spec.nodeName=', ['web-2']],
  ])('kubectl get pods %s', async (flags, names) => {
    const printed = await user.kubectl(`get pods -o name ${flags}`);
    expect(printed.split('\n').filter((l) => l !== '')).toEqual(names.map((n) => `pod/${n}`));
  });
});

describe('templates and documents', () => {
  test.each([
    ["get pod web-1 -o jsonpath='{.spec.containers[1].image}'", 'envoy:1.30'],
    ["get pods -o jsonpath='{range .items[*]}{.metadata.name}={.spec.nodeName};{end}'", 'web-1=node-1;web-2=;worker=;'],
    ["get pods -o jsonpath='{.items[?(@.metadata.labels.tier==\"front\")].metadata.name}'", 'web-1'],
    ["get cm settings -o jsonpath-as-json='{.data}'", '[\n    {\n        "color": "blue",\n        "size": "7"\n    }\n]\n'],
    ["get cm settings -o go-template='{{.data.color}} {{len .data}}'", 'blue 2'],
    ["get pods -o go-template='{{range .items}}{{.metadata.name}} {{end}}'", 'web-1 web-2 worker '],
    ['get cm,svc -o name', 'configmap/settings\nservice/web\n'],
  ])('kubectl %s', async (command, expected) => {
    expect(await user.kubectl(command)).toBe(expected);
  });

  test('-o json gives the object, without managed fields unless they are asked for', async () => {
    const object = JSON.parse(await user.kubectl('get cm settings -o json')) as Record<string, Record<string, unknown>>;
    expect(object).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'reading' }, data: { color: 'blue', size: '7' } });
    expect(Object.keys(object['metadata'] ?? {}).sort()).toEqual(['creationTimestamp', 'name', 'namespace', 'resourceVersion', 'uid']);
    expect(await user.object('cm', 'settings')).toMatchObject({ metadata: { managedFields: [{ manager: 'kubectl-create', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1' }] } });
  });

  test('-o yaml gives what can be created again', async () => {
    const yaml = await user.kubectl('get cm settings -o yaml');
    expect(yaml).toMatch(/^apiVersion: v1\ndata:\n {2}color: blue\n {2}size: "7"\nkind: ConfigMap\nmetadata:\n/);
    const other = await cluster.user('reading-again');
    const moved = yaml.replace('namespace: reading', 'namespace: reading-again').replace(/ {2}(resourceVersion|uid|creationTimestamp): .*\n/g, '');
    expect(await other.kubectl('create -f -', { stdin: moved })).toBe('configmap/settings created\n');
  });

  test('-o json of several resources is one List', async () => {
    const list = JSON.parse(await user.kubectl('get cm,svc -o json')) as { kind: string; items: { kind: string }[] };
    expect([list.kind, ...list.items.map((i) => i.kind)]).toEqual(['List', 'ConfigMap', 'Service']);
  });

  test('--raw gives the answer as the server sent it', async () => {
    expect(JSON.parse(await user.kubectl('get --raw /api/v1/namespaces/reading/configmaps/settings'))).toMatchObject({ kind: 'ConfigMap', data: { size: '7' } });
    expect(await user.kubectl('get --raw /healthz')).toBe('ok');
  });

  test('--subresource gives the subresource', async () => {
    expect(await user.kubectl("get pod web-1 --subresource=status -o jsonpath='{.status.phase} {.status.qosClass}'")).toBe('Pending BestEffort');
    expect(await user.fails('get pod web-1 --subresource=scale')).toBe('Error from server (NotFound): the server could not find the requested resource\n');
  });
});

describe('watching', () => {
  test('--watch prints what is there, then what changes', async () => {
    const watcher = await cluster.user('watched');
    await watcher.kubectl('create configmap first --from-literal=a=1');
    const watch = await watcher.start('get configmaps --watch --no-headers -o name');
    try {
      await watch.printed(/configmap\/first\n/);
      await watcher.kubectl('create configmap second --from-literal=a=1');
      await watch.printed(/configmap\/second\n/);
      await watcher.kubectl('label configmap second seen=yes');
      const printed = await watch.printed(/second\n(.*\n)*.*second\n/);
      expect(printed).toBe('configmap/first\nconfigmap/second\nconfigmap/second\n');
    } finally {
      watch.stop();
    }
    await watch.done;
  });

  test('--output-watch-events names the kind of each change', async () => {
    const watcher = await cluster.user('watched-events');
    await watcher.kubectl('create configmap there --from-literal=a=1');
    const watch = await watcher.start('get configmaps --watch --output-watch-events');
    try {
      await watch.printed(/ADDED +there.*\n/);
      await watcher.kubectl('label configmap there seen=yes');
      await watch.printed(/MODIFIED +there.*\n/);
      await watcher.kubectl('delete configmap there');
      expect(columns(await watch.printed(/DELETED +there.*\n/))).toEqual(['EVENT NAME DATA AGE', 'ADDED there 1 AGE', 'MODIFIED there 1 AGE', 'DELETED there 1 AGE']);
    } finally {
      watch.stop();
    }
    await watch.done;
  });
});

describe('errors', () => {
  test.each([
    ['get pod missing', 'Error from server (NotFound): pods "missing" not found\n'],
    ['get gadgets', 'error: the server doesn\'t have a resource type "gadgets"\n'],
    ['get pods -l app=(', /^Error from server \(BadRequest\): .*unable to parse requirement: found '\(', expected: identifier/],
    ['get pods --field-selector spec.color=blue', 'Error from server (BadRequest): Unable to find "/v1, Resource=pods" that match label selector "", field selector "spec.color=blue": field label not supported: spec.color\n'],
    ["get pods -o jsonpath='{.items[}'", /error: error parsing jsonpath/],
    ['get --raw /api/v1/nonsense', 'Error from server (NotFound): the server could not find the requested resource\n'],
    ['get pods -n reading web-1 worker missing', /pods "missing" not found/],
    ['get pods -n nowhere --no-headers', undefined],
  ])('kubectl %s', async (command, expected) => {
    if (expected === undefined) {
      const { code, stderr, stdout } = await user.run(command);
      expect([code, stdout, stderr]).toEqual([0, '', 'No resources found in nowhere namespace.\n']);
    } else if (typeof expected === 'string') expect(await user.fails(command)).toBe(expected);
    else expect(await user.fails(command)).toMatch(expected);
  });

  test('a missing object can be ignored', async () => {
    expect(await user.run('get pod missing --ignore-not-found')).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('a server that is not there is told plainly', async () => {
    expect(await user.fails('get pods --server https://127.0.0.1:1 --request-timeout=2s')).toMatch(/The connection to the server 127\.0\.0\.1:1 was refused/);
  });
});
