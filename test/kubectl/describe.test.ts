import { afterAll, beforeAll, expect, test, vi } from 'vitest';
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
metadata: {name: web, labels: {app: web}}
spec:
  containers:
  - name: main
    image: nginx:1.27
    env: [{name: MODE, value: fast}, {name: COLOR, valueFrom: {configMapKeyRef: {name: settings, key: color}}}]
    resources: {requests: {cpu: 2}, limits: {memory: 64Mi}}
    readinessProbe: {httpGet: {path: /ready, port: 80}}
    volumeMounts: [{name: data, mountPath: /data}]
  volumes: [{name: data, emptyDir: {}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, annotations: {example.com/note: hello}}
data: {color: blue}
---
apiVersion: v1
kind: Secret
metadata: {name: password}
stringData: {password: hunter2}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {clusterIP: None, selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Event
metadata: {name: web.1}
involvedObject: {apiVersion: v1, kind: Pod, name: web, namespace: describing}
type: Warning
reason: FailedScheduling
message: no nodes available to schedule pods
source: {component: default-scheduler}
firstTimestamp: "2026-01-01T00:00:00Z"
lastTimestamp: "2026-01-01T00:00:00Z"
count: 3
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: "nginx:1.27"}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: site}
spec:
  rules: [{host: example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules: [{apiGroups: [""], resources: [pods], verbs: [get, list]}]
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: limits}
spec: {hard: {pods: "10"}}
---
apiVersion: v1
kind: Node
metadata: {name: node-1, labels: {kubernetes.io/os: linux}}
`;

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let cluster: TestCluster;
let user: KubectlUser;

beforeAll(async () => {
  cluster = await startTestCluster();
  user = await cluster.user('describing');
  await user.kubectl('create -f -', { stdin: OBJECTS });
});

afterAll(async () => {
  expect(cluster.log).toEqual([]);
  await cluster.close();
});

test.each<[string, string[]]>([
  ['pod web', ['Name: web', 'Namespace: describing', 'Service Account: default', 'Labels: app=web', 'Status: Pending', ' Image: nginx:1.27', ' memory: 64Mi', ' cpu: 2', ' Readiness: http-get http://:80/ready delay=0s timeout=1s period=10s #success=1 #failure=3', ' MODE: fast', " COLOR: <set to the key 'color' of config map 'settings'> Optional: false", ' /data from data (rw)', ' Type: EmptyDir (a temporary directory that shares a pod\'s lifetime)', 'QoS Class: Burstable']],
  ['configmap settings', ['Name: settings', 'Annotations: example.com/note: hello', 'color:', 'blue']],
  ['secret password', ['Type: Opaque', 'password: 7 bytes']],
  ['service web', ['Selector: app=web', 'Type: ClusterIP', 'IP: None', 'Port: <unset> 80/TCP', 'TargetPort: 80/TCP', 'Endpoints: <none>']],
  ['deployment web', ['Replicas: 2 desired | 0 updated | 0 total | 0 available | 0 unavailable', 'StrategyType: RollingUpdate', 'RollingUpdateStrategy: 25% max unavailable, 25% max surge', ' Image: nginx:1.27']],
  ['ingress site', ['Default backend: <default>', ' example.com', ' / web:80 (<none>)']],
  ['role reader', ['Name: reader', ' pods [] [] [get list]']],
  ['quota limits', ['Name: limits', 'Resource Used Hard']],
  ['namespace describing', ['Status: Active', 'Resource Quotas', ' Resource Used Hard', 'No LimitRange resource.']],
  ['serviceaccount default', ['Name: default', 'Image pull secrets: <none>']],
  ['node node-1', ['Name: node-1', 'Labels: kubernetes.io/os=linux', 'Unschedulable: false']],
  ['clusterrole system:aggregate-to-view', ['Name: system:aggregate-to-view', ' configmaps [] [] [get list watch]']],
  ['crd --all-namespaces', []],
])('kubectl describe %s', async (what, lines) => {
  const { code, stdout } = await user.run(`describe ${what}`);
  expect(code).toBe(0);
  const printed = columns(stdout);
  for (const line of lines) expect(printed).toContain(line);
});

test('kubectl describe several at once', async () => {
  const printed = await user.kubectl('describe configmap/settings secret/password');
  expect(printed.match(/^Name: +\w+/gm)?.map((l) => l.replace(/ +/, ' '))).toEqual(['Name: settings', 'Name: password']);
});

test('kubectl describe takes a prefix of the name', async () => {
  expect(await user.kubectl('describe configmap sett')).toMatch(/^Name: +settings\n/);
  expect(await user.fails('describe configmap missing')).toBe('Error from server (NotFound): configmaps "missing" not found\n');
});

test('kubectl events and kubectl get events list what happened', async () => {
  expect(columns(await user.kubectl('events'))).toEqual(['LAST SEEN TYPE REASON OBJECT MESSAGE', expect.stringMatching(/^\S+ \(x3 over \S+\) Warning FailedScheduling Pod\/web no nodes available to schedule pods$/)]);
  expect(await user.kubectl('events --for=pod/web --types=Warning --no-headers')).toContain('FailedScheduling');
  expect((await user.run('events --for=pod/other')).stderr).toBe('No events found in describing namespace.\n');
  expect(columns(await user.kubectl('get events --no-headers'))).toEqual([expect.stringMatching(/^\S+ Warning FailedScheduling pod\/web no nodes available to schedule pods$/)]);
  expect(await user.kubectl('get events --field-selector involvedObject.name=web,type=Warning -o name')).toBe('event/web.1\n');
  expect(await user.kubectl('get events --field-selector reason=Other -o name')).toBe('');
  expect(await user.fails('events --types=Other')).toMatch(/valid --types are Normal or Warning/);
});
