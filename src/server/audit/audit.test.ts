import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../machinery/virtual-clock.ts';
import { startCluster, type Cluster } from '../../sdk/testing/cluster.ts';
import type { ClusterOptions } from '../../sdk/testing/cluster-options.ts';
import { deny, mutate, validate } from '../../sdk/webhooks/index.ts';
import type { Attributes } from '../authorization/authorizer.ts';
import { InProcessRequest } from '../http/in-process.ts';
import type { AuditEvent } from './audit-event.ts';
import { AuditLogFile } from './audit-log-file.ts';
import { auditDecision, readAuditPolicy, type AuditRule } from './audit-policy.ts';

const running: Cluster[] = [];
afterEach(async () => {
  for (const cluster of running.splice(0)) await cluster.stop();
});

async function recorded(rules: readonly AuditRule[], options: ClusterOptions = {}): Promise<{ cluster: Cluster; events: AuditEvent[] }> {
  const events: AuditEvent[] = [];
  const ignored: AuditRule[] = [{ level: 'None', userGroups: ['system:bootstrap'] }, { level: 'None', users: ['system:apiserver'] }];
  const cluster = await startCluster({ ...options, audit: { policy: { rules: [...ignored, ...rules] }, sinks: [{ write: (event) => events.push(structuredClone(event)) }] } });
  running.push(cluster);
  events.length = 0;
  return { cluster, events };
}

const maps = '/api/v1/namespaces/default/configmaps';
const map = { metadata: { name: 'm' }, data: { k: 'v' } };
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('what is recorded of a request', () => {
  test('who asked for what, at both of its stages', async () => {
    const clock = new VirtualClock();
    const { cluster, events } = await recorded([{ level: 'Metadata' }], { clock, uuid: () => 'the-id' });
    await cluster.request('POST', `${maps}?fieldManager=x`, { body: map, headers: { 'user-agent': 'me/1', 'x-forwarded-for': '1.2.3.4, 5.6.7.8' } });
    await settled();
    const common = {
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: 'Metadata',
      auditID: 'the-id',
      requestURI: `${maps}?fieldManager=x`,
      verb: 'create',
      user: { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] },
      sourceIPs: expect.arrayContaining(['1.2.3.4', '5.6.7.8']) as string[],
      userAgent: 'me/1',
      requestReceivedTimestamp: '2026-01-01T00:00:00.000000Z',
      stageTimestamp: '2026-01-01T00:00:00.000000Z',
    };
    expect(events).toEqual([
      { ...common, stage: 'RequestReceived', objectRef: { resource: 'configmaps', namespace: 'default', apiVersion: 'v1' } },
      {
        ...common,
        stage: 'ResponseComplete',
        objectRef: { resource: 'configmaps', namespace: 'default', name: 'm', apiVersion: 'v1' },
        responseStatus: { metadata: {}, code: 201 },
        annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': '' },
      },
    ]);
  });

  test.each([
    ['Metadata', false, false],
    ['Request', true, false],
    ['RequestResponse', true, true],
  ] as const)('bodies at the level %s', async (level, request, response) => {
    const { cluster, events } = await recorded([{ level, omitStages: ['RequestReceived'], omitManagedFields: true }]);
    await cluster.request('POST', maps, { body: map });
    await cluster.request('PATCH', `${maps}/m`, { body: { data: { k: 'w' } }, headers: { 'content-type': 'application/merge-patch+json' } });
    await cluster.request('GET', maps);
    await cluster.request('DELETE', `${maps}/m`, { body: { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Orphan' } });
    await settled();
    const objects = events.map(({ requestObject }) => requestObject);
    expect(objects.map((object) => object !== undefined)).toEqual([request, request, false, request]);
    if (request) expect(objects.filter((object) => object !== undefined)).toMatchObject([{ kind: 'ConfigMap', apiVersion: 'v1', data: { k: 'v' } }, { data: { k: 'w' } }, { propagationPolicy: 'Orphan' }]);
    expect(events.map(({ responseObject }) => responseObject !== undefined)).toEqual([response, response, response, response]);
    expect(JSON.stringify(events)).not.toContain('managedFields');
  });

  test('refusals, with what was answered', async () => {
    const { cluster, events } = await recorded([{ level: 'Metadata', omitStages: ['RequestReceived'] }]);
    await cluster.request('GET', maps, { user: { name: 'jane', groups: [] } });
    await cluster.request('GET', `${maps}/absent`);
    await cluster.request('GET', maps, { headers: { authorization: 'Bearer wrong' } });
    await settled();
    expect(events.map(({ user, responseStatus, annotations }) => [user['username'], responseStatus?.code, responseStatus?.reason, annotations?.['authorization.k8s.io/decision']])).toEqual([
      ['jane', 403, 'Forbidden', 'forbid'],
      ['kubernetes-admin', 404, 'NotFound', 'allow'],
      [undefined, 401, 'Unauthorized', undefined],
    ]);
    expect(events[1]?.responseStatus).toEqual({ metadata: {}, status: 'Failure', message: 'configmaps "absent" not found', reason: 'NotFound', details: { name: 'absent', kind: 'configmaps' }, code: 404 });
  });

  test('who was impersonated', async () => {
    const { cluster, events } = await recorded([{ level: 'Metadata' }]);
    await cluster.request('GET', maps, { headers: { 'impersonate-user': 'joe' } });
    await settled();
    expect(events.map(({ stage, user, impersonatedUser }) => [stage, user['username'], impersonatedUser?.['username']])).toEqual([
      ['RequestReceived', 'kubernetes-admin', undefined],
      ['ResponseComplete', 'kubernetes-admin', 'joe'],
    ]);
  });

  test('watches as they begin and as they end', async () => {
    const clock = new VirtualClock();
    const { cluster, events } = await recorded([{ level: 'RequestResponse' }], { clock });
    const response = await cluster.server.handle(new InProcessRequest({ method: 'GET', path: `${maps}?watch=1&timeoutSeconds=5`, headers: {}, user: { name: 'w', groups: ['system:masters'] } }));
    if (response.type !== 'stream') throw new Error('no stream');
    const closers: (() => void)[] = [];
    response.start({ write: () => true, end: () => closers.forEach((close) => close()), abort: () => undefined, onDrain: () => undefined, onClose: (callback) => closers.push(callback) });
    expect(events.map(({ stage }) => stage)).toEqual(['RequestReceived', 'ResponseStarted']);
    await clock.advance(5000);
    expect(events.map(({ stage }) => stage)).toEqual(['RequestReceived', 'ResponseStarted', 'ResponseComplete']);
    expect(events[2]?.stageTimestamp).toBe('2026-01-01T00:00:05.000000Z');
  });

  test('a failure of the server’s own', async () => {
    let broken = false;
    const uuid = (): string => {
      if (broken) throw new Error('no more names');
      return crypto.randomUUID();
    };
    const { cluster, events } = await recorded([{ level: 'Metadata', omitStages: ['RequestReceived'] }], { uuid });
    broken = true;
    const failed = await cluster.request('POST', maps, { body: map, headers: { 'audit-id': 'given' } });
    broken = false;
    await settled();
    expect(failed.status).toBe(500);
    expect(events.map(({ auditID, stage, responseStatus }) => [auditID, stage, responseStatus?.code, responseStatus?.message])).toEqual([['given', 'Panic', 500, "APIServer panic'd: no more names"]]);
  });

  test('what admission says of it', async () => {
    const rules = [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE', 'UPDATE'] }];
    const change = mutate<{ data: Record<string, string> }>({ name: 'change.audit.example', rules }, (object) => void (object.data['added'] = 'x'));
    const judge = validate({ name: 'judge.audit.example', rules }, (_object, review) => {
      review.annotate('verdict', 'seen');
      if (review.operation === 'UPDATE') deny('no');
    });
    const { cluster, events } = await recorded([{ level: 'Metadata', omitStages: ['RequestReceived'] }], { admission: [change, judge] });
    await cluster.request('POST', maps, { body: map });
    await settled();
    expect(events[0]?.annotations).toEqual({
      'authorization.k8s.io/decision': 'allow',
      'authorization.k8s.io/reason': '',
      'judge.audit.example/verdict': 'seen',
      'mutation.webhook.admission.k8s.io/round_0_index_0': '{"configuration":"change.audit.example","webhook":"change.audit.example","mutated":true}',
    });
  });
});

describe('which rule decides', () => {
  const attributes: Attributes = { user: { name: 'jane', groups: ['dev'] }, verb: 'get', resourceRequest: true, path: '', group: 'apps', version: 'v1', resource: 'deployments', subresource: '', namespace: 'web', name: 'd' };
  const scale = { ...attributes, subresource: 'scale' };
  const path: Attributes = { ...attributes, resourceRequest: false, path: '/healthz/ping', group: '', version: '', resource: '', namespace: '', name: '' };

  test.each<[Partial<AuditRule>, Attributes, boolean]>([
    [{}, attributes, true],
    [{ users: ['joe'] }, attributes, false],
    [{ userGroups: ['dev', 'x'] }, attributes, true],
    [{ verbs: ['list'] }, attributes, false],
    [{ namespaces: ['web'] }, attributes, true],
    [{ namespaces: ['web'] }, path, false],
    [{ resources: [{ group: 'apps' }] }, attributes, true],
    [{ resources: [{ group: '' }] }, attributes, false],
    [{ resources: [{ group: 'apps', resources: ['deployments'] }] }, scale, false],
    [{ resources: [{ group: 'apps', resources: ['deployments/scale'] }] }, scale, true],
    [{ resources: [{ group: 'apps', resources: ['*/scale'] }] }, scale, true],
    [{ resources: [{ group: 'apps', resources: ['deployments/*'] }] }, attributes, false],
    [{ resources: [{ group: 'apps', resources: ['*'], resourceNames: ['e'] }] }, attributes, false],
    [{ nonResourceURLs: ['/healthz*'] }, path, true],
    [{ nonResourceURLs: ['/healthz'] }, path, false],
    [{ nonResourceURLs: ['*'] }, attributes, false],
  ])('%j', (rule, about, matches) => {
    expect(auditDecision({ rules: [{ level: 'Request', ...rule }] }, about).level).toBe(matches ? 'Request' : 'None');
  });

  test.each([
    [{}, 'expected a Policy of audit.k8s.io/v1, found "" of ""'],
    [{ rules: [] }, 'loaded illegal policy with 0 rules'],
    [{ rules: [{ level: 'Everything' }] }, 'rules[0].level: Unsupported value: "Everything": supported values: "None", "Metadata", "Request", "RequestResponse"'],
    [{ rules: [{ level: 'None', omitStages: ['Later'] }] }, 'rules[0].omitStages: Invalid value: "Later": allowed stages are RequestReceived,ResponseStarted,ResponseComplete,Panic'],
    [{ rules: [{ level: 'None', nonResourceURLs: ['healthz'] }] }, 'rules[0].nonResourceURLs: Invalid value: "healthz": non-resource URL rules must begin with a \'/\' character'],
    [{ rules: [{ level: 'None', namespaces: ['a'], nonResourceURLs: ['/a'] }] }, 'rules[0].nonResourceURLs: Invalid value: rules cannot apply to both regular resources and non-resource URLs'],
  ])('a policy is refused: %j', (policy, message) => {
    expect(() => readAuditPolicy('rules' in policy ? { kind: 'Policy', apiVersion: 'audit.k8s.io/v1', ...policy } : policy)).toThrow(message);
  });
});

test('a log begins a new file when one is full, keeps as many as it is told, and tells once when it cannot write', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'steersman-audit-'));
  const clock = new VirtualClock();
  const errors: string[] = [];
  const log = new AuditLogFile({ path: join(folder, 'audit.log'), maxSizeMb: 1, maxBackups: 2, clock, onError: (error) => errors.push(error.message) });
  const event = (auditID: string): AuditEvent => ({ kind: 'Event', apiVersion: 'audit.k8s.io/v1', level: 'Request', auditID, stage: 'ResponseComplete', requestURI: '/', verb: 'get', user: {}, requestObject: 'x'.repeat(600_000), requestReceivedTimestamp: '', stageTimestamp: '' });
  for (let i = 0; i < 5; i++) {
    log.write(event(`e${i}`));
    await clock.advance(1000);
  }
  await log.close();
  expect(readdirSync(folder).toSorted()).toEqual(['audit-2026-01-01T00-00-03.000.log', 'audit-2026-01-01T00-00-04.000.log', 'audit.log']);
  expect((JSON.parse(readFileSync(join(folder, 'audit.log'), 'utf8').trim()) as AuditEvent).auditID).toBe('e4');
  rmSync(folder, { recursive: true });
  const broken = new AuditLogFile({ path: join(folder, 'gone', 'audit.log'), clock, onError: (error) => errors.push(error.message) });
  broken.write(event('a'));
  broken.write(event('b'));
  expect(errors).toEqual([expect.stringContaining('ENOENT')]);
});
