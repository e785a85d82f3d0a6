import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, describe, expect, test } from 'vitest';
import { parseFlags, UsageError, type CommandContext } from './command.ts';
import { SERVER_FLAGS } from './server-flags.ts';
import { accessWebhooks, type AccessWebhooks } from './webhook-flags.ts';

const cwd = mkdtempSync(join(tmpdir(), 'steersman-flags-'));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));
const context = { cwd, env: {}, stdout: new PassThrough(), stderr: new PassThrough() } as unknown as CommandContext;

const kubeconfig = JSON.stringify({
  clusters: [{ name: 'c', cluster: { server: 'https://hook.example:8443/ask', 'certificate-authority-data': Buffer.from('CA').toString('base64'), 'tls-server-name': 'other.example' } }],
  users: [{ name: 'u', user: { token: 'secret' } }],
  contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
  'current-context': 'x',
});
writeFileSync(join(cwd, 'hook.kubeconfig'), kubeconfig);

function read(...args: string[]): Promise<AccessWebhooks> {
  return accessWebhooks(parseFlags(args, SERVER_FLAGS).values, context);
}

const configuration = (webhook: object, more: readonly object[] = []): string =>
  JSON.stringify({ apiVersion: 'apiserver.config.k8s.io/v1', kind: 'AuthorizationConfiguration', authorizers: [{ type: 'Webhook', name: 'first', webhook }, ...more] });
const webhook = { subjectAccessReviewVersion: 'v1', failurePolicy: 'Deny', timeout: '3s', authorizedTTL: '1m', connectionInfo: { type: 'KubeConfigFile', kubeConfigFile: 'hook.kubeconfig' }, matchConditions: [{ expression: "request.user == 'jane'" }] };

describe('the flags about access', () => {
  test('by default, what the cluster stores decides', async () => {
    expect(await read()).toEqual({ authorizationModes: ['Node', 'RBAC'] });
  });

  test('webhooks are reached as their kubeconfigs say', async () => {
    const { authorizationModes, tokenWebhook } = await read('--authorization-mode=Webhook,RBAC', '--authorization-webhook-config-file=hook.kubeconfig', '--authorization-webhook-cache-authorized-ttl=0s', '--authentication-token-webhook-config-file=hook.kubeconfig', '--authentication-token-webhook-version=v1');
    expect(authorizationModes).toMatchObject([{ name: 'Webhook', version: 'v1beta1', authorizedTtlMs: 0, unauthorizedTtlMs: 30_000, target: { url: 'https://hook.example:8443/ask', host: 'hook.example', port: 8443, path: '/ask', certificateAuthority: 'CA', serverName: 'other.example' } }, 'RBAC']);
    expect(tokenWebhook).toMatchObject({ version: 'v1', cacheTtlMs: 120_000 });
    expect(await tokenWebhook?.target.headers?.()).toEqual({ authorization: 'Bearer secret' });
  });

  test('an AuthorizationConfiguration names several, in their order', async () => {
    writeFileSync(join(cwd, 'authz.yaml'), configuration(webhook, [{ type: 'Node', name: 'node' }, { type: 'Webhook', name: 'second', webhook: { ...webhook, failurePolicy: 'NoOpinion', cacheUnauthorizedRequests: false } }]));
    const { authorizationModes } = await read('--authorization-config=authz.yaml');
    expect(authorizationModes).toMatchObject([{ name: 'first', failurePolicy: 'Deny', timeoutMs: 3000, authorizedTtlMs: 60_000, matchConditions: ["request.user == 'jane'"] }, 'Node', { name: 'second', failurePolicy: 'NoOpinion', unauthorizedTtlMs: 0 }]);
  });

  test.each([
    [['--authorization-mode=Webhook'], "authorization-mode Webhook's authorization config file not passed"],
    [['--authorization-webhook-config-file=hook.kubeconfig'], 'cannot specify --authorization-webhook-config-file without mode Webhook'],
    [['--authorization-mode=Nobody'], '--authorization-mode knows Node, RBAC, AlwaysAllow, AlwaysDeny, Webhook, not "Nobody"'],
    [['--authentication-token-webhook-config-file=absent'], `--authentication-token-webhook-config-file: stat ${join(cwd, 'absent')}: no such file or directory`],
    [['--authorization-mode=Webhook', '--authorization-webhook-config-file=hook.kubeconfig', '--authorization-webhook-version=v2'], '--authorization-webhook-version takes v1 or v1beta1, not "v2"'],
  ])('%j', async (args, message) => {
    await expect(read(...args)).rejects.toThrow(new UsageError(message));
  });

  test.each([
    ['nothing', '{}', 'expected an AuthorizationConfiguration of apiserver.config.k8s.io/v1'],
    ['an unknown type', configuration(webhook, [{ type: 'Magic', name: 'x' }]), 'authorizers[1].type: Unsupported value: "Magic": supported values: "Node", "RBAC", "AlwaysAllow", "AlwaysDeny", "Webhook"'],
    ['one name twice', configuration(webhook, [{ type: 'Webhook', name: 'first', webhook }]), 'authorizers[1]: Duplicate value: "first"'],
    ['no failure policy', configuration({ ...webhook, failurePolicy: undefined }), 'authorizers[0].webhook.failurePolicy: Required value'],
    ['a timeout beyond bounds', configuration({ ...webhook, timeout: '40s' }), 'authorizers[0].webhook.timeout: Invalid value: must be > 0s and <= 30s'],
    ['an expression that is none', configuration({ ...webhook, matchConditions: [{ expression: 'request.user' }] }), 'authorizers[0].webhook.matchConditions[0].expression: Invalid value: "request.user": must evaluate to bool but got string'],
  ])('an AuthorizationConfiguration with %s is refused', async (_name, text, message) => {
    writeFileSync(join(cwd, 'wrong.yaml'), text);
    await expect(read('--authorization-config=wrong.yaml')).rejects.toThrow(`--authorization-config: ${message}`);
  });
});
