import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ApiClient } from './api-client.ts';
import { startChildServer, type ChildServer } from './child-server.ts';

export const TOKEN = 'bench-token-of-an-administrator';
export const NAMESPACE = 'bench';

export const COMMAND = fileURLToPath(new URL('../bin/steersman.mjs', import.meta.url));

export interface SteersmanServer extends ChildServer {
  readonly client: ApiClient;
  /** Holds the data and what the load generators read. */
  readonly folder: string;
}

export interface SteersmanOptions {
  readonly storage: 'lmdb' | 'memory';
  /** Absent: a new folder that is removed when the server stops. */
  readonly folder?: string;
  readonly nodeArgs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A folder that a server can be started in. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'steersman-bench-'));
  writeFileSync(join(folder, 'tokens.csv'), `${TOKEN},bench,bench,"system:masters"\n`, { mode: 0o600 });
  return folder;
}

export async function startSteersman(options: SteersmanOptions): Promise<SteersmanServer> {
  const folder = options.folder ?? makeFolder();
  const args = [COMMAND, 'apiserver', '--secure-port', '0', '--data-dir', join(folder, 'data'), '--storage', options.storage, '--token-auth-file', join(folder, 'tokens.csv')];
  const server = await startChildServer({ args: [...(options.nodeArgs ?? []), ...args], ...(options.env && { env: options.env }) });
  const client = new ApiClient(server.url, TOKEN);
  return {
    ...server,
    client,
    folder,
    async stop() {
      client.close();
      await server.stop();
      if (options.folder === undefined) rmSync(folder, { recursive: true });
    },
  };
}

/** Starts a server with the namespace that the parts work in, and what pods need there. */
export async function startPrepared(options: SteersmanOptions): Promise<SteersmanServer> {
  const server = await startSteersman(options);
  await server.client.must('POST', '/api/v1/namespaces', JSON.stringify({ metadata: { name: NAMESPACE } }));
  await server.client.must('POST', `/api/v1/namespaces/${NAMESPACE}/serviceaccounts`, JSON.stringify({ metadata: { name: 'default' } }));
  return server;
}
