import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, type Clock } from '../../src/machinery/clock.ts';
import { openApiServer, listen } from '../../src/sdk/cluster/api-server-process.ts';
import type { ApiServer } from '../../src/server/api-server.ts';
import { generateClusterCertificates, servingHosts, type ClusterCertificates } from '../../src/server/certificates/cluster-certificates.ts';
import { kubeconfigText } from '../../src/server/certificates/kubeconfig.ts';
import { MemoryStore } from '../../src/store/memory/memory-store.ts';
import { kubectlUser, type KubectlUser } from './kubectl.ts';

export interface TestClusterOptions {
  /** Drives the server's connections: its idle and request time limits. */
  readonly connectionClock?: Clock;
  /** Lines of a token file: `token,user,uid,"group,group"`. */
  readonly tokenFile?: string;
}

/** An API server of this process on a port of its own, with a memory store and no controllers. */
export interface TestCluster {
  readonly url: string;
  readonly server: ApiServer;
  readonly certificates: ClusterCertificates;
  /** A folder that goes with the cluster. */
  readonly folder: string;
  readonly kubeconfig: string;
  /** What the server said of its own failures: tests end with none. */
  readonly log: readonly string[];
  /** A user of kubectl in a fresh namespace of this name, with a home folder (and so a discovery cache) of its own. */
  user(namespace: string): Promise<KubectlUser>;
  close(): Promise<void>;
}

export async function startTestCluster(options: TestClusterOptions = {}): Promise<TestCluster> {
  const certificates = generateClusterCertificates(servingHosts(), systemClock.now());
  const store = new MemoryStore({ clock: systemClock });
  const log: string[] = [];
  const server = await openApiServer({ store, certificates, log: (line) => log.push(line), ...(options.tokenFile !== undefined && { tokenFile: options.tokenFile }) });
  const { https, port } = await listen(server, certificates, { port: 0, host: '127.0.0.1', ...(options.connectionClock && { clock: options.connectionClock }) });
  const url = `https://127.0.0.1:${port}`;
  const folder = await mkdtemp(join(tmpdir(), 'steersman-test-'));
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigText({ server: url, ca: certificates.ca.cert, client: certificates.admin }));
  let users = 0;
  return {
    url,
    server,
    certificates,
    folder,
    kubeconfig,
    log,
    user: async (namespace) => {
      const user = await kubectlUser({ kubeconfig, home: join(folder, `home-${users++}`), namespace });
      if (namespace !== 'default') await user.kubectl(['create', 'namespace', namespace]);
      return user;
    },
    close: async () => {
      server.close();
      // On a handed-in clock the grace would never pass.
      await https.close(options.connectionClock ? 0 : 1000);
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
