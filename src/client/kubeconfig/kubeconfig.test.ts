import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../machinery/virtual-clock.ts';
import { connectionOf } from './connection.ts';
import { inClusterConnection } from './in-cluster.ts';
import { parseKubeconfig } from './kubeconfig.ts';
import { kubeconfigFiles, loadKubeconfig } from './load-kubeconfig.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const at = (): { file: string; folder: string } => ({ file: 'config', folder });
const clock = new VirtualClock();
const base64 = (text: string): string => Buffer.from(text).toString('base64');

function config(user: string, cluster = 'server: https://example.com:6443'): string {
  return `
apiVersion: v1
kind: Config
current-context: main
contexts:
- {name: main, context: {cluster: c, user: u, namespace: prod}}
- {name: lost, context: {cluster: nowhere, user: u}}
clusters:
- {name: c, cluster: {${cluster}}}
users:
- name: u
  user: ${user}
`;
}

function connect(user: string, cluster?: string, context?: string) {
  return connectionOf(parseKubeconfig(config(user, cluster), at()), { clock, environment: { PATH: process.env['PATH'], INHERITED: 'yes' }, ...(context !== undefined && { context }) });
}

describe('the files of a kubeconfig', () => {
  test.each([
    [{ flag: 'f', kubeconfigVariable: 'a', homeFolder: '/home/x' }, { files: ['f'], mustExist: true }],
    [{ kubeconfigVariable: `a${delimiter}${delimiter}b${delimiter}a`, homeFolder: '/home/x' }, { files: ['a', 'b'], mustExist: false }],
    [{ homeFolder: '/home/x' }, { files: [join('/home/x', '.kube', 'config')], mustExist: false }],
  ])('%o', (options, expected) => {
    expect(kubeconfigFiles(options)).toEqual(expected);
  });

  test('are merged, the first that names something wins, and paths are relative to their own file', async () => {
    mkdirSync(join(folder, 'one'), { recursive: true });
    mkdirSync(join(folder, 'two'), { recursive: true });
    writeFileSync(join(folder, 'one', 'config'), 'current-context: x\ncontexts: [{name: x, context: {cluster: c, user: u}}]\nusers: [{name: u, user: {token: first}}]\n');
    writeFileSync(join(folder, 'two', 'config'), 'current-context: y\nclusters: [{name: c, cluster: {server: "https://s", certificate-authority: ca.pem}}]\nusers: [{name: u, user: {token: second}}]\n');
    writeFileSync(join(folder, 'two', 'ca.pem'), 'CA');
    const merged = loadKubeconfig([join(folder, 'one', 'config'), join(folder, 'absent'), join(folder, 'two', 'config')]);
    const { transport, contextName, namespace } = connectionOf(merged, { clock, environment: {} });
    expect([transport.server, transport.certificateAuthority, contextName, namespace]).toEqual(['https://s', 'CA', 'x', 'default']);
    expect(await transport.credentials?.headers()).toEqual({ authorization: 'Bearer first' });
  });

  test('that are named must exist', () => {
    expect(() => loadKubeconfig([join(folder, 'absent')], { mustExist: true })).toThrow(/no such file or directory/);
  });

  test.each(['a: [', '- list', 'kind: Pod'])('that are none are refused: %s', (text) => {
    expect(() => parseKubeconfig(text, at())).toThrow(/error loading config file "config"/);
  });
});

describe('a context', () => {
  test('names a server, how to know it, and a namespace', () => {
    expect(connect('{}', `server: https://s, certificate-authority-data: ${base64('CA')}, tls-server-name: other`)).toMatchObject({ namespace: 'prod', contextName: 'main', transport: { server: 'https://s', certificateAuthority: 'CA', tlsServerName: 'other' } });
  });

  const users: [string, string, object][] = [
    ['a token', '{token: t}', { authorization: 'Bearer t' }],
    ['a name and a password', '{username: me, password: 123}', { authorization: `Basic ${base64('me:123')}` }],
    ['nothing', '{}', {}],
    ['whom it stands for', '{token: t, as: bob, as-groups: [a, b], as-uid: "7", as-user-extra: {a/b: [c, d]}}', { authorization: 'Bearer t', 'impersonate-user': 'bob', 'impersonate-group': ['a', 'b'], 'impersonate-uid': '7', 'impersonate-extra-a%2Fb': ['c', 'd'] }],
  ];
  test.each(users)('a user proves itself with %s', async (_name, user, headers) => {
    expect(await connect(user).transport.credentials?.headers()).toEqual(headers);
  });

  test('a user proves itself with a certificate', async () => {
    const { credentials } = connect(`{client-certificate-data: ${base64('CERT')}, client-key-data: ${base64('KEY')}}`).transport;
    expect(await credentials?.certificate?.()).toEqual({ cert: 'CERT', key: 'KEY' });
  });

  const refused: [string, () => unknown, RegExp][] = [
    ['a context that is not there', () => connect('{}', undefined, 'x'), /context "x" does not exist/],
    ['a cluster that is not there', () => connect('{}', undefined, 'lost'), /cluster "nowhere" does not exist/],
    ['no server', () => connect('{}', 'x: y'), /no server defined/],
    ['a proxy', () => connect('{}', 'server: https://s, proxy-url: http://p'), /proxy-url is not supported/],
    ['an authority for a server that is not checked', () => connect('{}', `server: https://s, insecure-skip-tls-verify: true, certificate-authority-data: ${base64('x')}`), /insecure flag is not allowed/],
    ['a certificate without a key', () => connect(`{client-certificate-data: ${base64('x')}}`), /must be given together/],
    ['a file that is not there', () => connect('{client-certificate: nope.pem, client-key: k}'), /unable to read client-certificate .*nope\.pem/],
    ['groups without a user to stand for', () => connect('{as-groups: [a]}'), /without impersonating a user/],
    ['an auth-provider', () => connect('{auth-provider: {name: gcp}}'), /auth-provider/],
    ['an exec plugin of an unknown version', () => connect('{exec: {command: c, apiVersion: client.authentication.k8s.io/v9}}'), /invalid apiVersion/],
  ];
  test.each(refused)('%s is refused', (_name, call, message) => {
    expect(call).toThrow(message);
  });
});

describe('a token file', () => {
  test('is read again after a minute, and when the server refuses the token', async () => {
    const file = join(folder, 'token');
    writeFileSync(file, 'one\n');
    const { credentials } = connect('{tokenFile: token}').transport;
    const bearer = async () => (await credentials?.headers())?.['authorization'];
    expect(await bearer()).toBe('Bearer one');
    writeFileSync(file, 'two\n');
    expect(await bearer()).toBe('Bearer one');
    await clock.advance(60_000);
    const headers = await credentials?.headers();
    expect(headers).toEqual({ authorization: 'Bearer two' });
    writeFileSync(file, 'three\n');
    expect(credentials?.refused(headers)).toBe(true);
    expect(await bearer()).toBe('Bearer three');
  });

  test('and its neighbours tell a pod how to reach its cluster', async () => {
    writeFileSync(join(folder, 'token'), 'pod-token');
    writeFileSync(join(folder, 'ca.crt'), 'CA');
    writeFileSync(join(folder, 'namespace'), 'mine\n');
    const { transport, namespace } = inClusterConnection({ clock, host: 'fd00::1', port: '443', folder });
    expect([transport.server, transport.certificateAuthority, namespace]).toEqual(['https://[fd00::1]:443', 'CA', 'mine']);
    expect(await transport.credentials?.headers()).toEqual({ authorization: 'Bearer pod-token' });
    expect(() => inClusterConnection({ clock, host: undefined, port: '443' })).toThrow(/KUBERNETES_SERVICE_HOST/);
  });
});

describe('an exec plugin', () => {
  /** Writes a plugin that counts its runs in a file and prints `output`. */
  function plugin(name: string, output: string): () => number {
    const runs = join(folder, `${name}.runs`);
    writeFileSync(join(folder, name), `#!/bin/sh\necho x >> ${runs}\n${output}\n`);
    chmodSync(join(folder, name), 0o755);
    return () => readFileSync(runs, 'utf8').length / 2;
  }
  const exec = (name: string, more = ''): string => `{exec: {apiVersion: client.authentication.k8s.io/v1, command: ./${name}, interactiveMode: Never${more}}}`;
  const credential = (status: object): string => JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status });

  test('gives a token that is kept until it expires', async () => {
    const expirationTimestamp = new Date(clock.now() + 60_000).toISOString();
    const runs = plugin('gives', `echo '${credential({ token: 't', expirationTimestamp })}'`);
    const { credentials } = connect(exec('gives')).transport;
    const many = await Promise.all([credentials?.headers(), credentials?.headers(), credentials?.certificate?.()]);
    expect([many, runs()]).toEqual([[{ authorization: 'Bearer t' }, { authorization: 'Bearer t' }, undefined], 1]);
    await clock.advance(60_000);
    await credentials?.headers();
    expect(runs()).toBe(2);
  });

  test('is asked again when the server refuses what it gave', async () => {
    const runs = plugin('refused', `echo '${credential({ token: 't' })}'`);
    const { credentials } = connect(exec('refused')).transport;
    const first = await credentials?.headers();
    expect(credentials?.refused(first)).toBe(true);
    await credentials?.headers();
    // A second refusal of the same headers is old news.
    expect(credentials?.refused(first)).toBe(true);
    await credentials?.headers();
    expect(runs()).toBe(2);
  });

  test('gets its arguments, environment and the cluster, and may give a certificate', async () => {
    plugin('cert', `printf '%s' "$1 $OWN $INHERITED $KUBERNETES_EXEC_INFO" > ${join(folder, 'seen')}\necho '${credential({ clientCertificateData: 'C', clientKeyData: 'K' })}'`);
    const { credentials } = connect(exec('cert', ', args: [arg], env: [{name: OWN, value: mine}], provideClusterInfo: true')).transport;
    expect(await credentials?.certificate?.()).toEqual({ cert: 'C', key: 'K' });
    const [, own, inherited, info] = /^arg (\S+) (\S+) (.*)$/.exec(readFileSync(join(folder, 'seen'), 'utf8')) ?? [];
    expect([own, inherited, JSON.parse(info ?? '')]).toEqual(['mine', 'yes', { kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1', spec: { interactive: false, cluster: { server: 'https://example.com:6443' } } }]);
  });

  test.each([
    ['fails', 'echo "not logged in" >&2; exit 3', /exit code 3: not logged in/],
    ['prints', 'echo hello', /decoding stdout/],
    ['empty', `echo '${credential({})}'`, /didn't return a token/],
    ['half', `echo '${credential({ clientCertificateData: 'C' })}'`, /not both/],
    ['version', `echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","status":{"token":"t"}}'`, /configured to use API version/],
  ])('that %s is an error in words', async (name, output, message) => {
    plugin(name, output);
    await expect(connect(exec(name)).transport.credentials?.headers()).rejects.toThrow(message);
  });

  test('that is not installed says how to install it', async () => {
    await expect(connect(exec('absent', ', installHint: "get it from example.com"')).transport.credentials?.headers()).rejects.toThrow(/absent failed: [\s\S]*get it from example\.com/);
  });
});
