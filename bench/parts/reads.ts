import { h2load, wrkRead, type Burst, type Target } from '../load-generators.ts';
import { compare, type Comparison, type Load } from '../measurement.ts';
import type { Pair, Part, PartContext } from '../part.ts';
import { configMap, CONFIG_MAPS } from '../sample-objects.ts';
import { TOKEN } from '../steersman-server.ts';

const CONNECTIONS = 32;
const STREAMS = 10;
/** Lists are large: more at once would only fill memory. */
const LIST_CONNECTIONS = 8;
const LIST_LENGTH = 500;

/** GET of one ConfigMap. */
export const get: Part = (context) =>
  context.withServers({ storage: 'lmdb' }, async (pair) => {
    await pair.ours.client.must('POST', CONFIG_MAPS, configMap({ name: 'one' }));
    const path = `${CONFIG_MAPS}/one`;
    const size = (await pair.ours.client.must('GET', path)).length;
    const goal = { ratioAtLeast: 0.4 };
    const http1 = await compareReads(context, pair, { path, size, connections: CONNECTIONS, read: wrkRead });
    const http2 = await compareReads(context, pair, { path, size, connections: 4, read: overHttp2 });
    return [
      { name: 'GET one ConfigMap, HTTP/1.1', unit: '/s', ...http1, goal, note: `${size} bytes, ${CONNECTIONS} connections` },
      { name: 'GET one ConfigMap, HTTP/2', unit: '/s', ...http2, goal, note: `4 connections of ${STREAMS} streams` },
    ];
  });

/** LIST of 500 ConfigMaps, whole. */
export const list: Part = (context) =>
  context.withServers({ storage: 'lmdb' }, async (pair) => {
    for (let i = 0; i < LIST_LENGTH; i++) await pair.ours.client.must('POST', CONFIG_MAPS, configMap({ name: `object-${i}` }));
    const size = (await pair.ours.client.must('GET', CONFIG_MAPS)).length;
    const goal = { ratioAtLeast: 0.6 };
    const compared = { path: CONFIG_MAPS, size, connections: LIST_CONNECTIONS };
    const http1 = await compareReads(context, pair, { ...compared, read: wrkRead });
    const http2 = await compareReads(context, pair, { ...compared, read: overHttp2 });
    return [
      { name: `LIST of ${LIST_LENGTH}, HTTP/1.1`, unit: '/s', ...http1, goal, note: listNote(http1.ours, size) },
      { name: `LIST of ${LIST_LENGTH}, HTTP/2`, unit: '/s', ...http2, goal, note: listNote(http2.ours, size) },
    ];
  });

function listNote(perSecond: number, size: number): string {
  return `${Math.round(size / 1000)} kB each, ${Math.round((perSecond * size) / 1e6)} MB/s`;
}

function overHttp2(target: Target, path: string): Promise<Burst> {
  return h2load(target, { path, streams: target.connections > 4 ? 1 : STREAMS });
}

export interface ReadComparison {
  readonly path: string;
  /** Bytes of the answer: what the bare server answers with. */
  readonly size: number;
  readonly connections: number;
  readonly read: (target: Target, path: string) => Promise<Burst>;
}

/** Both servers read by the same load generator. */
export function compareReads({ options }: PartContext, { ours, bare }: Pair, compared: ReadComparison): Promise<Comparison> {
  const { path, size, connections, read } = compared;
  const reading = (from: string): Load => ({ url }, { seconds }) => read({ url, token: TOKEN, connections, seconds }, from);
  return compare(options, [ours, reading(path)], [bare, reading(`/bytes/${size}`)]);
}
