import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChildServer, type ChildServer } from './child-server.ts';
import type { Pair } from './part.ts';
import { startPrepared, type SteersmanOptions } from './steersman-server.ts';

const BARE_SERVER = fileURLToPath(new URL('bare-server.ts', import.meta.url));

/** The bare server, on the certificate of the API server whose folder is given. */
export function startBare(folder: string): Promise<ChildServer> {
  return startChildServer({ args: [BARE_SERVER, join(folder, 'data', 'pki')] });
}

export async function withServers<T>(options: SteersmanOptions, use: (pair: Pair) => Promise<T>): Promise<T> {
  const ours = await startPrepared(options);
  try {
    const bare = await startBare(ours.folder);
    try {
      return await use({ ours, bare });
    } finally {
      await bare.stop();
    }
  } finally {
    await ours.stop();
  }
}
