import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LoopCluster } from '../loop-cluster.contract.ts';

describe('the service account of a namespace', () => {
  let loops: LoopCluster;
  beforeEach(async () => {
    loops = await LoopCluster.open(['serviceaccount-controller', 'namespace-controller']);
  });
  afterEach(() => loops.close());

  test('is there in every namespace, new or old', async () => {
    await loops.create('/api/v1/namespaces', { metadata: { name: 'shop' } });
    await loops.settle();
    expect(await loops.get('/api/v1/namespaces/default/serviceaccounts/default')).toBeDefined();
    const account = await loops.get('/api/v1/namespaces/shop/serviceaccounts/default');
    expect(account).toMatchObject({ metadata: { name: 'default', namespace: 'shop' } });
    expect(account?.metadata.managedFields).toBeUndefined();
  });

  test('comes again when it is deleted, but not in a namespace that goes', async () => {
    await loops.delete('/api/v1/namespaces/default/serviceaccounts/default');
    await loops.settle();
    expect(await loops.get('/api/v1/namespaces/default/serviceaccounts/default')).toBeDefined();
    await loops.create('/api/v1/namespaces', { metadata: { name: 'shop' } });
    await loops.settle();
    await loops.delete('/api/v1/namespaces/shop');
    await loops.gone('/api/v1/namespaces/shop');
    expect(loops.log).toEqual([]);
  });
});
