import { afterEach, describe, expect, test } from 'vitest';
import type { ConfigMap } from '../../api/types/generated/core-v1.ts';
import { LoopCluster } from '../loop-cluster.contract.ts';

const PATH = '/api/v1/namespaces/default/configmaps/kube-root-ca.crt';

describe('the certificates that pods know the API server by', () => {
  let loops: LoopCluster | undefined;
  afterEach(() => loops?.close());

  test('are published in every namespace, and restored; labels are left to those who put them there', async () => {
    loops = await LoopCluster.open(['root-ca-certificate-publisher-controller'], { rootCertificates: 'PEM' });
    await loops.create('/api/v1/namespaces', { metadata: { name: 'shop' } });
    await loops.settle();
    expect((await loops.get<ConfigMap>('/api/v1/namespaces/shop/configmaps/kube-root-ca.crt'))?.data).toEqual({ 'ca.crt': 'PEM' });
    await loops.merge(PATH, { data: { 'ca.crt': 'x', other: 'y' }, metadata: { labels: { a: 'b' }, annotations: null } });
    await loops.settle();
    const restored = await loops.get<ConfigMap>(PATH);
    expect([restored?.data, restored?.metadata.labels, Object.keys(restored?.metadata.annotations ?? {})]).toEqual([{ 'ca.crt': 'PEM' }, { a: 'b' }, ['kubernetes.io/description']]);
    await loops.delete(PATH);
    await loops.settle();
    expect(await loops.get(PATH)).toBeDefined();
    expect(loops.log).toEqual([]);
  });

  test('are not made up when none are known', async () => {
    loops = await LoopCluster.open(['root-ca-certificate-publisher-controller']);
    expect(await loops.get(PATH)).toBeUndefined();
  });
});
