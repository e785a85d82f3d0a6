import type { Client } from '../../client/client.ts';
import type { StartController, ControllerContext, RunningController } from '../../controllers/controller-context.ts';
import { nextTurn } from '../../machinery/next-turn.ts';
import { SharedInformers } from '../../runtime/shared-informers.ts';

export interface ControllersOptions extends Pick<ControllerContext, 'rootCertificates' | 'namespaceDeletionGraceMs'> {
  /** Its clock is theirs; its user agent names the field manager of what they write. */
  readonly client: Client;
  readonly random: () => number;
  /** As kube-controller-manager's `--controllers`: names, `*` for all, `-name` for all but one. Default: all. */
  readonly controllers?: readonly string[];
  /** Told of failures, one line each; all are tried again. */
  readonly log?: (line: string) => void;
}

/** The control loops by the names that kube-controller-manager gives them, each loaded when it is started. */
const CONTROLLERS: ReadonlyMap<string, () => Promise<StartController>> = new Map([
  ['namespace-controller', async () => (await import('../../controllers/namespace/namespace-controller.ts')).startNamespaceController],
  ['garbage-collector-controller', async () => (await import('../../controllers/garbage-collector/garbage-collector.ts')).startGarbageCollector],
  ['serviceaccount-controller', async () => (await import('../../controllers/service-account/service-account-controller.ts')).startServiceAccountController],
  ['root-ca-certificate-publisher-controller', async () => (await import('../../controllers/root-ca/root-ca-publisher.ts')).startRootCaPublisher],
  ['replicaset-controller', async () => (await import('../../controllers/replica-set/replica-set-controller.ts')).startReplicaSetController],
  ['replicationcontroller-controller', async () => (await import('../../controllers/replication-controller/replication-controller.ts')).startReplicationController],
  ['deployment-controller', async () => (await import('../../controllers/deployment/deployment-controller.ts')).startDeploymentController],
  ['statefulset-controller', async () => (await import('../../controllers/stateful-set/stateful-set-controller.ts')).startStatefulSetController],
  ['daemonset-controller', async () => (await import('../../controllers/daemon-set/daemon-set-controller.ts')).startDaemonSetController],
  ['job-controller', async () => (await import('../../controllers/job/job-controller.ts')).startJobController],
  ['ttl-after-finished-controller', async () => (await import('../../controllers/ttl-after-finished/ttl-after-finished-controller.ts')).startTtlAfterFinishedController],
]);

export const CONTROLLER_NAMES: readonly string[] = [...CONTROLLERS.keys()];

/** Which of the names are chosen. Throws RangeError for a name that no controller has. */
export function selectControllers(selection: readonly string[]): string[] {
  for (const entry of selection) {
    const name = entry.replace(/^-/, '');
    if (name !== '*' && !CONTROLLER_NAMES.includes(name)) throw new RangeError(`${JSON.stringify(name)} is not in the list of known controllers`);
  }
  const all = selection.includes('*');
  return CONTROLLER_NAMES.filter((name) => !selection.includes(`-${name}`) && (all || selection.includes(name)));
}

/**
 * Starts the control loops against the API that the client reaches, one after another, so that an API server in the same
 * process goes on answering. They keep no process alive.
 */
export async function startControllers(options: ControllersOptions): Promise<RunningController> {
  const { client, random, log = () => undefined, controllers = ['*'], ...rest } = options;
  const chosen = selectControllers(controllers);
  const informers = new SharedInformers({ client, random, onError: (error, { resource }) => log(`watch of ${resource}: ${error.message}`) });
  const context: ControllerContext = { client, clock: client.clock, random, informers, log, ...rest };
  const running: RunningController[] = [];
  for (const [name, load] of CONTROLLERS) {
    if (!chosen.includes(name)) continue;
    const start = await load();
    await nextTurn();
    running.push(start(context));
  }
  await informers.startInTurns();
  return {
    stop: async () => {
      await Promise.all(running.map((controller) => controller.stop()));
      await informers.stop();
    },
  };
}
