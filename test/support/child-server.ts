import { fileURLToPath } from 'node:url';
import { startClient, type ClientResult } from './client-process.ts';

const COMMAND = fileURLToPath(new URL('../../bin/steersman.mjs', import.meta.url));

/** A server in a process of its own, as people start it. */
export interface ChildServer {
  readonly url: string;
  readonly kubeconfig: string;
  /** Asks it to end, or makes it. */
  stop(signal?: NodeJS.Signals): Promise<ClientResult>;
}

export async function startChildServer(dataFolder: string, flags: readonly string[] = []): Promise<ChildServer> {
  const child = startClient(process.execPath, [COMMAND, 'up', '--port', '0', '--data-dir', dataFolder, ...flags], { env: { HOME: dataFolder }, timeoutMs: 120_000 });
  child.done.catch(() => undefined);
  const printed = await child.printed(/export KUBECONFIG=.*\n/);
  const url = /https:\/\/\S+/.exec(printed)?.[0];
  const kubeconfig = /export KUBECONFIG=(.*)\n/.exec(printed)?.[1];
  if (url === undefined || kubeconfig === undefined) throw new Error(`no address in what the server printed:\n${printed}`);
  return {
    url,
    kubeconfig,
    stop: (signal) => {
      child.stop(signal);
      return child.done;
    },
  };
}
