import type { Secret } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import { hasReason } from '../../machinery/status-error.ts';
import { Controller } from '../../runtime/controller.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { failureLog } from '../failure-log.ts';
import { expiryOf, TOKEN_SELECTION } from './bootstrap-token.ts';

const NAME = 'token-cleaner-controller';

/** Deletes bootstrap tokens whose time is over. */
export function startTokenCleaner({ client, clock, informers, log }: ControllerContext): RunningController {
  const secrets = informers.get<Secret>(BUILTIN.secrets, TOKEN_SELECTION);
  const controller = new Controller({
    name: NAME,
    clock,
    onError: failureLog(log, NAME),
    reconcile: async (key, { signal }) => {
      const secret = secrets.store.get(key);
      const endMs = secret && expiryOf(secret);
      if (!secret || endMs === undefined) return;
      const waitMs = endMs - clock.now();
      if (waitMs > 0) return { requeueAfterMs: waitMs };
      const { namespace = '', name = '', uid } = secret.metadata;
      try {
        await client.resource<Secret>(BUILTIN.secrets).inNamespace(namespace).delete(name, { signal, ...(uid !== undefined && { preconditions: { uid } }) });
      } catch (error) {
        if (!hasReason(error, 'NotFound')) throw error;
      }
      return undefined;
    },
  });
  controller.watch(secrets, { filter: ({ event }) => event !== 'delete' });
  controller.start();
  return controller;
}
