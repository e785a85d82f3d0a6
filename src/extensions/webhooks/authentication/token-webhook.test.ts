import { afterEach, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../machinery/virtual-clock.ts';
import { startCluster, type Cluster } from '../../../sdk/testing/cluster.ts';
import type { ClusterOptions } from '../../../sdk/testing/cluster-options.ts';
import { LazyWebhookClient } from '../client/lazy-webhook-client.ts';
import { ReviewCaller } from '../client/review-caller.ts';
import { urlTarget, type WebhookTarget } from '../client/webhook-target.ts';
import { passDelays, WebhookServer, type Answer } from '../webhook-server.test-data.ts';
import { tokenWebhook, type TokenWebhookSettings } from './token-webhook.ts';

const running: (Cluster | WebhookServer)[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});

async function prepare(answer: Answer, settings: Partial<TokenWebhookSettings> = {}, options: ClusterOptions = {}): Promise<{ server: WebhookServer; cluster: Cluster; who(token: string): Promise<string> }> {
  const server = await WebhookServer.start(answer);
  const target: WebhookTarget = { ...urlTarget(`https://127.0.0.1:${server.port}/token`), certificateAuthority: server.ca.cert, headers: () => Promise.resolve({ authorization: 'Bearer of-the-server' }) };
  const cluster = await startCluster({ ...options, tokenWebhook: { target, version: 'v1', ...settings } });
  running.push(cluster, server);
  const who = async (token: string): Promise<string> => {
    const { status, body } = await cluster.request<{ status?: { userInfo: { username: string } } }>('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { body: {}, headers: { authorization: `Bearer ${token}` } });
    return status === 201 ? (body.status?.userInfo.username ?? '') : String(status);
  };
  return { server, cluster, who };
}

const jane: Answer = ({ body }) => ({ kind: 'TokenReview', apiVersion: body.apiVersion as string, status: body.spec.token === 'good' ? { authenticated: true, user: { username: 'jane', uid: '7', groups: ['dev'], extra: { k: ['v'] } } } : { authenticated: false } });

describe('a token webhook', () => {
  test('says whose a token is, and is asked once while its answer is kept', async () => {
    const clock = new VirtualClock();
    const { server, who } = await prepare(jane, { cacheTtlMs: 60_000 }, { clock });
    expect(await who('good')).toBe('jane');
    expect(await who('bad')).toBe('401');
    expect([await who('good'), await who('bad')]).toEqual(['jane', '401']);
    expect(server.received.map(({ path, body }) => [path, body.apiVersion, body.kind, body.spec])).toEqual([
      ['/token', 'authentication.k8s.io/v1', 'TokenReview', { token: 'good', audiences: ['https://kubernetes.default.svc'] }],
      ['/token', 'authentication.k8s.io/v1', 'TokenReview', { token: 'bad', audiences: ['https://kubernetes.default.svc'] }],
    ]);
    await clock.advance(60_000);
    expect(await who('good')).toBe('jane');
    expect(server.received).toHaveLength(3);
  });

  test('is asked once for several requests at a time', async () => {
    const { server, who } = await prepare(jane);
    expect(await Promise.all([who('good'), who('good'), who('good')])).toEqual(['jane', 'jane', 'jane']);
    expect(server.received).toHaveLength(1);
  });

  test('must answer for the audience of the server', async () => {
    const answer = (audiences: string[]): Answer => ({ body }) => ({ kind: 'TokenReview', apiVersion: body.apiVersion as string, status: { authenticated: true, audiences, user: { username: 'jane' } } });
    const { server, who } = await prepare(answer(['https://elsewhere']), { cacheTtlMs: 0 });
    expect(await who('good')).toBe('401');
    server.answer = answer(['https://elsewhere', 'https://kubernetes.default.svc']);
    expect(await who('good')).toBe('jane');
  });

  test('that fails is asked again, ever later, and then nobody is let in; failures are not kept', async () => {
    const clock = new VirtualClock();
    const server = await WebhookServer.start((_review, response) => void response.writeHead(500).end());
    running.push(server);
    const client = new LazyWebhookClient({ clock, resolver: { resolve: () => Promise.reject(new Error('none')) } });
    const target = { ...urlTarget(`https://127.0.0.1:${server.port}/token`), certificateAuthority: server.ca.cert };
    const tokens = tokenWebhook({ target, caller: new ReviewCaller({ client, clock, random: () => 0 }), clock, apiAudiences: [] });
    let answered = false;
    const asking = Promise.resolve(tokens.authenticateToken('good', [])).finally(() => (answered = true));
    const begun = clock.now();
    await passDelays(clock, 10_000, () => answered);
    expect(await asking).toEqual({ type: 'rejected', reason: 'an error on the server ("") has prevented the request from succeeding' });
    expect([server.received.length, clock.now() - begun]).toEqual([5, 500 + 750 + 1125 + 1687.5]);
    server.answer = jane;
    expect(await tokens.authenticateToken('good', [])).toMatchObject({ type: 'authenticated', user: { name: 'jane' } });
    client.close();
  });

  test('other failures are not tried again, and other tokens go on', async () => {
    const { server, cluster, who } = await prepare((_review, response) => void response.writeHead(404).end(), {}, { tokens: 'known,joe,1' });
    expect(await who('good')).toBe('401');
    expect(server.received).toHaveLength(1);
    expect(await who('known')).toBe('joe');
    const review = await cluster.request<{ status: { error: string } }>('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { body: { spec: { token: 'good' } } });
    expect(review.body.status.error).toContain('the server could not find the requested resource');
  });
});
