import { writeFileSync, renameSync, mkdirSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { systemClock } from '../machinery/clock.ts';
import { openApiServer, listen } from '../sdk/cluster/api-server-process.ts';
import type { ApiServer } from '../server/api-server.ts';
import { openCertificateFolder } from '../server/certificates/certificate-folder.ts';
import type { NodeConnector } from '../server/endpoints/node-connector.ts';
import { servingHosts, type ClusterCertificates } from '../server/certificates/cluster-certificates.ts';
import { kubeconfigText } from '../server/certificates/kubeconfig.ts';
import type { Store } from '../store/store.ts';
import type { CommandContext } from './command.ts';
import type { ServerSettings } from './server-flags.ts';

/** A running API server and how to reach it. */
export interface Serving {
  readonly server: ApiServer;
  readonly certificates: ClusterCertificates;
  readonly url: string;
  readonly kubeconfigFile: string;
  /** Lets requests under way finish, then closes port, caches and store. */
  close(): Promise<void>;
}

const SHUTDOWN_GRACE_MS = 5000;
/** Loading takes the process's time: whoever waits for the start goes first. */
const WARM_UP_AFTER_MS = 1000;

/**
 * Opens certificates, store, server and port, in this order; what was opened is closed again if a later step fails.
 * `connector`: how nodes are reached; absent: not at all.
 */
export async function serve(settings: ServerSettings, context: CommandContext, connector?: NodeConnector): Promise<Serving> {
  const access = await settings.access();
  const audit = await settings.audit();
  mkdirSync(settings.dataFolder, { recursive: true, mode: 0o700 });
  const extra = isIP(settings.host) && settings.host !== '0.0.0.0' && settings.host !== '::' ? [settings.host] : [];
  const certificates = openCertificateFolder({
    folder: join(settings.dataFolder, 'pki'),
    hosts: servingHosts({ serviceAddress: firstAddress(settings.serviceClusterIpRange), extra }),
    nowMs: systemClock.now(),
  });
  const store = await openStore(settings, context);
  try {
    const server = await openApiServer({
      store,
      certificates,
      ...access,
      ...(audit && { audit }),
      serviceClusterIpRange: settings.serviceClusterIpRange,
      flowControl: settings.flowControl,
      enabledAdmission: settings.enabledAdmission,
      disabledAdmission: settings.disabledAdmission,
      log: (line) => context.stderr.write(`${line}\n`),
      ...(connector && { connector }),
      ...(settings.tokenFile !== undefined && { tokenFile: settings.tokenFile }),
      ...(settings.clientCa !== undefined && { clientCa: settings.clientCa }),
    });
    const serving = settings.serving ? { ...certificates, server: settings.serving } : certificates;
    const { https, port } = await listen(server, serving, { port: settings.port, host: settings.host });
    const url = `https://${urlHost(settings.host)}:${port}`;
    const kubeconfigFile = writeKubeconfig(settings.dataFolder, url, certificates);
    return {
      server,
      certificates,
      url,
      kubeconfigFile,
      close: async () => {
        server.close();
        await https.close(SHUTDOWN_GRACE_MS);
        await Promise.all((audit?.sinks ?? []).flatMap((sink) => sink.close?.() ?? []));
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function openStore(settings: ServerSettings, { stderr }: CommandContext): Promise<Store> {
  switch (settings.storage) {
    case 'memory': {
      const { MemoryStore } = await import('../store/memory/memory-store.ts');
      return new MemoryStore({ clock: systemClock });
    }
    case 'lmdb': {
      const { open } = await import('../store/lmdb/open.ts');
      return open({ folder: join(settings.dataFolder, 'store'), clock: systemClock });
    }
    case 'etcd': {
      const { open } = await import('../store/etcd/etcd-store.ts');
      const { endpoints = [], prefix, ca, cert, key } = settings.etcd ?? {};
      const base = { endpoints, clock: systemClock, warn: (line: string): void => void stderr.write(`${line}\n`), ...(prefix !== undefined && { prefix }) };
      if (ca === undefined) return open(base);
      return open({ ...base, tls: { ca: Buffer.from(ca), ...(cert !== undefined && { cert: Buffer.from(cert) }), ...(key !== undefined && { key: Buffer.from(key) }) } });
    }
  }
}

/** The address of the `kubernetes` service: the first of the range. */
function firstAddress(range: string): string {
  const [address = ''] = range.split(',')[0]?.split('/') ?? [];
  const parts = address.split('.');
  return parts.length === 4 ? [...parts.slice(0, 3), String(Number(parts[3]) + 1)].join('.') : `${address}1`;
}

function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return isIP(host) === 6 ? `[${host}]` : host;
}

function writeKubeconfig(folder: string, server: string, certificates: ClusterCertificates): string {
  const file = join(folder, 'kubeconfig');
  const text = kubeconfigText({ server, ca: certificates.ca.cert, client: certificates.admin });
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return file;
}

/**
 * Says that the server is ready, waits for SIGINT or SIGTERM, then closes; meanwhile loads what first requests would wait for. A second signal ends
 * the process at once.
 */
export async function untilStopped(serving: Serving, context: CommandContext, announcement: string): Promise<number> {
  // The server's sockets keep the process alive; the timers of virtual waits do not.
  const signalled = new Promise<string>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => resolve(name));
  });
  // Whoever reads this may send a signal at once.
  context.stdout.write(announcement);
  const warmUp = systemClock.setTimer(WARM_UP_AFTER_MS, () => {
    serving.server.warmUp().catch((error: unknown) => context.stderr.write(`cannot load the rules of a kind: ${String(error)}\n`));
  });
  const signal = await signalled;
  warmUp.cancel();
  process.once('SIGINT', () => process.exit(130));
  context.stderr.write(`${signal}: stopping\n`);
  await serving.close();
  return 0;
}
