import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../machinery/clock.ts';
import { loadConfiguration } from '../../sdk/scheduler/load-configuration.ts';
import { requesting, SchedulerCluster } from '../scheduler-cluster.contract.ts';

type Answers = Readonly<Record<string, (body: { pod?: { metadata: { name: string } }; nodenames?: string[]; nodes?: { items: { metadata: { name: string } }[] }; [field: string]: unknown }) => unknown>>;

describe('an extender over HTTP', () => {
  let server: Server | undefined;
  let cluster: SchedulerCluster | undefined;
  let calls: string[] = [];
  afterEach(async () => {
    await cluster?.close();
    server?.closeAllConnections();
    server?.close();
  });

  const open = async (more: string, answers: Answers): Promise<SchedulerCluster> => {
    calls = [];
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const verb = request.url?.split('/').at(-1) ?? '';
        calls.push(verb);
        const answer = answers[verb]?.(JSON.parse(Buffer.concat(chunks).toString()) as never);
        response.writeHead(answer === undefined ? 500 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? {}));
      });
    });
    await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/scheduler/`;
    const text = `apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\nextenders: [{urlPrefix: "${url}", ${more}}]`;
    const { file, extenders } = loadConfiguration(text, { clock: systemClock, log: (line) => cluster?.log.push(line), readFile: () => Buffer.alloc(0) });
    cluster = await SchedulerCluster.open({ configuration: file, extenders });
    for (const name of ['a', 'b', 'c']) await cluster.addNode(name);
    return cluster;
  };
  /** Sockets take real time. */
  const placed = async (name: string): Promise<string> => {
    for (let i = 0; i < 200; i++) {
      await cluster?.settle();
      const pod = await cluster?.pod(name);
      if (pod?.spec?.nodeName !== undefined || pod?.status?.conditions !== undefined) return pod.spec?.nodeName ?? '';
    }
    return '';
  };

  test('leaves only the nodes that it likes, and says why', async () => {
    await open('filterVerb: filter, nodeCacheCapable: true', {
      filter: ({ nodenames = [], pod }) => (pod?.metadata.name === 'q' ? { nodenames: [], failedNodes: Object.fromEntries(nodenames.map((name) => [name, 'not today'])) } : { nodenames: nodenames.filter((name) => name === 'b') }),
    });
    await cluster?.addPod('p');
    expect(await placed('p')).toBe('b');
    await cluster?.addPod('q');
    expect(await placed('q')).toBe('');
    expect(await cluster?.messageOf('q')).toContain('0/3 nodes are available: 3 not today.');
  });

  test('scores nodes, and binds', async () => {
    const bound: unknown[] = [];
    await open('prioritizeVerb: prioritize, weight: 100, bindVerb: bind', {
      prioritize: ({ nodes }) => nodes?.items.map(({ metadata }) => ({ host: metadata.name, score: metadata.name === 'c' ? 10 : 0 })),
      bind: (args) => {
        bound.push(args);
        return {};
      },
    });
    await cluster?.addPod('p');
    for (let i = 0; i < 200 && bound.length === 0; i++) await cluster?.settle();
    expect(bound).toMatchObject([{ podName: 'p', podNamespace: 'default', node: 'c' }]);
  });

  test('that fails keeps pods waiting, unless it may be ignored', async () => {
    await open('filterVerb: broken', {});
    await cluster?.addPod('p');
    expect(await placed('p')).toBe('');
    expect((await cluster?.pod('p'))?.status?.conditions).toMatchObject([{ reason: 'SchedulerError', message: expect.stringContaining('code 500') as string }]);
    await cluster?.close();
    server?.close();
    await open('filterVerb: broken, ignorable: true', {});
    await cluster?.addPod('p');
    expect(await placed('p')).not.toBe('');
  });

  test('is asked only about pods that use its resources', async () => {
    await open('filterVerb: filter, nodeCacheCapable: true, managedResources: [{name: example.com/gpu, ignoredByScheduler: true}]', { filter: ({ nodenames }) => ({ nodenames }) });
    await cluster?.addPod('p');
    expect(await placed('p')).not.toBe('');
    expect(calls).toEqual([]);
    const { containers } = requesting({ 'example.com/gpu': '1' }) ?? {};
    await cluster?.addPod('q', { containers: (containers ?? []).map((container) => ({ ...container, resources: { ...container.resources, limits: { 'example.com/gpu': '1' } } })) });
    expect(await placed('q')).not.toBe('');
    expect(calls).toEqual(['filter']);
  });
});
