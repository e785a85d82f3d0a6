import { h2load, wrkWrite, type WriteLoad } from '../load-generators.ts';
import { compare, type Comparison, type Load } from '../measurement.ts';
import type { Pair, Part, PartContext } from '../part.ts';
import { bodyFile, configMap, CONFIG_MAPS } from '../sample-objects.ts';
import { TOKEN } from '../steersman-server.ts';

const CLIENTS = 32;
/** Objects that updates go round: far more than clients, so that two never meet at one. */
const UPDATED_OBJECTS = 1000;
const GOAL = { ratioAtLeast: 0.33 };

/** Creation of ConfigMaps, each durable before it is answered. */
export const create: Part = async (context) => [
  ...(await context.withServers({ storage: 'lmdb' }, async (pair) => {
    const http1 = await compareWrites(context, pair, creation(pair));
    const http2 = await compareHttp2Creation(context, pair);
    return [
      { name: 'create, durable, HTTP/1.1', unit: '/s', ...http1, goal: GOAL, note: `${CLIENTS} clients; bare: echo` },
      { name: 'create, durable, HTTP/2', unit: '/s', ...http2, goal: GOAL, note: `4 connections of ${CLIENTS / 4} streams` },
    ];
  })),
  ...(await context.withServers({ storage: 'memory' }, async (pair) => {
    const figures = await compareWrites(context, pair, creation(pair));
    return [{ name: 'create, in memory, HTTP/1.1', unit: '/s', ...figures, note: '--storage memory' }];
  })),
];

/** PUT of existing ConfigMaps, without a resourceVersion. */
export const update: Part = (context) =>
  context.withServers({ storage: 'lmdb' }, async (pair) => {
    await createUpdated(pair);
    const template = bodyFile(pair.ours.folder, 'update', configMap({ name: '%NAME%' }, '%SERIAL%'));
    const figures = await compareWrites(context, pair, { method: 'PUT', path: `${CONFIG_MAPS}/%NAME%`, contentType: 'application/json', template, names: UPDATED_OBJECTS });
    return [{ name: 'update (PUT), durable', unit: '/s', ...figures, note: `${CLIENTS} clients, ${UPDATED_OBJECTS} objects in turn` }];
  });

/** Server-side apply to existing ConfigMaps, by the manager that created them by apply. */
export const apply: Part = (context) =>
  context.withServers({ storage: 'lmdb' }, async (pair) => {
    const template = bodyFile(pair.ours.folder, 'apply', configMap({ name: '%NAME%' }, '%SERIAL%'));
    const load: WriteLoad = { method: 'PATCH', path: `${CONFIG_MAPS}/%NAME%?fieldManager=bench`, contentType: 'application/apply-patch+yaml', template, names: UPDATED_OBJECTS };
    const figures = await compareWrites(context, pair, load);
    return [{ name: 'server-side apply, durable', unit: '/s', ...figures, note: `${CLIENTS} clients, ${UPDATED_OBJECTS} objects in turn` }];
  });

function creation({ ours }: Pair): WriteLoad {
  return { method: 'POST', path: CONFIG_MAPS, contentType: 'application/json', template: bodyFile(ours.folder, 'create', configMap({ name: '%NAME%' }, '%SERIAL%')), names: 0 };
}

async function createUpdated({ ours }: Pair): Promise<void> {
  for (let i = 0; i < UPDATED_OBJECTS; i++) await ours.client.must('POST', CONFIG_MAPS, configMap({ name: `object-${i}` }));
}

/** Both servers written to by the same load generator; the bare one sends back what it is sent. */
function compareWrites({ options }: PartContext, { ours, bare }: Pair, load: WriteLoad): Promise<Comparison> {
  const writing: Load = ({ url }, { seconds, run }) => wrkWrite({ url, token: TOKEN, connections: CLIENTS, seconds }, load, run);
  return compare(options, [ours, writing], [bare, writing]);
}

/** h2load sends one body: the server makes the names. */
function compareHttp2Creation({ options }: PartContext, { ours, bare }: Pair): Promise<Comparison> {
  const body = bodyFile(ours.folder, 'generate', configMap({ generateName: 'generated-object-' }));
  const creating: Load = ({ url }, { seconds }) => h2load({ url, token: TOKEN, connections: 4, seconds }, { path: CONFIG_MAPS, streams: CLIENTS / 4, body });
  return compare(options, [ours, creating], [bare, creating]);
}
