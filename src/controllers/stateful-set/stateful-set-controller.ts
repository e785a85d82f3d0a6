import type { ControllerRevision, StatefulSet } from '../../api/types/generated/apps-v1.ts';
import type { PersistentVolumeClaim, Pod } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import { Controller } from '../../runtime/controller.ts';
import { EventRecorder } from '../../runtime/event-recorder.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { failureLog } from '../failure-log.ts';
import { controllerOf, indexByController } from '../ownership/controller-ref.ts';
import type { SharedPod } from '../pods/pod-state.ts';
import type { SharedClaim } from './claim-retention.ts';
import { StatefulPodControl } from './stateful-pod-control.ts';
import { selectorOf, StatefulSetReconciler } from './stateful-set-reconciler.ts';

const NAME = 'statefulset-controller';
const WORKERS = 5;

/** Keeps numbered pods, each with its own name and claims. */
export function startStatefulSetController(context: ControllerContext): RunningController {
  const { client, clock, random, informers, log } = context;
  const events = new EventRecorder({ client, random, component: NAME });
  const sets = informers.get<StatefulSet>(BUILTIN.statefulSets);
  const pods = indexByController(informers.get<Pod>(BUILTIN.pods));
  const revisions = indexByController(informers.get<ControllerRevision>(BUILTIN.controllerRevisions));
  const claims = informers.get<PersistentVolumeClaim>(BUILTIN.persistentVolumeClaims);
  const reconciler = new StatefulSetReconciler(context, { sets, pods, revisions, control: new StatefulPodControl(client, claims, events) });
  const keysWhere = (namespace: string, chosen: (set: ReturnType<typeof sets.store.all>[number]) => boolean | undefined): string[] =>
    sets.store.inNamespace(namespace).filter(chosen).map(({ metadata }) => `${namespace}/${metadata.name ?? ''}`);
  const keysOfPod = (pod: SharedPod): string[] => {
    const { namespace = '', labels } = pod.metadata;
    const controller = controllerOf(pod);
    if (controller) return controller.kind === 'StatefulSet' ? [`${namespace}/${controller.name}`] : [];
    return keysWhere(namespace, (set) => selectorOf(set)?.matches(labels));
  };
  // A number waits until the claim of the pod before is gone.
  const keysOfClaim = ({ metadata }: SharedClaim): string[] =>
    keysWhere(metadata.namespace ?? '', (set) => set.spec?.volumeClaimTemplates?.some((template) => metadata.name?.startsWith(`${template.metadata.name ?? ''}-${set.metadata.name ?? ''}-`)));

  const controller = new Controller({ name: NAME, clock, workers: WORKERS, reconcile: (key, { signal }) => reconciler.reconcile(key, signal), onError: failureLog(log, NAME) });
  controller.watch(sets);
  controller.watch(pods, { keysOf: keysOfPod });
  controller.watch(claims, { filter: ({ event }) => event === 'delete', keysOf: keysOfClaim });
  controller.read(revisions);
  controller.start();
  return {
    stop: async () => {
      await controller.stop();
      await events.stop();
    },
  };
}
