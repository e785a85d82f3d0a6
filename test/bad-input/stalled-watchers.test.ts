import { connect, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { credentials, RawClient } from '../support/raw-client.ts';
import { startTestCluster, type TestCluster } from '../support/cluster.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const SESSIONS = 10;
const STREAMS_PER_SESSION = 100;
const OBJECT_BYTES = 20_000;
const WRITES = 400;
const MEGABYTE = 1024 * 1024;

let cluster: TestCluster;
let client: RawClient;
const sessions: ClientHttp2Session[] = [];

beforeAll(async () => {
  cluster = await startTestCluster();
  client = new RawClient(cluster);
});

afterAll(async () => {
  for (const session of sessions) session.destroy();
  client.close();
  expect(cluster.log).toEqual([]);
  await cluster.close();
});

/** A watch of which nothing is read once it is answered. */
function stalledWatch(session: ClientHttp2Session): Promise<ClientHttp2Stream> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':path': `${CONFIG_MAPS}?watch=true` });
    stream.on('error', reject);
    stream.once('response', (headers) => {
      stream.off('error', reject).on('error', () => undefined).pause();
      if (headers[':status'] === 200) resolve(stream);
      else reject(new Error(`watch answered with ${headers[':status']}`));
    });
    stream.end();
  });
}

test('1,000 watchers that stop reading hold up nobody, and memory stays bounded', async () => {
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'large' }, data: { a: 'x'.repeat(OBJECT_BYTES) } });
  await client.ok({ path: CONFIG_MAPS, body });
  for (let i = 0; i < SESSIONS; i++) {
    const session = connect(cluster.url, { ...credentials(cluster), settings: { initialWindowSize: 65_535 } });
    session.on('error', () => undefined);
    sessions.push(session);
    await Promise.all(Array.from({ length: STREAMS_PER_SESSION }, () => stalledWatch(session)));
  }
  const before = process.memoryUsage().rss;
  for (let i = 0; i < WRITES; i++) {
    await client.ok({ method: 'PUT', path: `${CONFIG_MAPS}/large`, body: body.replace('"x', `"${i % 10}`) });
  }
  // Unbounded, every watcher would be owed its own 8 MB.
  expect(process.memoryUsage().rss - before).toBeLessThan(500 * MEGABYTE);
  const fresh = await client.send({ path: `${CONFIG_MAPS}?watch=true&timeoutSeconds=1&resourceVersion=0` });
  expect(fresh.text).toMatch(/^\{"type":"ADDED"/);
  expect((await client.send({ path: '/readyz' })).text).toBe('ok');

  // What they were not sent until the end, they are not sent at the end either.
  cluster.server.close();
  expect(process.memoryUsage().rss - before).toBeLessThan(500 * MEGABYTE);
});
