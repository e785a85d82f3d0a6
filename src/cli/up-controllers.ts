import { systemClock } from '../machinery/clock.ts';
import { startInProcessControllers } from '../sdk/controllers/in-process-controllers.ts';
import type { CommandContext } from './command.ts';
import type { NodeSettings } from '../controllers/nodes/node-settings.ts';
import type { Serving } from './serve.ts';
import { withPart } from './with-part.ts';

/** One API server sees a deletion at once: only requests that it was answering then must come through. */
const NAMESPACE_DELETION_GRACE_MS = 1000;

/** The same serving with control loops in its process. */
export function withControllers(serving: Serving, { controllers, nodes }: { readonly controllers: readonly string[]; readonly nodes: NodeSettings }, context: CommandContext): Serving {
  const start = (log: (line: string) => void): ReturnType<typeof startInProcessControllers> =>
    startInProcessControllers(serving.server, {
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
  return withPart(serving, { name: 'the controllers', start }, context);
}
