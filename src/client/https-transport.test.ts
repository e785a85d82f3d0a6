import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../machinery/clock.ts';
import { listen, openApiServer } from '../sdk/cluster/api-server-process.ts';
import type { ApiServer } from '../server/api-server.ts';
import { generateClusterCertificates, servingHosts, type ClusterCertificates } from '../server/certificates/cluster-certificates.ts';
import { kubeconfigText } from '../server/certificates/kubeconfig.ts';
import type { HttpsServer } from '../server/http/https-server.ts';
import { MemoryStore } from '../store/memory/memory-store.ts';
import { BUILTIN } from './builtin-resources.ts';
import { Client } from './client.ts';
import { fixedCredentials, type Credentials } from './credentials.ts';
import { HttpsTransport, type HttpsTransportOptions } from './https-transport.ts';
import { connectionOf } from './kubeconfig/connection.ts';
import { parseKubeconfig } from './kubeconfig/kubeconfig.ts';
import { TransportError } from './transport.ts';

describe('the HTTPS transport, against the API server on its port', () => {
  let certificates: ClusterCertificates;
  let store: MemoryStore;
  let server: ApiServer;
  let https: HttpsServer;
  let url: string;
  const transports: HttpsTransport[] = [];

  beforeAll(async () => {
    certificates = generateClusterCertificates(servingHosts(), Date.now());
    store = new MemoryStore({ clock: systemClock });
    server = await openApiServer({ store, certificates, tokenFile: 'secret-token,alice,uid-1,"system:masters"\n' });
    const listening = await listen(server, certificates, { port: 0, host: '127.0.0.1' });
    https = listening.https;
    url = `https://127.0.0.1:${listening.port}`;
  });
  afterAll(async () => {
    for (const transport of transports) transport.close();
    await https.close();
    server.close();
    await store.close();
  });

  function connect(options: Partial<HttpsTransportOptions> = {}): Client {
    const transport = new HttpsTransport({ server: url, certificateAuthority: certificates.ca.cert, credentials: fixedCredentials({ certificate: certificates.admin }), ...options });
    transports.push(transport);
    return new Client({ transport, clock: systemClock });
  }

  test('proves who it is with a certificate', async () => {
    const review = await connect().resource({ group: 'authentication.k8s.io', version: 'v1', resource: 'selfsubjectreviews', namespaced: false }).create({ apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview', metadata: {} });
    expect(review).toMatchObject({ status: { userInfo: { username: 'kubernetes-admin' } } });
  });

  test('is what a kubeconfig leads to', async () => {
    const text = kubeconfigText({ server: url, ca: certificates.ca.cert, client: certificates.admin, namespace: 'kube-system' });
    const { transport, namespace } = connectionOf(parseKubeconfig(text, { file: 'config', folder: '/' }), { clock: systemClock, environment: {} });
    const found = await connect(transport).resource(BUILTIN.namespaces).get(namespace);
    expect(found.metadata.name).toBe('kube-system');
  });

  test('proves who it is with a token, and stands for another', async () => {
    const credentials = fixedCredentials({ token: 'secret-token', headers: { 'impersonate-user': 'bob', 'impersonate-group': ['one', 'system:authenticated'] } });
    const client = connect({ credentials });
    await expect(client.resource(BUILTIN.nodes).list()).rejects.toMatchObject({ code: 403, message: expect.stringContaining('User "bob" cannot list resource "nodes"') as string });
  });

  test('does not speak to a server whose certificate it does not know', async () => {
    const { ca } = generateClusterCertificates(['x'], Date.now());
    await expect(connect({ certificateAuthority: ca.cert }).json({ method: 'GET', path: '/version' })).rejects.toThrow(TransportError);
    await expect(connect({ tlsServerName: 'elsewhere.example' }).json({ method: 'GET', path: '/version' })).rejects.toThrow(TransportError);
  });

  test('reads a list that comes compressed, and follows a watch', async () => {
    const maps = connect().resource(BUILTIN.configMaps).inNamespace('default');
    for (let i = 0; i < 3; i++) await maps.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `big-${i}` }, data: { x: 'x'.repeat(100_000) } });
    expect((await maps.list()).items).toHaveLength(3);
    const abort = new AbortController();
    const watch = await maps.watch({ sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan', signal: abort.signal });
    const seen: string[] = [];
    await expect(
      (async () => {
        for await (const event of watch) {
          seen.push(event.type);
          if (event.type === 'BOOKMARK') await maps.delete('big-0');
          if (event.type === 'DELETED') abort.abort(new Error('enough'));
        }
      })(),
    ).rejects.toThrow('enough');
    expect(seen).toEqual(['ADDED', 'ADDED', 'ADDED', 'BOOKMARK', 'DELETED']);
  });

  test('a server that is not there is a transport error, and nothing was sent', async () => {
    await expect(connect({ server: 'https://127.0.0.1:1' }).resource(BUILTIN.nodes).create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } })).rejects.toMatchObject({ name: 'TransportError', uncertain: false });
  });

  test('a closed transport ends what is under way and takes nothing more', async () => {
    const client = connect();
    const watch = await client.resource(BUILTIN.nodes).watch();
    const reading = (async () => {
      for await (const _ of watch);
    })();
    const failed = expect(reading).rejects.toThrow(TransportError);
    for (const transport of transports) transport.close();
    await failed;
    await expect(client.json({ method: 'GET', path: '/version' })).rejects.toThrow('the transport is closed');
  });
});

describe('the HTTPS transport, against a server that behaves oddly', () => {
  let close: () => void = () => undefined;
  afterEach(() => close());

  async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void, credentials?: Credentials): Promise<HttpsTransport> {
    const server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const transport = new HttpsTransport({ server: `http://127.0.0.1:${(server.address() as AddressInfo).port}/base/`, ...(credentials && { credentials }) });
    close = () => {
      transport.close();
      server.closeAllConnections();
      server.close();
    };
    return transport;
  }

  async function read(transport: HttpsTransport, signal?: AbortSignal): Promise<string> {
    const response = await transport.send({ method: 'GET', path: '/x?y=1', headers: {}, ...(signal && { signal }) });
    let text = `${response.status} `;
    for await (const chunk of response.body) text += Buffer.from(chunk).toString();
    return text;
  }

  test('paths stand under that of the server', async () => {
    expect(await read(await serve((request, response) => response.end(request.url)))).toBe('200 /base/x?y=1');
  });

  test('compressed answers are read as they come', async () => {
    const transport = await serve((_request, response) => {
      response.setHeader('content-encoding', 'gzip');
      response.end(gzipSync('x'.repeat(5)));
    });
    expect(await read(transport)).toBe('200 xxxxx');
  });

  test.each([false, true])('an answer that breaks off is an error (compressed: %s)', async (compressed) => {
    const transport = await serve((_request, response) => {
      if (compressed) response.setHeader('content-encoding', 'gzip');
      const body = compressed ? gzipSync(Buffer.alloc(1000, 'x')).subarray(0, 12) : 'begin';
      response.write(body, () => setImmediate(() => response.destroy()));
    });
    await expect(read(transport)).rejects.toThrow(TransportError);
  });

  test('aborting ends a call before its answer, and in the middle of it', async () => {
    for (const begin of [false, true]) {
      const transport = await serve((_request, response) => {
        if (begin) response.write('begin');
      });
      const abort = new AbortController();
      const reading = read(transport, abort.signal);
      const failed = expect(reading).rejects.toThrow('enough');
      setImmediate(() => abort.abort(new Error('enough')));
      await failed;
      close();
    }
  });

  test('credentials that the server refuses are renewed, and the call made once more', async () => {
    let token = 0;
    const credentials: Credentials = { headers: async () => ({ authorization: `Bearer ${token}` }), refused: () => token++ < 5 };
    const seen: (string | undefined)[] = [];
    const transport = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.statusCode = request.headers.authorization === 'Bearer 1' ? 200 : 401;
      response.end('x');
    }, credentials);
    expect(await read(transport)).toBe('200 x');
    expect(seen).toEqual(['Bearer 0', 'Bearer 1']);
    token = 2;
    expect(await read(transport)).toBe('401 x');
    expect(seen).toHaveLength(4);
  });
});
