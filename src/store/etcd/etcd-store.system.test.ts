import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as realTime } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../machinery/clock.ts';
import { UnavailableError, UncertainError } from '../errors.ts';
import { describeStore } from '../store.contract.ts';
import { prefixRange } from '../store.ts';
import type { Store } from '../store.ts';
import { EtcdServer } from './etcd-server.fixture.ts';
import type { ServerTls } from './etcd-server.fixture.ts';
import { open } from './etcd-store.ts';

let server: EtcdServer;
let tests = 0;
beforeAll(async () => {
  server = await EtcdServer.start();
}, 60_000);
afterAll(() => server.dispose());

function openForTest(timeoutMs?: number): Promise<Store> {
  return open({ endpoints: [server.endpoint], clock: systemClock, prefix: `/test-${++tests}`, ...(timeoutMs !== undefined && { timeoutMs }) });
}

async function put(store: Store, key: string, value: string): Promise<number> {
  const result = await store.commit({ compares: [], operations: [{ type: 'put', key, value: Buffer.from(value) }] });
  if (!result.ok) throw new Error('a compare failed');
  return result.revision;
}

/** Watches, and resolves with the keys told of as soon as the revision that was named is reached. */
function watchUntil(store: Store): { reaches(revision: number): Promise<string[]> } {
  const keys: string[] = [];
  let reached = 0;
  let wanted = Infinity;
  const { promise, resolve, reject } = Promise.withResolvers<string[]>();
  // The event of a write may come before the write's own answer, which says what to wait for.
  const check = (): void => {
    if (reached < wanted) return;
    watch.cancel();
    resolve(keys);
  };
  const watch = store.watch(prefixRange('/k'), {
    onEvents: (events, revision) => {
      keys.push(...events.map((event) => `${event.type} ${event.key}`));
      reached = revision;
      check();
    },
    onProgress: () => undefined,
    onEnd: reject,
  });
  return {
    reaches(revision) {
      wanted = revision;
      check();
      return promise;
    },
  };
}

describeStore('the etcd store keeps the contract', async () => {
  const store = await openForTest();
  return { store, elapse: (ms) => realTime(ms), dispose: () => store.close() };
}, { ttlSeconds: 4, runs: 15, timeoutMs: 60_000 });

describe('when etcd is away', () => {
  test('calls fail as unavailable, and a watch goes on where it was when etcd is back', async () => {
    const store = await openForTest(1_000);
    const told = watchUntil(store);
    await put(store, '/k/a', '1');
    await server.kill();
    await expect(store.get('/k/a')).rejects.toBeInstanceOf(UnavailableError);
    const error: unknown = await put(store, '/k/b', '1').catch((reason: unknown) => reason);
    expect(error instanceof UnavailableError || error instanceof UncertainError).toBe(true);
    await server.run();
    const other = await open({ endpoints: [server.endpoint], clock: systemClock, prefix: `/test-${tests}` });
    await put(other, '/k/c', '1');
    const last = await put(other, '/k/d', '1');
    expect(await told.reaches(last)).toEqual(['put /k/a', 'put /k/c', 'put /k/d']);
    expect(Buffer.from((await store.get('/k/d'))!.value).toString()).toBe('1');
    await put(store, '/k/e', '1');
    await other.close();
    await store.close();
  }, 60_000);

  test('a write that is never answered is uncertain, a read unavailable', async () => {
    const store = await openForTest(1_000);
    await put(store, '/k/a', '1');
    server.pause();
    try {
      await expect(put(store, '/k/b', '1')).rejects.toBeInstanceOf(UncertainError);
      await expect(store.get('/k/a')).rejects.toBeInstanceOf(UnavailableError);
    } finally {
      server.resume();
    }
    await store.close();
  }, 60_000);

  test('opening fails as unavailable', async () => {
    await expect(open({ endpoints: ['http://127.0.0.1:1'], clock: systemClock, timeoutMs: 500 })).rejects.toBeInstanceOf(UnavailableError);
  });
});

test('stores with different prefixes do not see each other', async () => {
  const [one, two] = [await openForTest(), await openForTest()];
  await put(one, '/k/a', 'one');
  expect(await two.get('/k/a')).toBeUndefined();
  expect((await two.list(prefixRange('/k'))).count).toBe(0);
  expect((await one.list(prefixRange('/k'))).entries.map((entry) => entry.key)).toEqual(['/k/a']);
  await one.close();
  await two.close();
});

test('over TLS, only who shows a certificate of the trusted authority comes in', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'steersman-tls-'));
  const tls = await makeCertificates(folder);
  const secure = await EtcdServer.start(tls);
  try {
    const store = await open({ endpoints: [secure.endpoint], tls: tls.client, clock: systemClock });
    const revision = await put(store, '/k/a', '1');
    expect((await store.get('/k/a'))?.modRevision).toBe(revision);
    await store.close();
    const uncertified = open({ endpoints: [secure.endpoint], tls: { ca: tls.client.ca }, clock: systemClock, timeoutMs: 1_000 });
    await expect(uncertified).rejects.toBeInstanceOf(UnavailableError);
  } finally {
    await secure.dispose();
    await rm(folder, { recursive: true });
  }
}, 60_000);

/** An authority, and one certificate of it that both sides use. */
async function makeCertificates(folder: string): Promise<ServerTls> {
  const openssl = (...words: string[]): Promise<unknown> => promisify(execFile)('openssl', words, { cwd: folder });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await openssl('req', '-x509', ...key, '-days', '2', '-subj', '/CN=test-authority', '-keyout', 'ca.key', '-out', 'ca.crt');
  await openssl('req', ...key, '-subj', '/CN=127.0.0.1', '-keyout', 'both.key', '-out', 'both.csr');
  await writeFile(path.join(folder, 'both.ext'), 'subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n');
  await openssl('x509', '-req', '-in', 'both.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'both.ext', '-out', 'both.crt');
  const file = (name: string): string => path.join(folder, name);
  const [ca, cert, clientKey] = await Promise.all(['ca.crt', 'both.crt', 'both.key'].map((name) => readFile(file(name))));
  return { caFile: file('ca.crt'), certFile: file('both.crt'), keyFile: file('both.key'), client: { ca: ca!, cert: cert!, key: clientKey! } };
}
