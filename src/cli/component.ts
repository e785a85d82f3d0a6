import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { BUILTIN } from '../client/builtin-resources.ts';
import { Client } from '../client/client.ts';
import { HttpsTransport } from '../client/https-transport.ts';
import { connectionOf } from '../client/kubeconfig/connection.ts';
import { KubeconfigError } from '../client/kubeconfig/kubeconfig.ts';
import { kubeconfigFiles, loadKubeconfig } from '../client/kubeconfig/load-kubeconfig.ts';
import { systemClock } from '../machinery/clock.ts';
import { LeaderElector } from '../runtime/leader-election.ts';
import { UsageError, type CommandContext } from './command.ts';

/** Every watch of HTTP/1.1 holds a connection. */
const MAX_CONNECTIONS = 2048;

export interface Connection {
  readonly client: Client;
  /** PEM of the authorities that the kubeconfig names. */
  readonly certificateAuthority?: string;
  close(): void;
}

/** The API that a component works against: as `--kubeconfig` says, or as kubectl finds it. Throws UsageError. */
export function connectComponent(kubeconfig: string | undefined, userAgent: string, context: CommandContext): Connection {
  const variable = context.env['KUBECONFIG'];
  const { files, mustExist } = kubeconfigFiles({
    ...(kubeconfig !== undefined && { flag: resolve(context.cwd, kubeconfig) }),
    ...(variable !== undefined && { kubeconfigVariable: variable }),
    homeFolder: context.env['HOME'] ?? '',
  });
  try {
    const { transport: options } = connectionOf(loadKubeconfig(files, { mustExist }), { clock: systemClock, environment: context.env });
    const transport = new HttpsTransport({ maxConnections: MAX_CONNECTIONS, ...options });
    const client = new Client({ transport, clock: systemClock, userAgent });
    return { client, close: () => transport.close(), ...(options.certificateAuthority !== undefined && { certificateAuthority: options.certificateAuthority }) };
  } catch (error) {
    if (error instanceof KubeconfigError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

export interface LeaseOptions {
  readonly name: string;
  readonly namespace: string;
  readonly leaseDurationMs?: number;
  readonly renewDeadlineMs?: number;
  readonly retryPeriodMs?: number;
}

/**
 * Runs the work until SIGINT or SIGTERM; with a lease, while no other instance leads. The answer is the exit code: 1 when
 * the leadership was lost.
 */
export async function runComponent(client: Client, { lease, log, work }: { readonly lease: LeaseOptions | undefined; readonly log: (line: string) => void; readonly work: (signal: AbortSignal) => Promise<void> }): Promise<number> {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort(new Error(name)));
  // Timers of virtual waits do not keep the process alive, nor does a candidate that waits for its turn.
  const alive = setInterval(() => undefined, 0x7fffffff);
  try {
    if (!lease) {
      await work(stop.signal);
      return 0;
    }
    const { namespace, ...rest } = lease;
    const elector = new LeaderElector({
      ...rest,
      leases: client.resource(BUILTIN.leases).inNamespace(namespace),
      identity: `${hostname()}_${randomUUID()}`,
      clock: systemClock,
      random: Math.random,
      onNewLeader: (identity) => log(`new leader elected: ${identity}`),
      onError: (error) => log(`leader election: ${error.message}`),
    });
    const outcome = await elector.run(stop.signal, work);
    if (outcome === 'lost') log('leaderelection lost');
    return outcome === 'lost' ? 1 : 0;
  } finally {
    clearInterval(alive);
  }
}

export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((done) => signal.addEventListener('abort', () => done(), { once: true }));
}
