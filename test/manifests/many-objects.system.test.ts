import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestCluster, type TestCluster } from '../support/cluster.ts';
import { RawClient } from '../support/raw-client.ts';

const COUNT = 10_000;
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

let cluster: TestCluster;
let client: RawClient;

beforeAll(async () => {
  cluster = await startTestCluster();
  client = new RawClient(cluster, 16);
});

afterAll(async () => {
  client.close();
  expect(cluster.log).toEqual([]);
  await cluster.close();
});

function apply(i: number, value: string): Promise<Record<string, unknown>> {
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `object-${i}`, labels: { part: String(i % 10) } }, data: { value } });
  return client.ok({ method: 'PATCH', path: `${CONFIG_MAPS}/object-${i}?fieldManager=loop`, contentType: 'application/apply-patch+yaml', body });
}

async function applyAll(value: string): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < COUNT; i = next++) await apply(i, value);
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

test('10,000 objects are applied, applied again without a write, changed, and listed', async () => {
  await applyAll('first');
  const revision = async (): Promise<unknown> => ((await client.ok({ path: `${CONFIG_MAPS}?limit=1` }))['metadata'] as { resourceVersion: string }).resourceVersion;
  const before = await revision();
  await applyAll('first');
  expect(await revision()).toBe(before);
  await applyAll('second');
  const list = (await client.ok({ path: CONFIG_MAPS }))['items'] as { data: { value: string } }[];
  expect([list.length, list.every((i) => i.data.value === 'second')]).toEqual([COUNT, true]);
  const part = (await client.ok({ path: `${CONFIG_MAPS}?labelSelector=part%3D3&limit=600` })) as { items: unknown[]; metadata: { continue: string } };
  const rest = (await client.ok({ path: `${CONFIG_MAPS}?labelSelector=part%3D3&limit=600&continue=${encodeURIComponent(part.metadata.continue)}` })) as { items: unknown[] };
  expect([part.items.length, rest.items.length]).toEqual([600, 400]);
});
