import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startTestCluster, type TestCluster } from '../support/cluster.ts';
import { columns } from '../support/columns.ts';
import type { KubectlUser } from '../support/kubectl.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let cluster: TestCluster;
let user: KubectlUser;

beforeAll(async () => {
  cluster = await startTestCluster({ tokenFile: 'jane-token,jane,1,"ops,dev"\nkarl-token,karl,2\n' });
  user = await cluster.user('access');
  await user.kubectl('create role reader --verb=get,list,watch --resource=pods,configmaps');
  await user.kubectl('create rolebinding readers --role=reader --group=dev');
  await user.kubectl('create configmap settings --from-literal=color=blue');
});

afterAll(async () => {
  expect(cluster.log).toEqual([]);
  await cluster.close();
});

/** Flags of someone who shows a token in place of the administrator's certificate. */
const jane = '--user=someone --token=jane-token';

describe('kubectl auth can-i', () => {
  test.each([
    ['get pods --as=jane --as-group=dev', 'yes', 0],
    ['get pods --subresource=log --as=jane --as-group=dev', 'no', 1],
    ['list configmaps --as=jane --as-group=dev', 'yes', 0],
    ['delete pods --as=jane --as-group=dev', 'no', 1],
    ['get pods -n default --as=jane --as-group=dev', 'no', 1],
    ["'*' '*'", 'yes', 0],
    ['get /healthz --as=jane', 'yes', 0],
    ['get /metrics --as=jane', 'no', 1],
    ['get pods --subresource=log', 'yes', 0],
  ])('%s: %s', async (what, answer, code) => {
    const result = await user.run(`auth can-i ${what}`);
    expect([result.stdout.trim(), result.code]).toEqual([answer, code]);
  });

  test('--list names what the rules grant', async () => {
    const rows = columns(await user.kubectl('auth can-i --list --as=jane --as-group=dev'));
    expect(rows).toEqual(expect.arrayContaining(['configmaps [] [] [get list watch]', 'pods [] [] [get list watch]', 'selfsubjectreviews.authentication.k8s.io [] [] [create]']));
  });

  test('needs to know of whom it is asked', async () => {
    expect(await user.fails('auth can-i get pods --as-group=dev')).toMatch(/requesting (groups|uid).*without impersonating a user/);
    expect(await user.fails('auth can-i get')).toMatch(/you must specify two arguments/);
  });
});

describe('kubectl auth whoami', () => {
  test.each<[string, string[]]>([
    ['--as=jane --as-group=ops', ['ATTRIBUTE VALUE', 'Username jane', 'Groups [ops system:authenticated]']],
    [jane, ['ATTRIBUTE VALUE', 'Username jane', 'UID 1', 'Groups [ops dev system:authenticated]']],
  ])('%s', async (flags, lines) => {
    expect(columns(await tokenUser().then((u) => u.kubectl(`auth whoami ${flags}`)))).toEqual(lines);
  });

  test('of a stranger', async () => {
    expect(await (await tokenUser()).fails('auth whoami --user=someone --token=wrong')).toMatch(/^error: You must be logged in to the server/);
  });
});

/** Certificates come before tokens: a context user without one is needed to be someone else. */
async function tokenUser(): Promise<KubectlUser> {
  const other = await cluster.user('default');
  await other.kubectl('config set-credentials someone --token=unused');
  await other.kubectl('config set-context --current --namespace=access');
  return other;
}

describe('what roles grant', () => {
  test('is served, and the rest refused with its reason', async () => {
    const by = await tokenUser();
    expect(await by.kubectl(`get configmaps -o name ${jane}`)).toBe('configmap/settings\n');
    expect(await by.fails(`delete configmap settings ${jane}`)).toBe(
      'Error from server (Forbidden): configmaps "settings" is forbidden: User "jane" cannot delete resource "configmaps" in API group "" in the namespace "access"\n',
    );
    expect(await by.fails(`get nodes ${jane}`)).toBe('Error from server (Forbidden): nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope\n');
    expect(await by.fails('get configmaps --user=someone --token=karl-token')).toMatch(/User "karl" cannot list resource "configmaps"/);
  });

  test('changes with the next request', async () => {
    const by = await tokenUser();
    await user.kubectl('create rolebinding karl --role=reader --user=karl');
    expect(await by.kubectl('get configmaps -o name --user=someone --token=karl-token')).toBe('configmap/settings\n');
    await user.kubectl('delete rolebinding karl');
    expect(await by.fails('get configmaps --user=someone --token=karl-token')).toMatch(/Forbidden/);
  });

  test('cannot be given on by who does not have it', async () => {
    const by = await tokenUser();
    await user.kubectl('create clusterrole rbac-writer --verb=create,get,patch,update --resource=roles,rolebindings');
    await user.kubectl('create rolebinding karl-writes --clusterrole=rbac-writer --user=karl');
    const said = await by.fails('create role wide --verb=delete --resource=secrets --user=someone --token=karl-token');
    expect(said).toContain('user "karl" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["secrets"], Verbs:["delete"]}');
  });
});

test('kubectl auth reconcile creates and widens roles', async () => {
  const role = (verbs: string): string => `apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: reconciled, namespace: access}\nrules: [{apiGroups: [""], resources: [pods], verbs: [${verbs}]}]\n`;
  expect(await user.kubectl('auth reconcile -f -', { stdin: role('get') })).toContain('role.rbac.authorization.k8s.io/reconciled reconciled\n');
  expect((await user.run('auth reconcile -f -', { stdin: role('list') })).stderr).toContain('missing rules added:');
  expect(await user.kubectl(`get role reconciled -o jsonpath='{.rules[*].verbs}'`)).toBe('["get"] ["list"]');
  expect(await user.fails('auth reconcile -f missing.yaml')).toBe('error: the path "missing.yaml" does not exist\n');
});

/** A signing request for `/O=dev/CN=jane`. */
const SIGNING_REQUEST = `-----BEGIN CERTIFICATE REQUEST-----
MIHXMH8CAQAwHTEMMAoGA1UECgwDZGV2MQ0wCwYDVQQDDARqYW5lMFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAE8aXlGVkR+Ef7YyVY/ryX9eaWpulGhlXIHP72D9AA
dbULhBOelMV1wqWYbUh+j/lYWADE4gZPTxkR2IR2AWADoKAAMAoGCCqGSM49BAMC
A0gAMEUCIA373pGajmwKmD+CV2SxG83y4GAnQ2I1RdZkNPDutBFeAiEA6Wvix0dp
KBQQ044Ra5WseffAdXknK3iZ51TCXkZuXMc=
-----END CERTIFICATE REQUEST-----
`;

test('kubectl certificate approve and deny answer a signing request', async () => {
  const manifest = (name: string, request: string): string =>
    `apiVersion: certificates.k8s.io/v1\nkind: CertificateSigningRequest\nmetadata: {name: ${name}}\nspec: {request: ${Buffer.from(request).toString('base64')}, signerName: example.com/signer, usages: [client auth]}\n`;
  for (const name of ['jane', 'joan']) await user.kubectl('create -f -', { stdin: manifest(name, SIGNING_REQUEST) });
  expect(await user.kubectl('certificate approve jane')).toBe('certificatesigningrequest.certificates.k8s.io/jane approved\n');
  expect(await user.kubectl('certificate deny joan')).toBe('certificatesigningrequest.certificates.k8s.io/joan denied\n');
  expect(columns(await user.kubectl('get csr --no-headers'))).toEqual([
    'jane AGE example.com/signer kubernetes-admin <none> Approved',
    'joan AGE example.com/signer kubernetes-admin <none> Denied',
  ]);
  expect(await user.fails('certificate deny jane')).toBe('error: certificate signing request "jane" is already Approved\n');
  expect(await user.fails('create -f -', { stdin: manifest('broken', SIGNING_REQUEST.replace('MIHX', 'AAAA')) })).toMatch(/spec\.request: Invalid value/);
  expect(await user.fails('certificate approve missing')).toBe('Error from server (NotFound): certificatesigningrequests.certificates.k8s.io "missing" not found\n');
});
