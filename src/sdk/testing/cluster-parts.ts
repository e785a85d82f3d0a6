import type { RunningController } from '../../controllers/controller-context.ts';
import type { Clock } from '../../machinery/clock.ts';
import type { Scheduler } from '../../scheduler/scheduler.ts';
import type { ApiServer } from '../../server/api-server.ts';
import type { ClusterCertificates } from '../../server/certificates/cluster-certificates.ts';
import type { SimulatedNodeConnector } from '../nodes/simulated-node-connector.ts';
import { numberedNodes } from '../nodes/numbered-nodes.ts';
import type { RunningScheduler } from '../scheduler/start-scheduler.ts';
import type { ClusterOptions } from './cluster-options.ts';

/** What runs in a cluster besides its API server. */
export interface ClusterParts {
  readonly scheduler?: Scheduler | undefined;
  stop(): Promise<void>;
}

interface Around {
  readonly server: ApiServer;
  readonly clock: Clock;
  readonly certificates: ClusterCertificates;
  /** By which the server reaches the nodes. */
  readonly connector: SimulatedNodeConnector;
}

/** Starts control loops, scheduler and nodes as the options want them, each loaded only then. */
export async function startParts(options: ClusterOptions, around: Around): Promise<ClusterParts> {
  const controllers = await startLoops(options, around);
  const scheduler = await startScheduling(options, around);
  const nodes = await startNodes(options, around);
  return {
    scheduler: scheduler?.scheduler,
    stop: async () => {
      await Promise.all([controllers?.stop(), scheduler?.stop(), nodes?.stop()]);
    },
  };
}

async function startLoops({ controllers, random = Math.random, log }: ClusterOptions, { server, clock, certificates }: Around): Promise<RunningController | undefined> {
  if (controllers === undefined) return undefined;
  const { startInProcessControllers } = await import('../controllers/in-process-controllers.ts');
  return startInProcessControllers(server, {
    clock,
    random,
    controllers: controllers === true ? ['*'] : controllers,
    rootCertificates: certificates.ca.cert,
    clusterSigning: certificates.ca,
    serviceAccountKey: certificates.serviceAccount.privateKey,
    ...(log && { log }),
  });
}

async function startScheduling({ nodes = 0, scheduler = nodes !== 0, random = Math.random, log }: ClusterOptions, { server, clock }: Around): Promise<RunningScheduler | undefined> {
  if (scheduler === false) return undefined;
  const { startInProcessScheduler } = await import('../scheduler/in-process-scheduler.ts');
  return startInProcessScheduler(server, { clock, random, ...(scheduler !== true && scheduler), ...(log && { log }) });
}

async function startNodes({ nodes = 0, podScript, random = Math.random, log }: ClusterOptions, { server, clock, connector }: Around): Promise<RunningController | undefined> {
  if (nodes === 0) return undefined;
  const { startInProcessNodes } = await import('../nodes/in-process-nodes.ts');
  const running = startInProcessNodes(server, { clock, random, nodes: typeof nodes === 'number' ? numberedNodes(nodes) : nodes, ...(podScript && { script: podScript }), ...(log && { log }) });
  connector.connect(running);
  return running;
}
