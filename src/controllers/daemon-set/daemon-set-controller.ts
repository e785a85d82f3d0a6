import type { ControllerRevision, DaemonSet } from '../../api/types/generated/apps-v1.ts';
import type { Node, Pod } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import { Controller, type Change } from '../../runtime/controller.ts';
import { EventRecorder } from '../../runtime/event-recorder.ts';
import { equalJson } from '../../machinery/json.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { failureLog } from '../failure-log.ts';
import { controllerOf, indexByController } from '../ownership/controller-ref.ts';
import { PodControl } from '../pods/pod-control.ts';
import type { SharedPod } from '../pods/pod-state.ts';
import { DaemonSetReconciler, selectorOf } from './daemon-set-reconciler.ts';
import { nodeFitOf, type SharedNode } from './node-fit.ts';

const NAME = 'daemonset-controller';
const WORKERS = 5;

/** Keeps a pod on every node that a set wants. */
export function startDaemonSetController(context: ControllerContext): RunningController {
  const { client, clock, random, informers, log } = context;
  const events = new EventRecorder({ client, random, component: NAME });
  const sets = informers.get<DaemonSet>(BUILTIN.daemonSets);
  const pods = indexByController(informers.get<Pod>(BUILTIN.pods));
  const nodes = informers.get<Node>(BUILTIN.nodes);
  const revisions = indexByController(informers.get<ControllerRevision>(BUILTIN.controllerRevisions));
  const reconciler = new DaemonSetReconciler(context, { sets, pods, nodes, revisions, events, control: new PodControl(client.resource<Pod>(BUILTIN.pods), events) });
  const keysOfPod = (pod: SharedPod): string[] => {
    const { namespace = '', labels } = pod.metadata;
    const controller = controllerOf(pod);
    if (controller) return controller.kind === 'DaemonSet' ? [`${namespace}/${controller.name}`] : [];
    return sets.store.inNamespace(namespace).filter((set) => selectorOf(set)?.matches(labels)).map(({ metadata }) => `${namespace}/${metadata.name ?? ''}`);
  };
  /** Every set that the node matters to; nodes tell of their health all the time. */
  const keysOfNode = (node: SharedNode): string[] => sets.store.all().filter((set) => nodeFitOf(set)(node) !== 'none').map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name ?? ''}`);
  const fitMayChange = ({ event, object, old }: Change<Node>): boolean => event !== 'update' || !equalJson(object.metadata.labels, old?.metadata.labels) || !equalJson(object.spec?.taints, old?.spec?.taints);

  const controller = new Controller({ name: NAME, clock, workers: WORKERS, reconcile: (key, { signal }) => reconciler.reconcile(key, signal), onError: failureLog(log, NAME) });
  controller.watch(sets);
  controller.watch(pods, { keysOf: keysOfPod });
  controller.watch(nodes, { filter: fitMayChange, keysOf: keysOfNode });
  controller.read(revisions);
  controller.start();
  return {
    stop: async () => {
      await controller.stop();
      await events.stop();
    },
  };
}
