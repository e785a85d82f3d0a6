import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Secret, ServiceAccount } from '../../api/types/generated/core-v1.ts';
import { generateServiceAccountKey } from '../../server/certificates/cluster-certificates.ts';
import { LoopCluster } from '../loop-cluster.contract.ts';

const NS = '/api/v1/namespaces/default';
const KEY = generateServiceAccountKey().privateKey;

describe('a Secret that asks for a token', () => {
  let loops: LoopCluster;
  beforeEach(async () => {
    loops = await LoopCluster.open(['serviceaccount-token-controller'], { serviceAccountKey: KEY, rootCertificates: 'PEM' });
    await loops.create(`${NS}/serviceaccounts`, { metadata: { name: 'robot' } });
  });
  afterEach(() => loops.close());

  const ask = async (name = 't', annotations: Record<string, string> = {}): Promise<void> => {
    await loops.create(`${NS}/secrets`, { metadata: { name, annotations: { 'kubernetes.io/service-account.name': 'robot', ...annotations } }, type: 'kubernetes.io/service-account-token' });
    await loops.settle();
  };
  const secret = async (name = 't'): Promise<Secret | undefined> => loops.get<Secret>(`${NS}/secrets/${name}`);
  const text = async (key: string): Promise<string> => Buffer.from((await secret())?.data?.[key] ?? '', 'base64').toString();

  test('gets one, with what else is needed to use it', async () => {
    await ask();
    const uid = (await loops.get(`${NS}/serviceaccounts/robot`))?.metadata.uid;
    expect((await secret())?.metadata.annotations).toEqual({ 'kubernetes.io/service-account.name': 'robot', 'kubernetes.io/service-account.uid': uid });
    expect([await text('namespace'), await text('ca.crt')]).toEqual(['default', 'PEM']);
    const token = await text('token');
    expect(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())).toEqual({
      iss: 'kubernetes/serviceaccount',
      'kubernetes.io/serviceaccount/namespace': 'default',
      'kubernetes.io/serviceaccount/secret.name': 't',
      'kubernetes.io/serviceaccount/service-account.name': 'robot',
      'kubernetes.io/serviceaccount/service-account.uid': uid,
      sub: 'system:serviceaccount:default:robot',
    });
    await loops.merge(`${NS}/secrets/t`, { data: { 'ca.crt': '', namespace: null } });
    await loops.settle();
    expect([await text('namespace'), await text('ca.crt'), await text('token')]).toEqual(['default', 'PEM', token]);
    expect(loops.log).toEqual([]);
  });

  test('goes with its account', async () => {
    await ask();
    await loops.delete(`${NS}/serviceaccounts/robot`);
    await loops.settle();
    expect(await secret()).toBeUndefined();
  });

  test('is deleted when the account is another by now', async () => {
    await ask('t', { 'kubernetes.io/service-account.uid': 'other' });
    expect(await secret()).toBeUndefined();
  });

  test('is no longer listed by its account when it is gone', async () => {
    await ask();
    await loops.merge(`${NS}/serviceaccounts/robot`, { secrets: [{ name: 't' }, { name: 'kept' }] });
    await loops.delete(`${NS}/secrets/t`);
    await loops.settle();
    expect((await loops.get<ServiceAccount>(`${NS}/serviceaccounts/robot`))?.secrets).toEqual([{ name: 'kept' }]);
  });
});
