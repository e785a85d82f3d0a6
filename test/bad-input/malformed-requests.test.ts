import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/machinery/virtual-clock.ts';
import { startTestCluster, type TestCluster } from '../support/cluster.ts';
import { RawClient, rawSocket, type RawRequest } from '../support/raw-client.ts';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const MAX_BODY_BYTES = 3 * 1024 * 1024;

let cluster: TestCluster;
let client: RawClient;
const clock = new VirtualClock();

beforeAll(async () => {
  cluster = await startTestCluster({ connectionClock: clock });
  client = new RawClient(cluster);
});

afterAll(async () => {
  client.close();
  expect(cluster.log).toEqual([]);
  await cluster.close();
});

async function expectServing(): Promise<void> {
  expect((await client.send({ path: '/readyz' })).text).toBe('ok');
}

describe('bodies', () => {
  const configMap = (rest: string): string => `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"}${rest}}`;

  test.each<[string, RawRequest, number, RegExp]>([
    ['nothing', { path: CONFIG_MAPS, body: '' }, 400, /BadRequest/],
    ['half an object', { path: CONFIG_MAPS, body: '{"apiVersion":"v1",' }, 400, /unexpected end of JSON input|unexpected EOF/],
    ['no JSON at all', { path: CONFIG_MAPS, body: '<xml/>' }, 400, /invalid character '<' looking for beginning of value|couldn't get version\/kind/],
    ['an array', { path: CONFIG_MAPS, body: '[]' }, 400, /cannot unmarshal array|json parse error/],
    ['null', { path: CONFIG_MAPS, body: 'null' }, 422, /name or generateName is required/],
    ['more after the object', { path: CONFIG_MAPS, body: configMap('') + '{' }, 400, /BadRequest/],
    ['bytes that are no UTF-8', { path: CONFIG_MAPS, body: Buffer.from([0x7b, 0xff, 0xfe, 0x7d]) }, 400, /BadRequest/],
    ['another kind', { path: CONFIG_MAPS, body: configMap('').replace('ConfigMap', 'Secret') }, 400, /Secret in version \\"v1\\" cannot be handled as a ConfigMap/],
    ['an unknown kind', { path: CONFIG_MAPS, body: configMap('').replace('ConfigMap', 'Gizmo') }, 400, /no kind \\"Gizmo\\" is registered for version \\"v1\\"/],
    ['another version', { path: CONFIG_MAPS, body: configMap('').replace('"v1"', '"v9"') }, 400, /v9/],
    ['no name', { path: CONFIG_MAPS, body: '{"apiVersion":"v1","kind":"ConfigMap"}' }, 422, /name or generateName is required/],
    ['metadata of another type', { path: CONFIG_MAPS, body: '{"apiVersion":"v1","kind":"ConfigMap","metadata":[]}' }, 400, /cannot unmarshal array into Go struct field/],
    ['a number for a string', { path: CONFIG_MAPS, body: configMap(',"data":{"a":1}') }, 400, /cannot unmarshal number into Go struct field ConfigMap\.data of type string/],
    ['very deep nesting', { path: CONFIG_MAPS, body: configMap(`,"data":${'['.repeat(200_000)}`) }, 400, /BadRequest/],
    ['very deep nesting, closed', { path: CONFIG_MAPS, body: configMap(`,"x":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`) }, 400, /BadRequest/],
    ['a type that is not taken', { path: CONFIG_MAPS, body: 'a=b', contentType: 'application/x-www-form-urlencoded' }, 415, /UnsupportedMediaType/],
    ['protobuf that is none', { path: CONFIG_MAPS, body: 'k8s\0nonsense', contentType: 'application/vnd.kubernetes.protobuf' }, 400, /BadRequest/],
    ['YAML that is none', { path: CONFIG_MAPS, body: 'a: [1\nb: }', contentType: 'application/yaml' }, 400, /BadRequest/],
    ['a patch of no known type', { method: 'PATCH', path: `${CONFIG_MAPS}/x`, body: '{}', contentType: 'text/plain' }, 415, /UnsupportedMediaType/],
    ['a JSON patch that is no list', { method: 'PATCH', path: `${CONFIG_MAPS}/there`, body: '{}', contentType: 'application/json-patch+json' }, 400, /BadRequest/],
    ['a JSON patch of 20,000 operations', { method: 'PATCH', path: `${CONFIG_MAPS}/there`, body: `[${Array.from({ length: 20_000 }, () => '{"op":"add","path":"/data/a","value":"1"}').join(',')}]`, contentType: 'application/json-patch+json' }, 413, /The allowed maximum operations in a JSON patch is 10000, got 20000/],
    ['an apply without a manager', { method: 'PATCH', path: `${CONFIG_MAPS}/x`, body: configMap(''), contentType: 'application/apply-patch+yaml' }, 422, /fieldManager: Required value/],
  ])('%s: a Status says what is wrong', async (_name, request, status, expected) => {
    await client.send({ path: CONFIG_MAPS, body: configMap('').replace('"x"', '"there"') });
    const answer = await client.send(request);
    expect(answer.text).toMatch(expected);
    expect([answer.status, answer.json()['kind'], answer.json()['code']]).toEqual([status, 'Status', status]);
    await expectServing();
  });

  test('YAML whose aliases would multiply is refused, not expanded', async () => {
    const levels = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array.from({ length: 10 }, () => `*a${i}`).join(',')}]`);
    const answer = await client.send({ path: CONFIG_MAPS, body: `a0: &a0 [x]\n${levels.join('\n')}\n`, contentType: 'application/yaml' });
    expect(answer.status).toBe(400);
    await expectServing();
  });
});

describe('sizes', () => {
  const large = (bytes: number): string => `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"large"},"binaryData":{"a":"${'A'.repeat(bytes)}"}}`;

  test('beyond 3 MiB a body is too large, declared or not', async () => {
    const body = large(MAX_BODY_BYTES);
    expect(await client.send({ path: CONFIG_MAPS, body }).catch(brokenOff)).toMatchObject({ status: 413 });
    const socket = await rawSocket(cluster);
    const answer = new Promise<string>((resolve) => socket.once('data', (chunk: Buffer) => resolve(chunk.toString())));
    socket.write(`POST ${CONFIG_MAPS} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`);
    for (let i = 0; i < 4; i++) socket.write(`100000\r\n${'a'.repeat(0x100000)}\r\n`);
    expect(await answer).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
    await expectServing();
  });

  test('an object beyond its own limit is refused with its reason', async () => {
    const answer = await client.send({ path: CONFIG_MAPS, body: large(1_500_000) });
    expect([answer.status, answer.json()['message']]).toEqual([422, 'ConfigMap "large" is invalid: []: Too long: may not be more than 1048576 bytes']);
  });

  test.each([
    ['a path of 100,000 bytes', { path: `${CONFIG_MAPS}/${'x'.repeat(100_000)}` }],
    ['a header of 200,000 bytes', { path: CONFIG_MAPS, headers: { 'x-large': 'x'.repeat(200_000) } }],
    ['10,000 query parameters', { path: `${CONFIG_MAPS}?${Array.from({ length: 6000 }, (_, i) => `a${i}=1`).join('&')}` }],
    ['a selector of 5,000 terms', { path: `${CONFIG_MAPS}?labelSelector=${Array.from({ length: 5000 }, (_, i) => `a${i}`).join(',')}` }],
  ])('%s is answered or cut off, and the server goes on', async (_name, request) => {
    const answer = await client.send(request).catch(brokenOff);
    expect(answer === undefined || answer.status >= 200).toBe(true);
    await expectServing();
  });
});

/** The server may close the connection before the whole request is sent. */
function brokenOff(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && ['ECONNRESET', 'EPIPE'].includes(String(error.code))) return undefined;
  throw error;
}

describe('connections', () => {
  test('a client that hangs in the middle of its body is told so', async () => {
    const socket = await rawSocket(cluster);
    const answer = new Promise<string>((resolve) => socket.once('data', (chunk: Buffer) => resolve(chunk.toString())));
    socket.write(`POST ${CONFIG_MAPS} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"apiVersion":`);
    while (clock.pendingTimers === 0) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(60_000);
    expect(await answer).toMatch(/^HTTP\/1\.1 504 .*"reason":"Timeout"/s);
    socket.destroy();
    await expectServing();
  });

  test('a client that goes away in the middle of its body leaves nothing behind', async () => {
    const timers = clock.pendingTimers;
    const socket = await rawSocket(cluster);
    socket.write(`POST ${CONFIG_MAPS} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"apiVersion":`);
    while (clock.pendingTimers === timers) await new Promise((resolve) => setImmediate(resolve));
    socket.destroy();
    while (clock.pendingTimers > timers) await new Promise((resolve) => setImmediate(resolve));
    await expectServing();
  });

  test.each([
    ['nonsense', 'nonsense\r\n\r\n'],
    ['two lengths', `POST ${CONFIG_MAPS} HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab`],
    ['length and chunks', `POST ${CONFIG_MAPS} HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['an unknown method', `BREW ${CONFIG_MAPS} HTTP/1.1\r\nHost: x\r\n\r\n`],
    ['a path that climbs', 'GET /api/../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a path of broken escapes', 'GET /api/v1/namespaces/%zz/configmaps HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a path with a null byte', 'GET /api/v1/namespaces/a%00b/configmaps/x HTTP/1.1\r\nHost: x\r\n\r\n'],
  ])('%s on the wire is answered with an error', async (_name, text) => {
    const socket = await rawSocket(cluster);
    const answer = new Promise<string>((resolve) => socket.once('data', (chunk: Buffer) => resolve(chunk.toString())));
    const closed = new Promise<string>((resolve) => socket.once('close', () => resolve('HTTP/1.1 400 closed')));
    socket.write(text);
    expect(await Promise.race([answer, closed])).toMatch(/^HTTP\/1\.1 4\d\d /);
    socket.destroy();
    await expectServing();
  });
});
