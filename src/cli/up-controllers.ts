import { systemClock } from '../machinery/clock.ts';
import { afterStart } from './after-start.ts';
import { startInProcessControllers } from '../sdk/controllers/in-process-controllers.ts';
import type { CommandContext } from './command.ts';
import type { NodeSettings } from '../controllers/nodes/node-settings.ts';
import type { Serving } from './serve.ts';
import type { RunningController } from '../controllers/controller-context.ts';

/** One API server sees a deletion at once: only requests that it was answering then must come through. */
const NAMESPACE_DELETION_GRACE_MS = 1000;

/** The same serving with control loops in its process, which end before it does. The start does not wait for them. */
export function withControllers(serving: Serving, { controllers, nodes }: { readonly controllers: readonly string[]; readonly nodes: NodeSettings }, context: CommandContext): Serving {
  const log = (line: string): void => void context.stderr.write(`${line}\n`);
  const start = async (): Promise<RunningController> => {
    await afterStart();
    return startInProcessControllers(serving.server, {
      clock: systemClock,
      random: Math.random,
      controllers,
      nodes,
      log,
      rootCertificates: serving.certificates.ca.cert,
      clusterSigning: serving.certificates.ca,
      serviceAccountKey: serving.certificates.serviceAccount.privateKey,
      namespaceDeletionGraceMs: NAMESPACE_DELETION_GRACE_MS,
    });
  };
  const running = start().catch((error: unknown) => log(`cannot start the controllers: ${String(error)}`));
  return {
    ...serving,
    close: async () => {
      const started = await running;
      await started?.stop();
      await serving.close();
    },
  };
}
