import { afterEach, describe, expect, test } from 'vitest';
import { startCluster, type Cluster } from '../../src/sdk/testing/index.ts';
import { serveWebhooks } from '../../src/sdk/webhooks/index.ts';
import { keepLocked, labelTeam } from './team-labels.ts';

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

async function inProcess(): Promise<Cluster> {
  const cluster = await startCluster({ admission: [labelTeam, keepLocked] });
  cleanUps.push(() => cluster.stop());
  return cluster;
}

async function overHttps(): Promise<Cluster> {
  const serving = await serveWebhooks({ admission: [labelTeam, keepLocked] });
  const cluster = await startCluster();
  cleanUps.push(() => serving.close(), () => cluster.stop());
  for (const configuration of serving.configurations) {
    const resource = `${(configuration['kind'] as string).toLowerCase()}s`;
    expect((await cluster.request('POST', `/apis/admissionregistration.k8s.io/v1/${resource}`, { body: configuration })).status).toBe(201);
  }
  return cluster;
}

describe.each([['in the process', inProcess], ['over HTTPS', overHttps]] as const)('admission %s', (_where, start) => {
  test('deployments get the label of their team', async () => {
    const cluster = await start();
    await cluster.request('POST', '/api/v1/namespaces', { body: { metadata: { name: 'web-prod' } } });
    const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
    const created = await cluster.request<{ metadata: { labels: object } }>('POST', '/apis/apps/v1/namespaces/web-prod/deployments', { body: { metadata: { name: 'd' }, spec: { selector: { matchLabels: { app: 'a' } }, template } } });
    expect(created.body.metadata.labels).toEqual({ team: 'web' });
    expect(created.headers['warning']).toEqual(['299 - "the label team was set to \\"web\\""']);
  });

  test('a locked config map is its owner’s', async () => {
    const cluster = await start();
    const maps = '/api/v1/namespaces/default/configmaps';
    const user = (name: string) => ({ name, groups: ['system:masters'] });
    await cluster.request('POST', maps, { body: { metadata: { name: 'm', annotations: { 'team.example/locked-by': 'ann' } } } });
    const refused = await cluster.request<{ message: string }>('DELETE', `${maps}/m`, { user: user('bob') });
    expect([refused.status, refused.body.message]).toEqual([403, 'admission webhook "locks.team.example" denied the request: it is locked by ann']);
    expect((await cluster.request('DELETE', `${maps}/m`, { user: user('ann') })).status).toBe(200);
  });
});
