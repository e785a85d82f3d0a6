import { execFile } from 'node:child_process';
import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startServer, type Answer, type ServerChild } from './server-child.fixture.ts';
import { seenIn, textOf, type ConfigMap, type Seen } from './written-objects.fixture.ts';

const run = promisify(execFile);

const NAMESPACE = 'full';
const COLLECTION = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
const WRITERS = 8;

test('a full disk refuses writes with a Status of 503, goes on answering reads, and loses nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'steersman-full-'));
  await run('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', folder]);
  let server: ServerChild | undefined;
  try {
    server = await startServer(folder);
    expect((await server.send('POST', '/api/v1/namespaces', { metadata: { name: NAMESPACE } })).status).toBe(201);
    const { acknowledged, refusals } = await writeUntilRefused(server);
    expect(acknowledged.size).toBeGreaterThan(200);
    for (const refusal of refusals) {
      expect(refusal.status).toBe(503);
      expect(refusal.body).toMatchObject({ kind: 'Status', status: 'Failure', reason: 'ServiceUnavailable', code: 503, message: expect.stringContaining('the store takes no more writes') });
    }
    expect(await objectsOf(server)).toEqual(acknowledged);
    const [name = ''] = acknowledged.keys();
    expect((await server.send('GET', `${COLLECTION}/${name}`)).status).toBe(200);
    expect((await server.send('DELETE', `${COLLECTION}/${name}`)).status).toBe(503);
    await server.kill();

    await run('mount', ['-o', 'remount,size=64m', folder]);
    server = await startServer(folder);
    expect(await objectsOf(server)).toEqual(acknowledged);
    expect((await server.send('POST', COLLECTION, configMap('more', 1))).status).toBe(201);
  } finally {
    await server?.stop();
    // Lazily: when the test fails the server may still hold files.
    await run('umount', ['--lazy', folder]);
    await rmdir(folder);
  }
}, 120_000);

function configMap(name: string, serial: number): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { serial: String(serial), text: textOf(serial) } };
}

/** Each writer goes on until it is refused. */
async function writeUntilRefused(server: ServerChild): Promise<{ acknowledged: Map<string, Seen>; refusals: Answer[] }> {
  const acknowledged = new Map<string, Seen>();
  const refusals: Answer[] = [];
  const write = async (writer: number): Promise<void> => {
    for (let serial = 1; ; serial++) {
      const name = `object-${writer}-${serial}`;
      const answer = await server.send('POST', COLLECTION, configMap(name, serial));
      if (answer.status !== 201) {
        refusals.push(answer);
        return;
      }
      acknowledged.set(name, seenIn(answer.body as unknown as ConfigMap));
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
  return { acknowledged, refusals };
}

async function objectsOf(server: ServerChild): Promise<Map<string, Seen>> {
  const { items } = (await server.send('GET', COLLECTION)).body as unknown as { items: ConfigMap[] };
  return new Map(items.map((item) => [item.metadata.name, seenIn(item)]));
}
