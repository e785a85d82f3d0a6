import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../machinery/virtual-clock.ts';
import { MemoryReader, object } from '../authorization/memory-reader.test-data.ts';
import { issueCa, issueClient, issueServer } from '../certificates/cluster-certificates.ts';
import { issueCertificate, pemToDer, type KeyPair } from '../certificates/issue-certificate.ts';
import type { AuthenticationRequest, AuthenticationResult, Authenticator } from './authenticator.ts';
import { bearerAuthenticator, bearerToken, webSocketToken } from './bearer-token.ts';
import { bootstrapTokens } from './bootstrap-tokens.ts';
import { BoundedCache } from './bounded-cache.ts';
import { clientCertificateAuthenticator } from './client-certificates.ts';
import { requestHeaderAuthenticator } from './request-header.ts';
import { forAudiences, parseTokenFile } from './static-tokens.ts';
import { unionAuthenticator, unionTokenAuthenticator } from './union-authenticator.ts';

const clock = new VirtualClock(Date.UTC(2026, 0, 1));
const NOW = clock.now();
const AUDIENCES = ['https://kubernetes.default.svc'];

function request(headers: Record<string, string | string[]> = {}, certificates: readonly KeyPair[] = [], path = '/api'): AuthenticationRequest {
  const entries = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), Array.isArray(value) ? value : [value]] as const);
  return {
    path,
    header: (name) => entries.find(([key]) => key === name)?.[1].join(', '),
    headersWithPrefix: (prefix) => entries.filter(([key]) => key.startsWith(prefix)),
    peerCertificates: certificates.map(({ cert }) => pemToDer(cert)),
  };
}

describe('the bearer token of a header', () => {
  test.each([
    [undefined, undefined],
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    [' BEARER abc ', 'abc'],
    ['Bearer abc def', 'abc'],
    ['Bearer', undefined],
    ['Bearer  abc', undefined],
    ['Basic abc', undefined],
    ['', undefined],
  ])('%j', (header, token) => expect(bearerToken(header)).toBe(token));
});

describe('the bearer token of a WebSocket', () => {
  const prefix = 'base64url.bearer.authorization.k8s.io.';
  const encoded = prefix + Buffer.from('abc').toString('base64url');
  test.each([
    [{ upgrade: 'websocket', 'sec-websocket-protocol': `v4.channel.k8s.io, ${encoded}` }, { token: 'abc', protocols: ['v4.channel.k8s.io'] }],
    [{ upgrade: 'WebSocket', 'sec-websocket-protocol': 'v4.channel.k8s.io' }, undefined],
    [{ 'sec-websocket-protocol': encoded }, undefined],
    [{ upgrade: 'websocket', 'sec-websocket-protocol': encoded }, { error: 'missing additional subprotocol' }],
    [{ upgrade: 'websocket', 'sec-websocket-protocol': `a, ${encoded}, ${encoded}` }, { error: 'multiple base64.bearer.authorization tokens specified' }],
    [{ upgrade: 'websocket', 'sec-websocket-protocol': `a, ${prefix}!` }, { error: 'invalid base64.bearer.authorization token encoding' }],
    [{ upgrade: 'websocket', 'sec-websocket-protocol': `a, ${prefix}_w` }, { error: 'invalid base64.bearer.authorization token encoding' }],
  ])('%j', (headers, found) => expect(webSocketToken(request(headers as Record<string, string>))).toEqual(found));
});

describe('a token file', () => {
  const ask = (text: string, token: string): AuthenticationResult => parseTokenFile(text).authenticateToken(token, AUDIENCES) as AuthenticationResult;
  test.each([
    ['t1,alice,a1,"dev,ops"\n', 't1', { name: 'alice', uid: 'a1', groups: ['dev', 'ops'] }],
    ['t1,alice,a1,dev\r\nt2,bob,b1', 't2', { name: 'bob', uid: 'b1', groups: [] }],
    ['\n t1 , alice ,a1\n', 't1 ', { name: 'alice ', uid: 'a1', groups: [] }],
    ['"a ""b""",alice,', 'a "b"', { name: 'alice', groups: [] }],
    ['t1,alice,a1\nt1,bob,b1', 't1', { name: 'bob', uid: 'b1', groups: [] }],
  ])('%j', (text, token, user) => expect(ask(text, token)).toEqual({ type: 'authenticated', user }));

  test.each([['t1,alice', 'at least 3 columns'], ['"t1,alice,a1', 'does not end'], ['t"1,alice,a1', 'not quoted'], ['"t1"x,alice,a1', 'behind a quoted field']])('%j is refused', (text, message) => {
    expect(() => parseTokenFile(text)).toThrow(message);
  });

  test('warns of empty and of repeated tokens, and never accepts an empty one', () => {
    const warnings: string[] = [];
    const tokens = parseTokenFile(',alice,a\nt,b,b\nt,c,c', (text) => warnings.push(text));
    expect(warnings).toEqual(['empty token has been found in token file, line 1', 'duplicate token has been found in token file, line 3']);
    expect(tokens.authenticateToken('', AUDIENCES)).toEqual({ type: 'none' });
    expect(tokens.authenticateToken('x', AUDIENCES)).toEqual({ type: 'none' });
  });

  test('holds for the server\'s own audiences alone', () => {
    const tokens = forAudiences(AUDIENCES, parseTokenFile('t,alice,a'));
    expect(tokens.authenticateToken('t', ['vault'])).toEqual({ type: 'none' });
    expect(tokens.authenticateToken('t', ['vault', ...AUDIENCES])).toMatchObject({ type: 'authenticated', audiences: AUDIENCES });
  });
});

describe('a client certificate', () => {
  const ca = issueCa('ca', NOW);
  const other = issueCa('ca', NOW);
  const x509 = clientCertificateAuthenticator({ ca: ca.cert, clock });
  const jane = issueClient(ca, { commonName: 'jane', organizations: ['qa'] }, NOW);

  test('gives name and groups, and the same user each time', () => {
    const first = x509.authenticate(request({}, [jane])) as Extract<AuthenticationResult, { type: 'authenticated' }>;
    expect(first.user).toMatchObject({ name: 'jane', groups: ['qa'], extra: { 'authentication.kubernetes.io/credential-id': [expect.stringMatching(/^X509SHA256=[0-9a-f]{64}$/)] } });
    const second = x509.authenticate(request({}, [jane])) as typeof first;
    expect(second.user).toBe(first.user);
  });

  test('none at all is no opinion', () => expect(x509.authenticate(request())).toEqual({ type: 'none' }));

  test.each([
    ['of another CA of the same name', () => [issueClient(other, { commonName: 'jane' }, NOW)], 'x509: certificate signed by unknown authority'],
    ['for servers', () => [issueServer(ca, ['jane'], NOW)], 'x509: certificate specifies an incompatible key usage'],
    ['that is over', () => [issueClient(ca, { commonName: 'jane' }, NOW - 400 * 86_400_000)], 'x509: certificate has expired or is not yet valid: current time 2026-01-01T00:00:00Z is after 2025-11-27T00:00:00Z'],
    ['to come', () => [issueClient(ca, { commonName: 'jane' }, NOW + 86_400_000)], 'x509: certificate has expired or is not yet valid: current time 2026-01-01T00:00:00Z is before 2026-01-01T23:55:00Z'],
    ['signed by one that may not sign', () => [issueClient(jane, { commonName: 'root' }, NOW), jane], 'x509: certificate signed by unknown authority'],
  ])('%s is rejected', (_, chain, reason) => expect(x509.authenticate(request({}, chain()))).toEqual({ type: 'rejected', reason }));

  test('through an intermediate CA holds as long as all of the chain does', async () => {
    const middle = issueCertificate({ commonName: 'middle', usage: 'ca', notBeforeMs: NOW, notAfterMs: NOW + 1_000 }, ca);
    const joan = issueClient(middle, { commonName: 'joan' }, NOW);
    const time = new VirtualClock(NOW);
    const authenticator = clientCertificateAuthenticator({ ca: ca.cert, clock: time });
    expect(authenticator.authenticate(request({}, [joan]))).toMatchObject({ type: 'rejected' });
    expect(authenticator.authenticate(request({}, [joan, middle]))).toMatchObject({ user: { name: 'joan' } });
    await time.advance(2_000);
    expect(authenticator.authenticate(request({}, [joan, middle]))).toMatchObject({ type: 'rejected' });
  });

  test('below more authorities than one of them allows is rejected', () => {
    const times = { usage: 'ca', notBeforeMs: NOW, notAfterMs: NOW + 1_000 } as const;
    const middle = issueCertificate({ commonName: 'middle', pathLength: 0, ...times }, ca);
    const below = issueCertificate({ commonName: 'below', ...times }, middle);
    expect(x509.authenticate(request({}, [issueClient(middle, { commonName: 'joan' }, NOW), middle]))).toMatchObject({ type: 'authenticated' });
    expect(x509.authenticate(request({}, [issueClient(below, { commonName: 'joan' }, NOW), below, middle]))).toEqual({ type: 'rejected', reason: 'x509: too many intermediates for path length constraint' });
  });

  test('garbage is rejected', () => {
    expect(x509.authenticate({ ...request(), peerCertificates: [Uint8Array.of(1, 2, 3)] })).toEqual({ type: 'rejected', reason: 'x509: malformed certificate' });
  });
});

describe('a front proxy', () => {
  const ca = issueCa('front-proxy-ca', NOW);
  const proxy = issueClient(ca, { commonName: 'front-proxy-client' }, NOW);
  const headers = { 'X-Remote-User': 'jane', 'X-Remote-Uid': 'u', 'X-Remote-Group': ['a,b', 'c'], 'X-Remote-Extra-Example.com%2FKey': ['1', '2'] };
  const authenticator = requestHeaderAuthenticator({ ca: ca.cert, clock, allowedNames: ['front-proxy-client'] });

  test('states the user', () => {
    expect(authenticator.authenticate(request(headers, [proxy]))).toEqual({
      type: 'authenticated',
      user: { name: 'jane', uid: 'u', groups: ['a,b', 'c'], extra: { 'example.com/key': ['1', '2'] } },
    });
  });

  test.each([
    ['without headers', {}, [proxy], 'none'],
    ['without a certificate', headers, [], 'none'],
    ['with a certificate of others', headers, [issueClient(issueCa('x', NOW), { commonName: 'front-proxy-client' }, NOW)], 'none'],
    ['with another name', headers, [issueClient(ca, { commonName: 'eve' }, NOW)], 'rejected'],
  ])('%s is not believed', (_, given, certificates, type) => {
    expect(authenticator.authenticate(request(given as Record<string, string>, certificates))).toMatchObject({ type });
  });
});

describe('a bootstrap token', () => {
  const encode = (data: Record<string, string>): Record<string, string> => Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));
  const good = { 'token-id': 'abcdef', 'token-secret': '0123456789abcdef', 'usage-bootstrap-authentication': 'true', 'auth-extra-groups': 'system:bootstrappers:b,system:bootstrappers:a' };
  const ask = (data: Record<string, string>, token = 'abcdef.0123456789abcdef', type = 'bootstrap.kubernetes.io/token'): unknown => {
    const reader = new MemoryReader([object('v1', 'Secret', { name: 'bootstrap-token-abcdef', namespace: 'kube-system' }, { type, data: encode(data) })]);
    return bootstrapTokens(reader, clock).authenticateToken(token, AUDIENCES);
  };

  test('names its user by its id', () => {
    expect(ask(good)).toEqual({ type: 'authenticated', user: { name: 'system:bootstrap:abcdef', groups: ['system:bootstrappers', 'system:bootstrappers:a', 'system:bootstrappers:b'] } });
    expect(ask({ ...good, expiration: '2026-01-01T00:00:01Z' })).toMatchObject({ type: 'authenticated' });
  });

  test.each([
    ['another secret', good, 'abcdef.0123456789abcdee', undefined],
    ['another id', good, 'abcdee.0123456789abcdef', undefined],
    ['no such form', good, 'abcdef.0123', undefined],
    ['another type', good, undefined, 'Opaque'],
    ['not for authentication', { ...good, 'usage-bootstrap-authentication': 'false' }, undefined, undefined],
    ['over', { ...good, expiration: '2025-12-31T23:59:59Z' }, undefined, undefined],
    ['an expiration nobody can read', { ...good, expiration: 'soon' }, undefined, undefined],
    ['a group beyond its own', { ...good, 'auth-extra-groups': 'system:masters' }, undefined, undefined],
    ['no secret', { 'token-id': 'abcdef' }, undefined, undefined],
  ])('with %s is unknown', (_, data, token, type) => expect(ask(data as Record<string, string>, token, type)).toEqual({ type: 'none' }));
});

describe('several authenticators', () => {
  const tokens = bearerAuthenticator(parseTokenFile('t,alice,a,dev\nanon,x,,system:unauthenticated'), AUDIENCES);
  const one = (result: AuthenticationResult | Promise<AuthenticationResult>): Authenticator => ({ name: 'one', authenticate: () => result });
  const bob: AuthenticationResult = { type: 'authenticated', user: { name: 'bob', groups: [] } };
  const wrong: AuthenticationResult = { type: 'rejected', reason: 'wrong' };

  test('add the group of the authenticated, to the same object each time', () => {
    const union = unionAuthenticator([tokens]);
    const first = union.authenticate(request({ authorization: 'Bearer t' })) as Extract<AuthenticationResult, { type: 'authenticated' }>;
    expect(first.user).toEqual({ name: 'alice', uid: 'a', groups: ['dev', 'system:authenticated'] });
    expect((union.authenticate(request({ authorization: 'Bearer t' })) as typeof first).user).toBe(first.user);
    expect(union.authenticate(request({ authorization: 'Bearer anon' }))).toMatchObject({ user: { groups: ['system:unauthenticated'] } });
  });

  test('take requests without a credential for anonymous, never those with a wrong one', () => {
    const union = unionAuthenticator([tokens]);
    expect(union.authenticate(request())).toEqual({ type: 'authenticated', user: { name: 'system:anonymous', groups: ['system:unauthenticated'] } });
    expect(union.authenticate(request({ authorization: 'Bearer u' }))).toEqual({ type: 'rejected', reason: 'invalid bearer token' });
    expect(unionAuthenticator([tokens], { anonymous: false }).authenticate(request())).toEqual({ type: 'none' });
    const some = unionAuthenticator([], { anonymous: { paths: ['/healthz'] } });
    expect([some.authenticate(request({}, [], '/healthz')), some.authenticate(request())]).toMatchObject([{ type: 'authenticated' }, { type: 'none' }]);
  });

  test('accept what any of them knows, at once or later', async () => {
    expect(unionAuthenticator([one(wrong), one(bob)]).authenticate(request())).toMatchObject({ user: { name: 'bob' } });
    expect(await unionAuthenticator([one(wrong), one(Promise.resolve(wrong)), one(bob)]).authenticate(request())).toMatchObject({ user: { name: 'bob' } });
    expect(await unionAuthenticator([one(Promise.reject(new Error('down'))), one(bob)]).authenticate(request())).toMatchObject({ user: { name: 'bob' } });
  });

  test('tell every reason once', async () => {
    expect(unionAuthenticator([one(wrong), one(wrong)]).authenticate(request())).toEqual({ type: 'rejected', reason: 'wrong' });
    expect(await unionAuthenticator([one(wrong), one(Promise.reject(new Error('down')))]).authenticate(request())).toEqual({ type: 'rejected', reason: '[wrong, down]' });
    expect(unionTokenAuthenticator([]).authenticateToken('t', AUDIENCES)).toEqual({ type: 'none' });
  });
});

test('a bounded cache forgets what was used least recently', () => {
  const cache = new BoundedCache<string, number>(2);
  cache.set('a', 1);
  cache.set('b', 2);
  cache.get('a');
  cache.set('c', 3);
  expect(['a', 'b', 'c'].map((key) => cache.get(key))).toEqual([1, undefined, 3]);
});
