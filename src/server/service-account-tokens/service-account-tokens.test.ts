import { createLocalJWKSet, jwtVerify } from 'jose';
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { findStatusError } from '../../machinery/status-error.ts';
import { VirtualClock } from '../../machinery/virtual-clock.ts';
import type { AuthenticationResult, TokenAuthenticator } from '../authentication/authenticator.ts';
import { MemoryReader, object } from '../authorization/memory-reader.test-data.ts';
import { generateServiceAccountKey } from '../certificates/cluster-certificates.ts';
import { discoveryDocument, jsonWebKeySet } from './issuer-discovery.ts';
import { decodeToken, signToken, tokenKey, verifySignature, type TokenKey } from './json-web-token.ts';
import { signLegacyToken } from './legacy-token.ts';
import { serviceAccountTokens } from './token-authenticator.ts';
import { issueToken, prepareTokenRequest, type TokenIssuerOptions, type TokenRequestContext } from './token-request.ts';

const ISSUER = 'https://kubernetes.default.svc';
const AUDIENCES = [ISSUER];
const START = Date.UTC(2026, 0, 1);
const key = tokenKey(generateServiceAccountKey().privateKey);

const account = (uid = 'account-1'): KubeObject => object('v1', 'ServiceAccount', { name: 'robot', namespace: 'x', uid });
const pod = (uid = 'pod-1', spec: Record<string, unknown> = {}): KubeObject => object('v1', 'Pod', { name: 'p', namespace: 'x', uid }, { spec: { serviceAccountName: 'robot', ...spec } });

interface World {
  readonly clock: VirtualClock;
  readonly reader: MemoryReader;
  readonly tokens: TokenAuthenticator;
  readonly request: (spec: Record<string, unknown>, options?: Partial<TokenIssuerOptions & { metadata: KubeObject['metadata'] }>) => KubeObject & { status: { token: string; expirationTimestamp: string } };
  readonly ask: (token: string, audiences?: readonly string[]) => AuthenticationResult;
  readonly warnings: string[];
}

function world(objects: readonly KubeObject[] = [account()], keys: readonly TokenKey[] = [key]): World {
  const clock = new VirtualClock(START);
  const reader = new MemoryReader(objects);
  const warnings: string[] = [];
  const tokens = serviceAccountTokens({ issuers: [ISSUER], apiAudiences: AUDIENCES, keys, reader, clock });
  return {
    clock,
    reader,
    tokens,
    warnings,
    request(spec, { metadata = {}, ...more } = {}) {
      const options: TokenIssuerOptions = { issuer: ISSUER, apiAudiences: AUDIENCES, key, reader, randomUuid: () => 'uuid-1', ...more };
      const context: TokenRequestContext = { namespace: 'x', name: 'robot', nowMs: clock.now(), warn: (text) => warnings.push(text) };
      const prepared = prepareTokenRequest({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata, spec }, context, options);
      return issueToken(prepared, context, options) as unknown as ReturnType<World['request']>;
    },
    ask: (token, audiences = AUDIENCES) => tokens.authenticateToken(token, audiences) as AuthenticationResult,
  };
}

describe('a signature', () => {
  const rsa = tokenKey(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const p384 = tokenKey(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ type: 'pkcs8', format: 'pem' }));

  test.each([['RS256', rsa], ['ES256', key], ['ES384', p384]])('by %s is verified, here and by another library', async (algorithm, signer) => {
    const token = signToken({ iss: ISSUER, sub: 'x' }, signer);
    const decoded = decodeToken(token);
    expect(decoded).toMatchObject({ algorithm, keyId: signer.keyId, claims: { iss: ISSUER } });
    expect(verifySignature(token, decoded as NonNullable<typeof decoded>, signer)).toBe(true);
    const keySet = createLocalJWKSet(jsonWebKeySet([rsa, key, p384]) as never);
    expect((await jwtVerify(token, keySet, { issuer: ISSUER })).payload).toMatchObject({ sub: 'x' });
  });

  test('of one key does not hold for another, nor for another algorithm', () => {
    const token = signToken({ a: 1 }, key);
    const decoded = decodeToken(token) as NonNullable<ReturnType<typeof decodeToken>>;
    expect(verifySignature(token, decoded, tokenKey(generateServiceAccountKey().publicKey))).toBe(false);
    expect(verifySignature(token, decoded, rsa)).toBe(false);
    expect(verifySignature(token, { ...decoded, algorithm: 'none' }, key)).toBe(false);
  });

  test.each(['', 'a.b', 'a.b.c.d', '!.!.!', 'e30.e30.', `${'a'.repeat(20_000)}.b.c`, 'bnVsbA.bnVsbA.'])('of %j is none, since it is no token', (text) => expect(decodeToken(text)).toBeUndefined());

  test('cannot be made with a public key, nor with a kind that signs nothing', () => {
    expect(() => signToken({}, tokenKey(generateServiceAccountKey().publicKey))).toThrow('cannot sign');
    expect(() => tokenKey(generateKeyPairSync('x25519').publicKey.export({ type: 'spki', format: 'pem' }))).toThrow('cannot sign service account tokens');
  });
});

describe('a token request', () => {
  test('is answered with a token for the server, for an hour', () => {
    const { request } = world();
    const answer = request({});
    expect(answer).toMatchObject({
      metadata: { name: 'robot', namespace: 'x', uid: 'account-1', creationTimestamp: '2026-01-01T00:00:00Z' },
      spec: { audiences: AUDIENCES, boundObjectRef: null, expirationSeconds: 3600 },
      status: { expirationTimestamp: '2026-01-01T01:00:00Z' },
    });
    const iat = START / 1000;
    expect(decodeToken(answer.status.token)?.claims).toEqual({
      aud: AUDIENCES, exp: iat + 3600, iat, iss: ISSUER, jti: 'uuid-1', nbf: iat, sub: 'system:serviceaccount:x:robot',
      'kubernetes.io': { namespace: 'x', serviceaccount: { name: 'robot', uid: 'account-1' } },
    });
  });

  test('of the volume that admission adds holds longer than it says', () => {
    const { request } = world();
    const extended = request({ expirationSeconds: 3607 });
    const iat = START / 1000;
    expect(extended.status.expirationTimestamp).toBe('2026-01-01T01:00:07Z');
    expect(decodeToken(extended.status.token)?.claims).toMatchObject({ exp: iat + 365 * 86_400, 'kubernetes.io': { warnafter: iat + 3607 } });
    expect(decodeToken(request({ expirationSeconds: 3607, audiences: ['vault'] }).status.token)?.claims).toMatchObject({ exp: iat + 3607 });
    expect(decodeToken(request({ expirationSeconds: 3607 }, { extendExpiration: false }).status.token)?.claims).toMatchObject({ exp: iat + 3607 });
  });

  test('beyond the server\'s limit is shortened, with a warning', () => {
    const { request, warnings } = world();
    expect(request({ expirationSeconds: 90_000 }, { maxExpirationSeconds: 86_400 }).status.expirationTimestamp).toBe('2026-01-02T00:00:00Z');
    expect(warnings).toEqual(['requested expiration of 90000 seconds shortened to 86400 seconds']);
  });

  const refusals: [string, Record<string, unknown>, number, string, KubeObject['metadata']?][] = [
    ['too short', { expirationSeconds: 599 }, 422, 'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes'],
    ['too long', { expirationSeconds: 2 ** 32 + 1 }, 422, 'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 4294967297: may not specify a duration larger than 2^32 seconds'],
    ['bound to another kind', { boundObjectRef: { apiVersion: 'v1', kind: 'ConfigMap', name: 'x' } }, 400, 'cannot bind token to object of type /v1, Kind=ConfigMap'],
    ['bound to another group', { boundObjectRef: { apiVersion: 'apps/v1', kind: 'Pod', name: 'x' } }, 400, 'cannot bind token to object of type apps/v1, Kind=Pod'],
    ['bound to no name', { boundObjectRef: { kind: 'Pod' } }, 400, 'Name parameter required.'],
    ['bound to an absent pod', { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'no' } }, 404, 'pods "no" not found'],
    ['bound to another pod of the name', { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'pod-2' } }, 409, 'Operation cannot be fulfilled on Pod "p": the UID in the bound object reference (pod-2) does not match the UID in record. The object might have been deleted and then recreated'],
    ['bound to a pod of others', { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'other' } }, 400, 'cannot bind token for serviceaccount "robot" to pod running with different serviceaccount name.'],
    ['for another name', {}, 422, 'TokenRequest.authentication.k8s.io "robot" is invalid: metadata.name: Invalid value: "x": must match the service account name if specified', { name: 'x' }],
    ['for another uid', {}, 409, 'Operation cannot be fulfilled on TokenRequest.authentication.k8s.io "robot": the UID in the token request (u) does not match the UID of the service account (account-1)', { uid: 'u' }],
  ];
  test.each(refusals)('%s is refused', (_, spec, code, message, metadata = {}) => {
    const { request } = world([account(), pod(), { ...pod('pod-3', { serviceAccountName: 'default' }), metadata: { name: 'other', namespace: 'x', uid: 'pod-3' } }]);
    let thrown: unknown;
    try {
      request(spec, { metadata });
    } catch (error) {
      thrown = error;
    }
    expect(findStatusError(thrown)?.status).toMatchObject({ code, message });
  });

  test('for an absent account is not found', () => expect(() => world([]).request({})).toThrow('serviceaccounts "robot" not found'));
});

describe('a bound token', () => {
  test('tells who and by which token, and the same user each time', () => {
    const { request, ask } = world();
    const { token } = request({}).status;
    const first = ask(token) as Extract<AuthenticationResult, { type: 'authenticated' }>;
    expect(first).toEqual({
      type: 'authenticated',
      audiences: AUDIENCES,
      user: { name: 'system:serviceaccount:x:robot', uid: 'account-1', groups: ['system:serviceaccounts', 'system:serviceaccounts:x'], extra: { 'authentication.kubernetes.io/credential-id': ['JTI=uuid-1'] } },
    });
    expect((ask(token) as typeof first).user).toBe(first.user);
  });

  test('to a pod tells the pod and its node', () => {
    const { request, ask } = world([account(), pod('pod-1', { nodeName: 'n' }), object('v1', 'Node', { name: 'n', uid: 'node-1' })]);
    expect(ask(request({ boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'p' } }).status.token)).toMatchObject({
      user: { extra: { 'authentication.kubernetes.io/pod-name': ['p'], 'authentication.kubernetes.io/pod-uid': ['pod-1'], 'authentication.kubernetes.io/node-name': ['n'], 'authentication.kubernetes.io/node-uid': ['node-1'] } },
    });
  });

  test('holds for its audiences alone, in the order they are asked for', () => {
    const { request, ask } = world();
    const { token } = request({ audiences: ['vault', 'other'] }).status;
    expect(ask(token, ['other', 'third', 'vault'])).toMatchObject({ audiences: ['other', 'vault'] });
    expect(ask(token)).toEqual({ type: 'rejected', reason: `token audiences ["vault" "other"] is invalid for the target audiences ["${ISSUER}"]` });
  });

  test('ends with its time, a minute late', async () => {
    const { request, ask, clock } = world();
    const { token } = request({ expirationSeconds: 600 }).status;
    await clock.advance(660_000);
    expect(ask(token)).toMatchObject({ type: 'authenticated' });
    await clock.advance(1_000);
    expect(ask(token)).toEqual({ type: 'rejected', reason: 'service account token has expired' });
  });

  const ends: [string, Record<string, unknown>, (reader: MemoryReader) => void, string][] = [
    ['its account', {}, (reader) => reader.remove(account()), 'serviceaccounts "robot" not found'],
    ['its account made anew', {}, (reader) => reader.put(account('account-2')), 'service account UID (account-2) does not match claim (account-1)'],
    ['its pod', { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'p' } }, (reader) => reader.remove(pod()), 'service account token has been invalidated'],
    ['its pod made anew', { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'p' } }, (reader) => reader.put(pod('pod-2')), 'pod UID (pod-2) does not match service account pod ref claim (pod-1)'],
    ['its pod long deleted', { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'p' } }, (reader) => reader.put({ ...pod(), metadata: { ...pod().metadata, deletionTimestamp: '2025-12-31T23:58:59Z' } }), 'service account token has been invalidated'],
    ['its secret', { boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name: 's' } }, (reader) => reader.remove(object('v1', 'Secret', { name: 's', namespace: 'x' })), 'service account token has been invalidated'],
    ['its node made anew', { boundObjectRef: { apiVersion: 'v1', kind: 'Node', name: 'n' } }, (reader) => reader.put(object('v1', 'Node', { name: 'n', uid: 'node-2' })), 'node UID (node-2) does not match service account node ref claim (node-1)'],
  ];
  test.each(ends)('ends with %s', (_, spec, end, reason) => {
    const { request, ask, reader } = world([account(), pod(), object('v1', 'Secret', { name: 's', namespace: 'x', uid: 'secret-1' }), object('v1', 'Node', { name: 'n', uid: 'node-1' })]);
    const { token } = request(spec).status;
    expect(ask(token)).toMatchObject({ type: 'authenticated' });
    end(reader);
    expect(ask(token)).toEqual({ type: 'rejected', reason });
  });

  test('that was changed is rejected, and what is no token of ours is unknown', () => {
    const { request, ask } = world();
    const { token } = request({}).status;
    const reason = 'go-jose/go-jose: error in cryptographic primitive';
    expect(ask(`${token}x`)).toEqual({ type: 'rejected', reason });
    const [head, , signature] = token.split('.');
    expect(ask(`${head}.${Buffer.from(JSON.stringify({ iss: ISSUER, sub: 'root' })).toString('base64url')}.${signature}`)).toEqual({ type: 'rejected', reason });
    expect(ask('abc')).toEqual({ type: 'none' });
    expect(ask('eyJhbGciOiJub25lIn0.e30.')).toEqual({ type: 'none' });
    expect(ask(signToken({ iss: 'https://elsewhere' }, key))).toEqual({ type: 'none' });
    expect(ask(signToken({ iss: ISSUER, 'kubernetes.io': { namespace: 'x' } }, key))).toMatchObject({ type: 'rejected' });
  });

  test('signed by a key that was replaced holds as long as that key is believed', () => {
    const next = tokenKey(generateServiceAccountKey().publicKey);
    const { token } = world().request({}).status;
    expect(world([account()], [next, key]).ask(token)).toMatchObject({ type: 'authenticated' });
    expect(world([account()], [next]).ask(token)).toMatchObject({ type: 'rejected' });
    expect(world([account()], []).ask(token)).toEqual({ type: 'none' });
  });
});

describe('a token in a Secret', () => {
  const token = signLegacyToken({ namespace: 'x', serviceAccountName: 'robot', serviceAccountUid: 'account-1', secretName: 's' }, key);
  const secret = (more: Partial<KubeObject['metadata']> = {}, held = token): KubeObject =>
    object('v1', 'Secret', { name: 's', namespace: 'x', ...more }, { type: 'kubernetes.io/service-account-token', data: { token: Buffer.from(held).toString('base64') } });

  test('holds as long as the Secret holds it', () => {
    expect(world([account(), secret()]).ask(token)).toMatchObject({ user: { name: 'system:serviceaccount:x:robot', uid: 'account-1' }, audiences: AUDIENCES });
  });

  test.each([
    ['without the Secret', [account()], 'service account token has been invalidated'],
    ['with another in the Secret', [account(), secret({}, 'other')], 'service account token does not match server\'s copy'],
    ['with the account made anew', [account('account-2'), secret()], 'ServiceAccount UID (account-2) does not match claim (account-1)'],
    ['marked invalid', [account(), secret({ labels: { 'kubernetes.io/legacy-token-invalid-since': '2025-01-01' } })], /^the token in secret x\/s for service account x\/robot has been marked invalid/],
  ])('is rejected %s', (_, objects, reason) => {
    expect(world(objects as KubeObject[]).ask(token)).toEqual({ type: 'rejected', reason: typeof reason === 'string' ? reason : expect.stringMatching(reason) });
  });
});

test('the discovery document names the issuer, the keys and their algorithms', () => {
  expect(discoveryDocument({ issuer: ISSUER, jwksUri: 'https://192.0.2.1:6443/openid/v1/jwks', keys: [key] })).toEqual({
    issuer: ISSUER,
    jwks_uri: 'https://192.0.2.1:6443/openid/v1/jwks',
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  });
  expect(jsonWebKeySet([key]).keys[0]).toMatchObject({ use: 'sig', kty: 'EC', alg: 'ES256', kid: key.keyId, crv: 'P-256' });
  expect(jsonWebKeySet([key]).keys[0]).not.toHaveProperty('d');
});
