import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startTestCluster, type TestCluster } from '../support/cluster.ts';
import type { KubectlUser } from '../support/kubectl.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let cluster: TestCluster;
let user: KubectlUser;

beforeAll(async () => {
  cluster = await startTestCluster();
  user = await cluster.user('creating');
  await user.kubectl('create serviceaccount default');
  await user.file('site/index.html', '<h1>hello</h1>\n');
  await user.file('site/style.css', 'h1 { color: blue }\n');
  await user.file('settings.env', 'MODE=fast\nLEVEL=3\n');
});

afterAll(async () => {
  expect(cluster.log).toEqual([]);
  await cluster.close();
});

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** What kubectl is told, what it answers, and what is then stored. */
type Case = readonly [command: string, answer: string, object: Record<string, unknown>];

const container = { terminationMessagePath: '/dev/termination-log', imagePullPolicy: 'Always' };

const CASES: readonly Case[] = [
  ['namespace team', 'namespace/team created', { spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' }, metadata: { labels: { 'kubernetes.io/metadata.name': 'team' } } }],
  ['serviceaccount robot', 'serviceaccount/robot created', { kind: 'ServiceAccount' }],
  ['configmap literals --from-literal=a=1 --from-literal=b=2', 'configmap/literals created', { data: { a: '1', b: '2' } }],
  ['configmap files --from-file=site', 'configmap/files created', { data: { 'index.html': '<h1>hello</h1>\n', 'style.css': 'h1 { color: blue }\n' } }],
  ['configmap renamed --from-file=page=site/index.html', 'configmap/renamed created', { data: { page: '<h1>hello</h1>\n' } }],
  ['configmap environment --from-env-file=settings.env', 'configmap/environment created', { data: { MODE: 'fast', LEVEL: '3' } }],
  ['secret generic password --from-literal=password=hunter2', 'secret/password created', { type: 'Opaque', data: { password: base64('hunter2') } }],
  ['secret generic typed --type=example.com/key --from-literal=k=v', 'secret/typed created', { type: 'example.com/key', data: { k: base64('v') } }],
  [
    'secret docker-registry registry --docker-server=registry.example.com --docker-username=me --docker-password=pw',
    'secret/registry created',
    {
      type: 'kubernetes.io/dockerconfigjson',
      data: { '.dockerconfigjson': base64(JSON.stringify({ auths: { 'registry.example.com': { username: 'me', password: 'pw', auth: base64('me:pw') } } })) },
    },
  ],
  ['deployment web --image=nginx --replicas=3 --port=80', 'deployment.apps/web created', {
    metadata: { generation: 1, labels: { app: 'web' } },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'web' } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ ...container, name: 'nginx', image: 'nginx', ports: [{ containerPort: 80, protocol: 'TCP' }], resources: {} }], restartPolicy: 'Always', dnsPolicy: 'ClusterFirst', schedulerName: 'default-scheduler' },
      },
    },
  }],
  ['deployment tool --image=busybox -- sleep 60', 'deployment.apps/tool created', { spec: { replicas: 1, template: { spec: { containers: [{ command: ['sleep', '60'] }] } } } }],
  ['job once --image=busybox -- echo done', 'job.batch/once created', {
    spec: { completions: 1, parallelism: 1, backoffLimit: 6, completionMode: 'NonIndexed', suspend: false, template: { spec: { restartPolicy: 'Never', containers: [{ name: 'once', image: 'busybox', command: ['echo', 'done'] }] } } },
  }],
  ["cronjob nightly --image=busybox --schedule='0 3 * * *' -- backup", 'cronjob.batch/nightly created', {
    spec: { schedule: '0 3 * * *', concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1, jobTemplate: { spec: { template: { spec: { restartPolicy: 'OnFailure', containers: [{ name: 'nightly', command: ['backup'] }] } } } } },
  }],
  ['service clusterip plain --tcp=80:8080', 'service/plain created', { spec: { type: 'ClusterIP', ports: [{ name: '80-8080', port: 80, targetPort: 8080, protocol: 'TCP' }], selector: { app: 'plain' }, sessionAffinity: 'None', internalTrafficPolicy: 'Cluster' } }],
  ['service clusterip headless --clusterip=None', 'service/headless created', { spec: { clusterIP: 'None', clusterIPs: ['None'] } }],
  ['service nodeport outside --tcp=80 --node-port=30080', 'service/outside created', { spec: { type: 'NodePort', ports: [{ nodePort: 30080, port: 80 }], externalTrafficPolicy: 'Cluster' } }],
  ['service loadbalancer front --tcp=443:8443', 'service/front created', { spec: { type: 'LoadBalancer', allocateLoadBalancerNodePorts: true } }],
  ['service externalname elsewhere --external-name=example.com', 'service/elsewhere created', { spec: { type: 'ExternalName', externalName: 'example.com' } }],
  ['role reader --verb=get,list,watch --resource=pods,configmaps', 'role.rbac.authorization.k8s.io/reader created', { rules: [{ apiGroups: [''], resources: ['pods', 'configmaps'], verbs: ['get', 'list', 'watch'] }] }],
  ['role scaler --verb=update --resource=deployments/scale --resource-name=web', 'role.rbac.authorization.k8s.io/scaler created', { rules: [{ apiGroups: ['apps'], resources: ['deployments/scale'], resourceNames: ['web'], verbs: ['update'] }] }],
  ['rolebinding readers --role=reader --user=jane --group=ops --serviceaccount=creating:robot', 'rolebinding.rbac.authorization.k8s.io/readers created', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
    subjects: [
      { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'jane' },
      { kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'ops' },
      { kind: 'ServiceAccount', name: 'robot', namespace: 'creating' },
    ],
  }],
  ['clusterrole metrics --verb=get --non-resource-url=/metrics', 'clusterrole.rbac.authorization.k8s.io/metrics created', { rules: [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }] }],
  ['clusterrole collected --aggregation-rule=collect=yes', 'clusterrole.rbac.authorization.k8s.io/collected created', { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { collect: 'yes' } }] } }],
  ['clusterrolebinding admins --clusterrole=cluster-admin --user=root', 'clusterrolebinding.rbac.authorization.k8s.io/admins created', { roleRef: { kind: 'ClusterRole', name: 'cluster-admin' } }],
  ['ingress site --class=nginx --rule=example.com/shop*=web:80,tls=site-cert', 'ingress.networking.k8s.io/site created', {
    spec: {
      ingressClassName: 'nginx',
      tls: [{ hosts: ['example.com'], secretName: 'site-cert' }],
      rules: [{ host: 'example.com', http: { paths: [{ path: '/shop', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }] } }],
    },
  }],
  ['quota limits --hard=pods=10,requests.cpu=2', 'resourcequota/limits created', { spec: { hard: { pods: '10', 'requests.cpu': '2' } } }],
  ['poddisruptionbudget keep --selector=app=web --min-available=50%', 'poddisruptionbudget.policy/keep created', { spec: { minAvailable: '50%', selector: { matchLabels: { app: 'web' } } } }],
  ['priorityclass urgent --value=1000 --description=first', 'priorityclass.scheduling.k8s.io/urgent created', { value: 1000, description: 'first', preemptionPolicy: 'PreemptLowerPriority' }],
];

describe('generators', () => {
  test.each(CASES)('kubectl create %s', async (command, answer, object) => {
    expect(await user.kubectl(`create ${command}`)).toBe(`${answer}\n`);
    const [resource = ''] = answer.split(' ');
    expect(JSON.parse(await user.kubectl(['get', resource, '-o', 'json']))).toMatchObject(object);
  });

  test('a job from a cron job', async () => {
    await user.kubectl("create cronjob source --image=busybox --schedule='@daily' -- run");
    expect(await user.kubectl('create job by-hand --from=cronjob/source')).toBe('job.batch/by-hand created\n');
    expect(JSON.parse(await user.kubectl('get job by-hand -o json'))).toMatchObject({
      metadata: { annotations: { 'cronjob.kubernetes.io/instantiate': 'manual' }, ownerReferences: [{ kind: 'CronJob', name: 'source', controller: true }] },
    });
  });

  test('a TLS secret from a certificate and its key', async () => {
    const { cert, key } = cluster.certificates.server;
    await user.file('tls.crt', cert);
    await user.file('tls.key', key);
    expect(await user.kubectl('create secret tls site-cert --cert=tls.crt --key=tls.key')).toBe('secret/site-cert created\n');
    expect(JSON.parse(await user.kubectl('get secret site-cert -o json'))).toMatchObject({ type: 'kubernetes.io/tls', data: { 'tls.crt': base64(cert), 'tls.key': base64(key) } });
  });

  test('a token of a service account, which the server takes', async () => {
    await user.kubectl('create serviceaccount caller');
    const token = (await user.kubectl('create token caller --duration=1h --audience=https://kubernetes.default.svc')).trim();
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
    expect(claims).toMatchObject({ sub: 'system:serviceaccount:creating:caller', aud: ['https://kubernetes.default.svc'] });
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(3600);
    await user.kubectl('config set-credentials caller --token=unused');
    const whoami = await user.kubectl(['auth', 'whoami', '--user=caller', `--token=${token}`, '-o', 'json']);
    expect(JSON.parse(whoami)).toMatchObject({ status: { userInfo: { username: 'system:serviceaccount:creating:caller', groups: ['system:serviceaccounts', 'system:serviceaccounts:creating', 'system:authenticated'] } } });
  });

  test('a pod by kubectl run', async () => {
    expect(await user.kubectl('run shell --image=busybox --restart=Never --env=A=b --labels=app=shell --port=80 -- sh -c "sleep 1"')).toBe('pod/shell created\n');
    expect(JSON.parse(await user.kubectl('get pod shell -o json'))).toMatchObject({
      metadata: { labels: { app: 'shell' } },
      spec: { restartPolicy: 'Never', containers: [{ name: 'shell', image: 'busybox', args: ['sh', '-c', 'sleep 1'], env: [{ name: 'A', value: 'b' }], ports: [{ containerPort: 80 }] }] },
      status: { phase: 'Pending', qosClass: 'BestEffort' },
    });
  });
});

describe('files and streams', () => {
  test('several documents, each answered by a line', async () => {
    const manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\n---\n# nothing here\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: two}\n';
    expect(await user.kubectl('create -f -', { stdin: manifest })).toBe('configmap/one created\nconfigmap/two created\n');
  });

  test('a List of objects', async () => {
    const list = { apiVersion: 'v1', kind: 'List', items: [1, 2].map((i) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `item-${i}` } })) };
    expect(await user.kubectl('create -f -', { stdin: JSON.stringify(list) })).toBe('configmap/item-1 created\nconfigmap/item-2 created\n');
  });

  test('a generated name', async () => {
    const made = await user.kubectl('create -f - -o name', { stdin: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: run-}\n' });
    expect(made).toMatch(/^configmap\/run-[bcdfghjklmnpqrstvwxz2456789]{5}\n$/);
  });

  test('--dry-run=server answers with defaults and stores nothing', async () => {
    const shown = await user.kubectl('create deployment trial --image=nginx --dry-run=server -o json');
    expect(JSON.parse(shown)).toMatchObject({ spec: { progressDeadlineSeconds: 600 }, metadata: { uid: expect.any(String) as string } });
    expect(await user.fails('get deployment trial')).toBe('Error from server (NotFound): deployments.apps "trial" not found\n');
  });

  test('--dry-run=client makes a manifest without the server', async () => {
    expect(await user.kubectl('create configmap draft --from-literal=a=1 --dry-run=client -o yaml')).toBe('apiVersion: v1\ndata:\n  a: "1"\nkind: ConfigMap\nmetadata:\n  name: draft\n');
  });

  test('--raw posts the bytes as they are', async () => {
    const body = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'posted' } });
    expect(JSON.parse(await user.kubectl('create --raw /api/v1/namespaces/creating/configmaps -f -', { stdin: body }))).toMatchObject({ kind: 'ConfigMap', metadata: { name: 'posted' } });
  });
});

describe('errors', () => {
  test.each<[string, string | RegExp, string?]>([
    ['create namespace creating', 'Error from server (AlreadyExists): namespaces "creating" already exists\n'],
    ['create configmap default_settings', /^error: failed to create configmap: ConfigMap "default_settings" is invalid: metadata\.name: Invalid value: "default_settings": a lowercase RFC 1123 subdomain must consist of/],
    ['create configmap lost -n nowhere', 'error: failed to create configmap: namespaces "nowhere" not found\n'],
    ['create service nodeport far --tcp=80 --node-port=99', /^error: failed to create NodePort service: Service "far" is invalid: spec\.ports\[0\]\.nodePort: Invalid value: 99: provided port is not in the valid range/],
    ['create quota wrong --hard=pods=many', /^error: quantities must match the regular expression/],
    ['create role nothing --verb=get --resource=gadgets', 'the server doesn\'t have a resource type "gadgets"\n'],
    ['create token nobody', 'error: failed to create token: serviceaccounts "nobody" not found\n'],
    ['create cronjob never --image=busybox --schedule=often', /^error: failed to create cronjob: CronJob\.batch "never" is invalid: spec\.schedule: Invalid value: "often"/],
    ['create -f -', 'error: no objects passed to create\n', ''],
    ['create -f -', /error parsing STDIN: error converting YAML to JSON/, 'a: [1\n'],
    ['create -f -', 'error: resource mapping not found for name: "x" namespace: "" from "STDIN": no matches for kind "Gadget" in version "example.com/v1"\nensure CRDs are installed first\n', 'apiVersion: example.com/v1\nkind: Gadget\nmetadata: {name: x}\n'],
    ['create -f -', 'Error from server (BadRequest): error when creating "STDIN": ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "dta"\n', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndta: {}\n'],
    ['create -f -', /^The Deployment "x" is invalid: (\n\* )?spec\.selector: Required value/, 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nspec: {template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}}\n'],
  ])('kubectl %s: %s', async (command, expected, stdin) => {
    const said = await user.fails(command, stdin === undefined ? {} : { stdin });
    if (typeof expected === 'string') expect(said).toBe(expected);
    else expect(said).toMatch(expected);
  });

  test('unknown fields are warned of when asked for', async () => {
    const manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: warned}\ndta: {}\n';
    const { code, stdout, stderr } = await user.run('create -f - --validate=warn', { stdin: manifest });
    expect([code, stdout, stderr]).toEqual([0, 'configmap/warned created\n', 'Warning: unknown field "dta"\n']);
  });
});
