import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ConfigMap } from '../../api/types/generated/core-v1.ts';
import { LoopCluster } from '../loop-cluster.contract.ts';

const SECRETS = '/api/v1/namespaces/kube-system/secrets';
const MAPS = '/api/v1/namespaces/kube-public/configmaps';

describe('tokens that nodes join by', () => {
  let loops: LoopCluster;
  beforeEach(async () => {
    loops = await LoopCluster.open(['bootstrap-signer-controller', 'token-cleaner-controller']);
  });
  afterEach(() => loops.close());

  const token = (id: string, more: Record<string, string> = {}): Promise<unknown> =>
    loops.create(SECRETS, { metadata: { name: `bootstrap-token-${id}` }, type: 'bootstrap.kubernetes.io/token', stringData: { 'token-id': id, 'token-secret': '0123456789abcdef', 'usage-bootstrap-signing': 'true', ...more } });
  const inMs = (ms: number): string => new Date(loops.clock.now() + ms).toISOString().replace(/\.\d+/, '');
  const signatures = async (): Promise<Record<string, string>> => {
    const { kubeconfig: _, ...data } = (await loops.get<ConfigMap>(`${MAPS}/cluster-info`))?.data ?? {};
    return data;
  };

  test('sign what tells of the cluster, as long as they may', async () => {
    await loops.create(MAPS, { metadata: { name: 'cluster-info' }, data: { kubeconfig: 'text', 'jws-kubeconfig-gone00': 'x' } });
    await token('aaaaaa');
    await token('bbbbbb', { 'usage-bootstrap-signing': 'false' });
    await token('cccccc', { expiration: inMs(60_000) });
    await loops.settle();
    expect(Object.keys(await signatures()).toSorted()).toEqual(['jws-kubeconfig-aaaaaa', 'jws-kubeconfig-cccccc']);
    const [header = '', payload, signature] = ((await signatures())['jws-kubeconfig-aaaaaa'] ?? '').split('.');
    expect([JSON.parse(Buffer.from(header, 'base64url').toString()), payload]).toEqual([{ alg: 'HS256', kid: 'aaaaaa' }, '']);
    expect(signature).toBe(createHmac('sha256', '0123456789abcdef').update(`${header}.${Buffer.from('text').toString('base64url')}`).digest('base64url'));
    await loops.settle(61_000);
    expect(Object.keys(await signatures())).toEqual(['jws-kubeconfig-aaaaaa']);
    await loops.delete(`${SECRETS}/bootstrap-token-aaaaaa`);
    await loops.settle();
    expect(await signatures()).toEqual({});
    expect(loops.log).toEqual([]);
  });

  test('are deleted when their time is over', async () => {
    await token('aaaaaa', { expiration: inMs(60_000) });
    await token('bbbbbb');
    await loops.settle(59_000);
    expect(await loops.names(SECRETS)).toEqual(['bootstrap-token-aaaaaa', 'bootstrap-token-bbbbbb']);
    await loops.settle(2000);
    expect(await loops.names(SECRETS)).toEqual(['bootstrap-token-bbbbbb']);
  });
});
