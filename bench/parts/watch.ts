import { setTimeout as delay } from 'node:timers/promises';
import type { ChildServer } from '../child-server.ts';
import { wrkStreams, wrkWrite, type Burst, type WriteLoad } from '../load-generators.ts';
import { compare } from '../measurement.ts';
import type { Part } from '../part.ts';
import { bodyFile, configMap, CONFIG_MAPS } from '../sample-objects.ts';
import { TOKEN } from '../steersman-server.ts';

const WATCHERS = 100;
const WRITERS = 8;
const OBJECTS = 100;
/** Until every watcher is there, and, behind the burst, until it has read what is still on its way. */
const MARGIN_SECONDS = 2;

/** Updates of ConfigMaps that 100 watchers follow; an event counts once for each watcher that it was delivered to. */
export const watch: Part = (context) =>
  context.withServers({ storage: 'lmdb' }, async ({ ours, bare }) => {
    for (let i = 0; i < OBJECTS; i++) await ours.client.must('POST', CONFIG_MAPS, configMap({ name: `object-${i}` }));
    const template = bodyFile(ours.folder, 'update', configMap({ name: '%NAME%' }, '%SERIAL%'));
    const write: WriteLoad = { method: 'PUT', path: `${CONFIG_MAPS}/%NAME%`, contentType: 'application/json', template, names: OBJECTS };
    const eventBytes = (await ours.client.must('GET', `${CONFIG_MAPS}/object-0`)).length;
    // The bare server sends its watchers what it was sent, so that is made as long as an event.
    const broadcast = { ...write, path: '/broadcast/%NAME%', template: bodyFile(ours.folder, 'broadcast', configMap({ name: '%NAME%' }, '%SERIAL%').padEnd(eventBytes)) };
    const figures = await compare(
      context.options,
      [
        ours,
        async (server, burst) => {
          const { metadata } = JSON.parse(await ours.client.must('GET', `${CONFIG_MAPS}?limit=1`)) as { metadata: { resourceVersion: string } };
          return fanOut(server, { ...burst, watched: `${CONFIG_MAPS}?watch=1&resourceVersion=${metadata.resourceVersion}`, write, eventBytes });
        },
      ],
      [bare, (server, burst) => fanOut(server, { ...burst, watched: '/watch', write: broadcast, eventBytes })],
    );
    return [{ name: 'watch events delivered', unit: '/s', ...figures, note: `${WATCHERS} watchers, ${WRITERS} writers; HTTP/1.1` }];
  });

interface FanOut {
  readonly seconds: number;
  readonly run: string;
  readonly watched: string;
  readonly write: WriteLoad;
  readonly eventBytes: number;
}

async function fanOut(server: ChildServer, { seconds, run, watched, write, eventBytes }: FanOut): Promise<Burst> {
  const streams = wrkStreams({ url: server.url, token: TOKEN, connections: WATCHERS, seconds: seconds + 2 * MARGIN_SECONDS }, watched);
  await delay(MARGIN_SECONDS * 1000);
  const [written, bytes] = await Promise.all([wrkWrite({ url: server.url, token: TOKEN, connections: WRITERS, seconds }, write, run), streams]);
  const events = written.requests * WATCHERS;
  // Frames and heads come on top of the events' own bytes, so fewer bytes than those mean that events were lost.
  if (bytes < events * eventBytes * 0.98) throw new Error(`${events} events of ${eventBytes} bytes were to be delivered, ${bytes} bytes came`);
  return { requests: events, requestsPerSecond: written.requestsPerSecond * WATCHERS, bytesPerSecond: bytes / seconds };
}
