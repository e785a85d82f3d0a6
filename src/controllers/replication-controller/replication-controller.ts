import { BUILTIN } from '../../client/builtin-resources.ts';
import type { ResourceDefinition } from '../../client/resource-definition.ts';
import { labelSelectorFromMap } from '../../machinery/label-selector.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { startReplicaController } from '../replicas/replica-controller.ts';
import type { ReplicaOwner } from '../replicas/replica-owner.ts';

/** Keeps as many pods as each replication controller wants. */
export function startReplicationController(context: ControllerContext): RunningController {
  return startReplicaController(context, {
    kind: 'ReplicationController',
    definition: BUILTIN.replicationControllers as unknown as ResourceDefinition<ReplicaOwner>,
    component: 'replication-controller',
    controllerName: 'replicationcontroller-controller',
    selectorOf: ({ spec }) => {
      const selector = (spec?.selector ?? {}) as Readonly<Record<string, string>>;
      return Object.keys(selector).length === 0 ? undefined : labelSelectorFromMap(selector);
    },
    tellsTerminating: false,
  });
}
