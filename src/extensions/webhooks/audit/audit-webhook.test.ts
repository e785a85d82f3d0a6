import { afterEach, expect, test } from 'vitest';
import { VirtualClock } from '../../../machinery/virtual-clock.ts';
import type { AuditEvent } from '../../../server/audit/audit-event.ts';
import { LazyWebhookClient } from '../client/lazy-webhook-client.ts';
import { urlTarget } from '../client/webhook-target.ts';
import { passDelays, WebhookServer, type Answer } from '../webhook-server.test-data.ts';
import { AuditWebhook, type AuditWebhookSettings } from './audit-webhook.ts';

const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

const event = (auditID: string): AuditEvent => ({ kind: 'Event', apiVersion: 'audit.k8s.io/v1', level: 'Metadata', auditID, stage: 'ResponseComplete', requestURI: '/', verb: 'get', user: {}, requestReceivedTimestamp: '', stageTimestamp: '' });
const ok: Answer = (_review, response) => void response.writeHead(200).end();

async function prepare(settings: Partial<AuditWebhookSettings>, answer: Answer = ok) {
  const server = await WebhookServer.start(answer);
  const clock = new VirtualClock();
  const errors: string[] = [];
  const client = new LazyWebhookClient({ clock, resolver: { resolve: () => Promise.reject(new Error('none')) } });
  const target = { ...urlTarget(`https://127.0.0.1:${server.port}/audit`), certificateAuthority: server.ca.cert };
  const sink = new AuditWebhook({ target, client, clock, onError: (error) => errors.push(error.message), ...settings });
  cleanUps.push(() => client.close(), () => server.stop());
  const batches = (): string[] => server.received.map(({ body }) => (body.items as AuditEvent[]).map(({ auditID }) => auditID).join());
  return { server, clock, sink, errors, batches };
}

test('events go in batches: full ones at once, others in time or when the server stops', async () => {
  const { server, clock, sink, batches } = await prepare({ batchSize: 2, maxWaitMs: 1000 });
  for (const id of ['a', 'b', 'c']) sink.write(event(id));
  await passDelays(clock, 2000, () => server.received.length === 2);
  sink.write(event('d'));
  await sink.close();
  expect(batches()).toEqual(['a,b', 'c', 'd']);
  expect(server.received[0]?.body).toMatchObject({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', items: [{ auditID: 'a' }, { auditID: 'b' }] });
});

test('a batch is sent again, ever later, and given up with a word after five times', async () => {
  const { server, clock, sink, errors } = await prepare({ batchSize: 1, initialBackoffMs: 1000 }, (_review, response) => void response.writeHead(503).end());
  sink.write(event('a'));
  await passDelays(clock, 10_000, () => errors.length > 0);
  expect(server.received).toHaveLength(5);
  expect(errors).toEqual([expect.stringContaining('1 audit events could not be delivered')]);
});

test('more events than may wait are dropped, with a word', async () => {
  const { sink, errors, batches } = await prepare({ bufferSize: 2 });
  for (const id of ['a', 'b', 'c', 'd']) sink.write(event(id));
  await sink.close();
  expect(batches()).toEqual(['a,b']);
  expect(errors).toEqual(['audit webhook queue is full: events are dropped']);
});
