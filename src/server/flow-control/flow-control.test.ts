import { afterEach, beforeEach, expect, test } from 'vitest';
import { settle, VirtualClock } from '../../machinery/virtual-clock.ts';
import { startCluster, type Answer, type Cluster } from '../../sdk/testing/cluster.ts';

const BASE = '/apis/flowcontrol.apiserver.k8s.io/v1';
const ALICE = { name: 'alice', groups: ['system:authenticated', 'watched'] };
let clock: VirtualClock;
let cluster: Cluster;
let holding: { readonly hold: Promise<void>; readonly release: () => void };

/** A cluster where one seat serves the group `watched`, and where a request on `/held` ends when the test says so. */
beforeEach(async () => {
  clock = new VirtualClock();
  cluster = await startCluster({ clock, authorizationModes: ['AlwaysAllow'], flowControl: { maxRequestsInFlight: 1, maxMutatingRequestsInFlight: 0 } });
  const { promise, resolve } = Promise.withResolvers<void>();
  holding = { hold: promise, release: resolve };
  cluster.server.paths.exact('/held', async () => {
    await holding.hold;
    return { type: 'bytes', status: 200, contentType: 'text/plain', body: [Buffer.from('held')] };
  });
});
afterEach(() => cluster.stop());

async function limit(limitResponse: object): Promise<void> {
  await create('prioritylevelconfigurations', { metadata: { name: 'narrow' }, spec: { type: 'Limited', limited: { nominalConcurrencyShares: 1, borrowingLimitPercent: 0, limitResponse } } });
  await create('flowschemas', {
    metadata: { name: 'watched' },
    spec: {
      priorityLevelConfiguration: { name: 'narrow' },
      matchingPrecedence: 100,
      distinguisherMethod: { type: 'ByUser' },
      rules: [
        {
          subjects: [{ kind: 'Group', group: { name: 'watched' } }],
          resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] }],
          nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
        },
      ],
    },
  });
}

async function create(resource: string, body: object): Promise<void> {
  const answer = await cluster.request('POST', `${BASE}/${resource}`, { body: { apiVersion: 'flowcontrol.apiserver.k8s.io/v1', ...body } });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
}

function asAlice(path: string): Promise<Answer> {
  return cluster.request('GET', path, { user: ALICE });
}

async function dump(table: string): Promise<string[][]> {
  const { body } = await cluster.request<string>('GET', `/debug/api_priority_and_fairness/${table}`);
  return body.trim().split('\n').map((line) => line.split(',').map((cell) => cell.trim()));
}

test('answers name the schema and the level of the request, and the first schema by precedence counts', async () => {
  await limit({ type: 'Reject' });
  const uidOf = async (path: string): Promise<string | undefined> => (await cluster.request<{ metadata: { uid?: string } }>('GET', `${BASE}/${path}`)).body.metadata.uid;
  const { headers } = await asAlice('/api/v1/namespaces/default');
  expect(headers['x-kubernetes-pf-flowschema-uid']).toBe(await uidOf('flowschemas/watched'));
  expect(headers['x-kubernetes-pf-prioritylevel-uid']).toBe(await uidOf('prioritylevelconfigurations/narrow'));
  const masters = await cluster.request('GET', '/api/v1/namespaces/default', { user: { name: 'root', groups: ['system:masters', 'watched'] } });
  expect(masters.headers['x-kubernetes-pf-flowschema-uid']).toBe(await uidOf('flowschemas/exempt'));
});

test('a level that rejects refuses what finds no seat, and says when to come again', async () => {
  await limit({ type: 'Reject' });
  const held = asAlice('/held');
  await settle();
  const refused = await asAlice('/api/v1/namespaces/default');
  expect([refused.status, refused.body, refused.headers['retry-after']]).toEqual([429, 'Too many requests, please try again later.\n', '1']);
  expect((await cluster.request('GET', '/api/v1/namespaces/default')).status).toBe(200);
  holding.release();
  expect((await held).status).toBe(200);
  expect((await asAlice('/api/v1/namespaces/default')).status).toBe(200);
});

test('a level that queues answers as soon as a seat is free, and shows meanwhile what waits', async () => {
  await limit({ type: 'Queue', queuing: { queues: 4, handSize: 2, queueLengthLimit: 2 } });
  const held = asAlice('/held');
  await settle();
  const waiting = Array.from({ length: 5 }, () => asAlice('/api/v1/namespaces/default'));
  await settle();
  expect((await waiting[4])?.status).toBe(429);
  const [names = [], ...levels] = await dump('dump_priority_levels');
  const narrow = levels.find(([name]) => name === 'narrow') ?? [];
  const cells = Object.fromEntries(names.map((name, i) => [name, narrow[i]]));
  expect(cells).toMatchObject({ WaitingRequests: '4', ExecutingRequests: '1', RejectedRequests: '1', IsIdle: 'false' });
  const requests = await dump('dump_requests?includeRequestDetails=1');
  expect(requests.filter(([level]) => level === 'narrow').map((row) => [row[1], row[4], row[8], row[9], row[10]])).toEqual(Array.from({ length: 4 }, () => ['watched', 'alice', 'alice', 'get', '/api/v1/namespaces/default']));
  holding.release();
  await held;
  expect((await Promise.all(waiting.slice(0, 4))).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
});

test('a request waits a quarter of the request timeout for its turn, and a held one is given up in time', async () => {
  await limit({ type: 'Queue', queuing: { queues: 1, handSize: 1, queueLengthLimit: 5 } });
  const held = asAlice('/held');
  await settle();
  const waiting = asAlice('/api/v1/namespaces/default');
  await settle();
  await clock.advance(15_000);
  expect((await waiting).status).toBe(429);
  await clock.advance(46_000);
  const late = (await held) as Answer<{ reason: string; message: string }>;
  expect([late.status, late.body.reason, late.body.message]).toEqual([504, 'Timeout', 'Timeout: request did not complete within the allotted timeout']);
  expect((await asAlice('/api/v1/namespaces/default')).status).toBe(200);
  holding.release();
});

test('a client may set itself a shorter time', async () => {
  const held = cluster.request('GET', '/held?timeout=2s');
  await settle();
  await clock.advance(3_000);
  expect((await held).status).toBe(504);
  holding.release();
});

test('a schema says whether its level exists, and counts only then', async () => {
  await create('flowschemas', { metadata: { name: 'lost' }, spec: { priorityLevelConfiguration: { name: 'narrow' }, matchingPrecedence: 50, rules: [{ subjects: [{ kind: 'Group', group: { name: 'watched' } }], nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }] }] } });
  const condition = async (status: string): Promise<unknown> => {
    await clock.advance(1);
    for (let turn = 0; turn < 10_000; turn++) {
      const { body } = await cluster.request<{ status?: { conditions?: { type: string; status: string; reason: string; message: string }[] } }>('GET', `${BASE}/flowschemas/lost`);
      const found = body.status?.conditions?.find((one) => one.type === 'Dangling' && one.status === status);
      if (found) return [found.reason, found.message];
      await settle();
    }
    return undefined;
  };
  expect(await condition('True')).toEqual(['NotFound', 'This FlowSchema references the PriorityLevelConfiguration object named "narrow" but there is no such object']);
  const before = await asAlice('/version');
  await limit({ type: 'Reject' });
  expect(await condition('False')).toEqual(['Found', 'This FlowSchema references the PriorityLevelConfiguration object named "narrow" and it exists']);
  const after = await asAlice('/version');
  expect(after.headers['x-kubernetes-pf-flowschema-uid']).not.toBe(before.headers['x-kubernetes-pf-flowschema-uid']);
});

test('without priority and fairness two bounds hold, for reading and for writing, but not for administrators', async () => {
  const plain = await startCluster({ clock, authorizationModes: ['AlwaysAllow'], flowControl: { priorityAndFairness: false, maxRequestsInFlight: 1, maxMutatingRequestsInFlight: 1 } });
  plain.server.paths.exact('/held', async () => {
    await holding.hold;
    return { type: 'bytes', status: 200, contentType: 'text/plain', body: [] };
  });
  const held = plain.request('GET', '/held', { user: ALICE });
  await settle();
  expect((await plain.request('GET', '/version', { user: ALICE })).status).toBe(429);
  expect((await plain.request('POST', '/api/v1/namespaces', { user: ALICE, body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } } })).status).toBe(201);
  expect((await plain.request('GET', '/version')).status).toBe(200);
  holding.release();
  await held;
  expect((await plain.request('GET', '/version', { user: ALICE })).status).toBe(200);
  await plain.stop();
});

test('what waited until its time was over is not done any more', async () => {
  const asked = Promise.withResolvers<void>();
  const slow = await startCluster({
    clock,
    authorizationModes: ['AlwaysAllow'],
    authenticators: [
      {
        name: 'slow',
        authenticate: async () => {
          await asked.promise;
          return { type: 'authenticated', user: ALICE };
        },
      },
    ],
  });
  // The rules of namespaces are loaded from here on: a write takes a few turns.
  expect((await slow.request('POST', '/api/v1/namespaces', { body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'early' } } })).status).toBe(201);
  const late = slow.request<{ reason: string }>('POST', '/api/v1/namespaces?timeout=1s', { user: 'none', body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'late' } } });
  await clock.advance(2_000);
  expect((await late).body.reason).toBe('Timeout');
  asked.resolve();
  await settle(200);
  expect((await slow.request('GET', '/api/v1/namespaces/late')).status).toBe(404);
  await slow.stop();
});
