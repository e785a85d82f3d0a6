import { setTimeout as delay } from 'node:timers/promises';
import { h2loadCount, wrkRead } from '../load-generators.ts';
import type { Measurement } from '../measurement.ts';
import type { Pair, Part, PartContext } from '../part.ts';
import { bodyFile, configMap, CONFIG_MAPS, pod, PODS } from '../sample-objects.ts';
import { TOKEN, type SteersmanServer } from '../steersman-server.ts';
import { compareReads } from './reads.ts';

const PAGE = 500;
const FEW = 100;
const MEGABYTE = 1e6;

/** What many stored objects cost: memory, time to page through them, and whether a GET notices them. */
export const scale: Part = async (context) => [
  ...(await atScale(context, { kind: 'ConfigMap', path: CONFIG_MAPS, make: configMap })),
  ...(await atScale(context, { kind: 'pod', path: PODS, make: pod })),
];

interface Scaled {
  readonly kind: string;
  readonly path: string;
  readonly make: (metadata: Readonly<Record<string, string>>) => string;
}

function atScale(context: PartContext, { kind, path, make }: Scaled): Promise<Measurement[]> {
  const { objects } = context.options;
  const many = objects.toLocaleString('en');
  return context.withServers({ storage: 'lmdb' }, async (pair) => {
    const { ours } = pair;
    await ours.client.must('POST', path, make({ name: 'one' }));
    const body = bodyFile(ours.folder, 'generate', make({ generateName: 'generated-object-' }));
    const idle = await settled(ours);
    await fill(ours, path, body, FEW);
    const getOfFew = await compareGet(context, pair, path);
    await fill(ours, path, body, objects - FEW);
    const stored = await settled(ours);
    const getOfMany = await compareGet(context, pair, path);
    const firstPage = `${path}?limit=${PAGE}`;
    const pageBytes = (await ours.client.must('GET', firstPage)).length;
    const page = await compareReads(context, pair, { path: firstPage, size: pageBytes, connections: 8, read: wrkRead });
    const walk = await walkPages(ours, path);
    const listed = await settled(ours);
    return [
      { name: `GET one ${kind} of ${FEW}`, unit: '/s', ...getOfFew },
      { name: `GET one ${kind} of ${many}`, unit: '/s', ...getOfMany },
      { name: `memory, ${many} ${kind}s`, unit: 'MB', ours: stored.all, note: memoryNote(idle, stored, listed, objects) },
      { name: `LIST page of ${PAGE} of ${many} ${kind}s`, unit: '/s', ...page, goal: { ratioAtLeast: 0.6 }, note: `${Math.round(pageBytes / 1000)} kB` },
      { name: `all ${many} ${kind}s by pages of ${PAGE}`, unit: 'ms', ours: walk.ms, note: `${walk.pages} pages, one after the other` },
    ];
  });
}

function compareGet(context: PartContext, pair: Pair, collection: string) {
  const path = `${collection}/one`;
  return pair.ours.client.must('GET', path).then((body) => compareReads(context, pair, { path, size: body.length, connections: 32, read: wrkRead }));
}

async function fill(server: SteersmanServer, path: string, body: string, count: number): Promise<void> {
  await h2loadCount({ url: server.url, token: TOKEN, connections: 4 }, { path, streams: 8, body }, count);
}

interface Resident {
  readonly all: number;
  readonly anonymous: number;
}

/** Resident megabytes once nothing has gone on for a while. */
async function settled(server: SteersmanServer): Promise<Resident> {
  await delay(3000);
  return { all: server.residentBytes() / MEGABYTE, anonymous: server.residentBytes('anonymous') / MEGABYTE };
}

function memoryNote(idle: Resident, stored: Resident, listed: Resident, objects: number): string {
  const each = Math.round(((stored.anonymous - idle.anonymous) * MEGABYTE) / objects);
  return `${Math.round(stored.anonymous)} MB without the store's file, ${each} bytes an object; all listed: ${Math.round(listed.all)} and ${Math.round(listed.anonymous)} MB`;
}

/** Reads only what leads to the next page: what a client makes of the rest is its own cost. */
async function walkPages(server: SteersmanServer, path: string): Promise<{ ms: number; pages: number }> {
  const from = performance.now();
  let pages = 0;
  let next: string | undefined = '';
  while (next !== undefined) {
    const list = await server.client.must('GET', `${path}?limit=${PAGE}${next && `&continue=${encodeURIComponent(next)}`}`);
    pages++;
    next = /"continue":"([^"]+)"/.exec(list.slice(0, 1000))?.[1];
  }
  return { ms: performance.now() - from, pages };
}
