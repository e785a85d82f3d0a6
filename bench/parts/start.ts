import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ApiClient } from '../api-client.ts';
import type { ChildServer } from '../child-server.ts';
import { median, type Measurement } from '../measurement.ts';
import type { Part } from '../part.ts';
import { makeFolder, startSteersman, TOKEN, type SteersmanServer } from '../steersman-server.ts';
import { startBare } from '../with-servers.ts';

const MEGABYTE = 1e6;
/** Until garbage of the start has been collected. */
const SETTLE_MS = 3000;

/**
 * From the command to the first `ok` of /readyz. Cold: no data, nothing compiled before, certificates to be made.
 * Warm: the second start and those after it.
 */
export const start: Part = async ({ options }) => {
  const times = { cold: [] as number[], warm: [] as number[], bare: [] as number[] };
  const resident = { ours: [] as number[], bare: [] as number[] };
  for (let run = 0; run < options.runs; run++) {
    const folder = makeFolder();
    const begin = (): Promise<SteersmanServer> => startSteersman({ storage: 'lmdb', folder, env: { NODE_COMPILE_CACHE: join(folder, 'compiled') } });
    times.cold.push(await timed(begin, (server) => ready(server, '/readyz')));
    times.warm.push(
      await timed(begin, (server) => ready(server, '/readyz'), async (server) => {
        await delay(SETTLE_MS);
        resident.ours.push(server.residentBytes() / MEGABYTE);
      }),
    );
    times.bare.push(
      await timed(() => startBare(folder), (server) => ready(server, '/bytes/2'), async (server) => {
        await delay(SETTLE_MS);
        resident.bare.push(server.residentBytes() / MEGABYTE);
      }),
    );
    rmSync(folder, { recursive: true });
  }
  return [
    line('start to /readyz, warm', times.warm, times.bare, 300),
    line('start to /readyz, cold', times.cold, times.bare, 500),
    { name: 'resident memory, idle', unit: 'MB', ours: median(resident.ours), bare: median(resident.bare), goal: { atMost: 120 }, note: '3 s after the start' },
  ];
};

function line(name: string, ours: readonly number[], bare: readonly number[], atMost: number): Measurement {
  return { name, unit: 'ms', ours: median(ours), bare: median(bare), goal: { atMost }, note: `${Math.round(Math.min(...ours))} to ${Math.round(Math.max(...ours))} ms` };
}

async function timed<Server extends ChildServer>(begin: () => Promise<Server>, isReady: (server: Server) => Promise<void>, then?: (server: Server) => Promise<void>): Promise<number> {
  const from = performance.now();
  const server = await begin();
  try {
    await isReady(server);
    const took = performance.now() - from;
    await then?.(server);
    return took;
  } finally {
    await server.stop();
  }
}

async function ready(server: ChildServer, path: string): Promise<void> {
  const client = new ApiClient(server.url, TOKEN);
  while ((await client.send('GET', path)).status !== 200) await delay(2);
  client.close();
}
