import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ConfigMap, Pod } from '../api/types/generated/core-v1.ts';
import { StatusError } from '../machinery/status-error.ts';
import { TestCluster } from '../runtime/test-cluster.contract.ts';
import { BUILTIN } from './builtin-resources.ts';
import type { WriteNotice } from './caller.ts';
import type { ResourceClient } from './resource-client.ts';
import { CallTimeoutError, TransportError } from './transport.ts';

describe('the client, against the API server', () => {
  let cluster: TestCluster;
  let maps: ResourceClient<ConfigMap>;
  const map = (name: string, data: Record<string, string> = {}): ConfigMap => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });

  beforeEach(async () => {
    cluster = await TestCluster.open();
    maps = cluster.client.resource(BUILTIN.configMaps).inNamespace('test');
  });
  afterEach(() => cluster.close());

  test('creates, reads, updates, patches and deletes', async () => {
    const created = await maps.create(map('a', { x: '1' }));
    expect(created.metadata).toMatchObject({ name: 'a', namespace: 'test' });
    expect((await maps.update({ ...created, data: { x: '2' } })).data).toEqual({ x: '2' });
    expect((await maps.patch('a', 'merge', { data: { y: '3' } })).data).toEqual({ x: '2', y: '3' });
    expect((await maps.patch('a', 'json', [{ op: 'remove', path: '/data/x' }])).data).toEqual({ y: '3' });
    expect((await maps.patch('a', 'strategic', { metadata: { labels: { l: 'm' } } })).metadata.labels).toEqual({ l: 'm' });
    expect((await maps.get('a')).data).toEqual({ y: '3' });
    expect(await maps.delete('a')).toEqual({ type: 'gone', uid: created.metadata.uid });
    await expect(maps.get('a')).rejects.toMatchObject({ code: 404, reason: 'NotFound', message: 'configmaps "a" not found' });
  });

  test('an update of an old object is a conflict', async () => {
    const created = await maps.create(map('a'));
    await maps.update({ ...created, data: { x: '2' } });
    const late = maps.update({ ...created, data: { x: '3' } });
    await expect(late).rejects.toThrow(StatusError);
    await expect(late).rejects.toMatchObject({ reason: 'Conflict' });
  });

  test('applies under a manager, and conflicts with another', async () => {
    const applied = await maps.apply({ ...map('a', { x: '1' }) }, { fieldManager: 'one' });
    expect(applied.metadata.managedFields).toMatchObject([{ manager: 'one', operation: 'Apply' }]);
    await expect(maps.apply(map('a', { x: '2' }), { fieldManager: 'two' })).rejects.toMatchObject({ reason: 'Conflict' });
    expect((await maps.apply(map('a', { x: '2' }), { fieldManager: 'two', force: true })).data).toEqual({ x: '2' });
  });

  test('a dry run writes nothing', async () => {
    await maps.create(map('a'), { dryRun: true });
    expect((await maps.list()).items).toEqual([]);
  });

  test('an object with finalizers is terminating when it is deleted', async () => {
    await maps.create({ ...map('a'), metadata: { name: 'a', finalizers: ['example.com/wait'] } });
    expect(await maps.delete('a')).toMatchObject({ type: 'terminating', object: { metadata: { finalizers: ['example.com/wait'] } } });
  });

  test('lists page by page, each item with its type, all of one state', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await maps.create(map(name));
    const pages: string[][] = [];
    for await (const page of maps.pages({ limit: 2 })) {
      pages.push(page.items.map((item) => item.metadata.name ?? ''));
      await maps.create(map(`new-${pages.length}`));
    }
    expect(pages).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    const all = await maps.listAll({ limit: 3, labelSelector: '!x' });
    expect([all.items.length, all.items[0]?.kind, all.items[0]?.apiVersion]).toEqual([8, 'ConfigMap', 'v1']);
  });

  test('lists items of a resource without a kind with the one of the list', async () => {
    await maps.create(map('a'));
    const { items } = await cluster.client.resource({ group: '', version: 'v1', resource: 'configmaps', namespaced: true }).inNamespace('test').list();
    expect(items.map(({ kind, apiVersion }) => [kind, apiVersion])).toEqual([['ConfigMap', 'v1']]);
  });

  test('watches, and ends when it is told to', async () => {
    const abort = new AbortController();
    const watch = await maps.watch({ sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan', signal: abort.signal });
    await maps.create(map('a'));
    const types: string[] = [];
    const reading = (async () => {
      for await (const event of watch) {
        types.push(event.type);
        if (types.length === 3) abort.abort(new Error('enough'));
        else if (types.length === 2) await maps.delete('a');
      }
    })();
    await expect(reading).rejects.toThrow('enough');
    expect(types).toEqual(['BOOKMARK', 'ADDED', 'DELETED']);
    await cluster.clock.advance(0);
    expect(cluster.clock.pendingTimers).toBe(0);
  });

  test('deletes a collection by label', async () => {
    await maps.create(map('a'));
    await maps.create({ ...map('b'), metadata: { name: 'b', labels: { x: 'y' } } });
    await maps.deleteCollection({ labelSelector: 'x=y' });
    expect((await maps.list()).items.map(({ metadata }) => metadata.name)).toEqual(['a']);
  });

  test('reads and writes the status of its own', async () => {
    const nodes = cluster.client.resource(BUILTIN.nodes);
    const node = await nodes.create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } });
    await nodes.updateStatus({ ...node, status: { phase: 'Running' } });
    const patched = await nodes.patchStatus('n', 'strategic', { status: { conditions: [{ type: 'Ready', status: 'True' }] } });
    expect(patched.status).toMatchObject({ phase: 'Running', conditions: [{ type: 'Ready' }] });
  });

  test('tells who listens of each write', async () => {
    const notices: WriteNotice[] = [];
    const end = cluster.client.onWrite((notice) => notices.push(notice));
    const created = await maps.create(map('a'));
    await maps.patch('a', 'merge', {}, { dryRun: true });
    await maps.delete('a');
    end();
    await maps.create(map('b'));
    expect(notices).toMatchObject([
      { deletion: false, namespace: 'test', name: 'a', object: created },
      { deletion: true, namespace: 'test', name: 'a', uid: created.metadata.uid },
    ]);
  });

  test.each([
    ['without a namespace', () => cluster.client.resource<Pod>(BUILTIN.pods).get('x')],
    ['without a name', () => maps.get('')],
  ])('a call about one object %s is refused before it is sent', async (_name, call) => {
    let calls = 0;
    cluster.fault = () => {
      calls++;
      return undefined;
    };
    await expect((async () => call())()).rejects.toThrow(RangeError);
    expect(calls).toBe(0);
  });

  describe('in trouble', () => {
    const answers = (...codes: (number | undefined)[]) => {
      let call = 0;
      cluster.fault = () => {
        const status = codes[call++];
        return status === undefined ? undefined : { type: 'answer', status, headers: { 'retry-after': '2' } };
      };
      return () => call;
    };

    test.each([429, 503])('does what it was asked when the server asks it to come again (%i)', async (code) => {
      answers(code, code);
      const before = cluster.clock.now();
      let created: ConfigMap | undefined;
      void maps.create(map('a')).then((object) => (created = object));
      await cluster.clock.advanceUntil(() => created !== undefined, 10_000);
      expect(cluster.clock.now() - before).toBe(4000);
    });

    test('gives up after ten times', async () => {
      const calls = answers(...Array.from({ length: 50 }, () => 429));
      const failed = maps.get('a').catch((error: unknown) => error);
      await cluster.clock.advance(60_000);
      expect(await failed).toMatchObject({ code: 429, reason: 'TooManyRequests', status: { details: { retryAfterSeconds: 2 } } });
      expect(calls()).toBe(11);
    });

    test('does not come again when the server does not ask for it', async () => {
      cluster.fault = () => ({ type: 'answer', status: 500, body: 'oops' });
      await expect(maps.get('a')).rejects.toMatchObject({ code: 500, reason: 'InternalError', message: 'an error on the server ("oops") has prevented the request from succeeding' });
    });

    test('ends a call that gets no answer', async () => {
      cluster.fault = () => ({ type: 'hang' });
      const failed = maps.get('a', { timeoutMs: 5000 }).catch((error: unknown) => error);
      await cluster.clock.advance(5000);
      expect(await failed).toBeInstanceOf(CallTimeoutError);
      expect(cluster.clock.pendingTimers).toBe(0);
    });

    test('reads once more when a connection breaks, and writes never', async () => {
      await maps.create(map('a'));
      let calls = 0;
      cluster.fault = () => (++calls % 2 === 1 ? { type: 'lose-answer' } : undefined);
      expect((await maps.get('a')).metadata.name).toBe('a');
      calls = 0;
      const write = maps.create(map('b'));
      await expect(write).rejects.toThrow(TransportError);
      await expect(write).rejects.toMatchObject({ uncertain: true });
      expect(calls).toBe(1);
    });

    test('a call that its caller gives up ends at once', async () => {
      cluster.fault = () => ({ type: 'hang' });
      const abort = new AbortController();
      const call = maps.get('a', { signal: abort.signal });
      abort.abort(new Error('changed my mind'));
      await expect(call).rejects.toThrow('changed my mind');
      await expect(maps.get('a', { signal: abort.signal })).rejects.toThrow('changed my mind');
    });
  });
});
