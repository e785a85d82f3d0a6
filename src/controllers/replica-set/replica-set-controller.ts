import { BUILTIN } from '../../client/builtin-resources.ts';
import type { ResourceDefinition } from '../../client/resource-definition.ts';
import { labelSelectorFromObject, type LabelSelectorObject } from '../../machinery/label-selector.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { startReplicaController } from '../replicas/replica-controller.ts';
import type { ReplicaOwner } from '../replicas/replica-owner.ts';

/** Keeps as many pods as each replica set wants. */
export function startReplicaSetController(context: ControllerContext): RunningController {
  return startReplicaController(context, {
    kind: 'ReplicaSet',
    definition: BUILTIN.replicaSets as unknown as ResourceDefinition<ReplicaOwner>,
    component: 'replicaset-controller',
    controllerName: 'replicaset-controller',
    selectorOf: ({ spec }) => {
      const selector = (spec?.selector ?? {}) as LabelSelectorObject;
      const isEmpty = Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;
      return isEmpty ? undefined : labelSelectorFromObject(selector);
    },
    tellsTerminating: true,
  });
}
