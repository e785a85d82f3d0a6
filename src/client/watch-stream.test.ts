import { expect, test } from 'vitest';
import { TransportError } from './transport.ts';
import { WatchDecoder } from './watch-stream.ts';

const lines = [
  { type: 'ADDED', object: { kind: 'X', metadata: { name: 'ä', resourceVersion: '1' } } },
  { type: 'BOOKMARK', object: { kind: 'X', metadata: { resourceVersion: '2', annotations: { 'k8s.io/initial-events-end': 'true' } } } },
  { type: 'ERROR', object: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 410, reason: 'Expired', message: 'too old' } },
];
const bytes = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));

test.each([1, 2, 3, 7, 64, 10_000])('events are the same however the stream is cut (pieces of %i)', (size) => {
  const decoder = new WatchDecoder();
  const events = [];
  for (let at = 0; at < bytes.length; at += size) events.push(...decoder.decode(bytes.subarray(at, at + size)));
  decoder.end();
  expect(events).toMatchObject([
    { type: 'ADDED', object: { metadata: { name: 'ä' } } },
    { type: 'BOOKMARK', resourceVersion: '2', initialEventsEnd: true },
    { type: 'ERROR', error: { code: 410, reason: 'Expired', message: 'too old' } },
  ]);
});

test('integers that a double cannot hold stay exact', () => {
  const [event] = new WatchDecoder().decode(Buffer.from('{"type":"ADDED","object":{"metadata":{},"spec":{"n":9007199254740993}}}\n'));
  expect(event).toMatchObject({ object: { spec: { n: 9007199254740993n } } });
});

test.each(['not json\n', '{"type":"ADDED"}\n', '{"type":"ODD","object":{}}\n'])('what is no event breaks the watch: %j', (text) => {
  expect(() => new WatchDecoder().decode(Buffer.from(text))).toThrow(TransportError);
});

test('a stream that ends within an event is broken', () => {
  const decoder = new WatchDecoder();
  decoder.decode(Buffer.from('{"type":'));
  expect(() => decoder.end()).toThrow(TransportError);
});
