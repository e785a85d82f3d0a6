import type { Pod } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import { Controller } from '../../runtime/controller.ts';
import { EventRecorder } from '../../runtime/event-recorder.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { failureLog } from '../failure-log.ts';
import { indexByController } from '../ownership/controller-ref.ts';
import { PodControl } from '../pods/pod-control.ts';
import type { ReplicaKind } from './replica-owner.ts';
import { ReplicaReconciler } from './replica-reconciler.ts';

const WORKERS = 5;

/** The control loop of a kind whose objects each want a number of pods. */
export function startReplicaController(context: ControllerContext, kind: ReplicaKind): RunningController {
  const { client, clock, random, informers, log } = context;
  const events = new EventRecorder({ client, random, component: kind.component });
  const owners = indexByController(informers.get(kind.definition));
  const pods = indexByController(informers.get<Pod>(BUILTIN.pods));
  const reconciler = new ReplicaReconciler(context, { kind, owners, pods, control: new PodControl(client.resource<Pod>(BUILTIN.pods), events) });
  const controller = new Controller({
    name: kind.controllerName,
    clock,
    workers: WORKERS,
    reconcile: (key, { signal }) => reconciler.reconcile(key, signal),
    onError: failureLog(log, kind.controllerName),
  });
  controller.watch(owners);
  controller.watch(pods, { keysOf: (pod) => reconciler.keysOf(pod) });
  controller.start();
  return {
    stop: async () => {
      await controller.stop();
      await events.stop();
    },
  };
}
