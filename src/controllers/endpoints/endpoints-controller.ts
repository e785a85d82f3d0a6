import type { Endpoints, Pod, Service } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import { objectKey, parseObjectKey } from '../../client/resource-definition.ts';
import { hasReason } from '../../machinery/status-error.ts';
import { Controller } from '../../runtime/controller.ts';
import { EventRecorder } from '../../runtime/event-recorder.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { failureLog } from '../failure-log.ts';
import { selectsPods, servicePods, type SharedService } from '../services/service-pods.ts';
import { PacedChanges } from '../pacing/paced-changes.ts';
import { TriggerTimes } from '../services/trigger-times.ts';
import { isNamespaceTerminating } from '../unless-terminating.ts';
import { computeEndpoints } from './compute-endpoints.ts';

const NAME = 'endpoints-controller';
const WORKERS = 5;
/** Endpoints that once served to elect leaders have no service. */
const LEADER_ANNOTATION = 'control-plane.alpha.kubernetes.io/leader';

/** Keeps an Endpoints object beside each service that selects pods. */
export function startEndpointsController({ client, clock, random, informers, log }: ControllerContext): RunningController {
  const events = new EventRecorder({ client, random, component: 'endpoint-controller' });
  const services = informers.get<Service>(BUILTIN.services);
  const pods = informers.get<Pod>(BUILTIN.pods);
  const endpoints = informers.get<Endpoints>(BUILTIN.endpoints);
  const objects = client.resource<Endpoints>(BUILTIN.endpoints);
  const selecting = servicePods(services);
  const triggerTimes = new TriggerTimes();
  const paced = new PacedChanges(clock);

  const write = async (service: SharedService, wanted: Endpoints, signal: AbortSignal): Promise<void> => {
    const isNew = wanted.metadata.resourceVersion === undefined;
    try {
      await (isNew ? objects.create(wanted, { signal }) : objects.update(wanted, { signal }));
    } catch (error) {
      if (isNamespaceTerminating(error)) return;
      const what = isNew ? 'create' : 'update';
      events.event(wanted, 'Warning', isNew ? 'FailedToCreateEndpoint' : 'FailedToUpdateEndpoint', `Failed to ${what} endpoint for service ${objectKey(service)}: ${error instanceof Error ? error.message : String(error)}`);
      throw error;
    }
  };

  const remove = async (key: string, signal: AbortSignal): Promise<void> => {
    triggerTimes.forget(key);
    paced.forget(key);
    const known = endpoints.store.get(key);
    if (!known) return;
    const { namespace, name } = parseObjectKey(key);
    try {
      await objects.inNamespace(namespace).delete(name, { signal, ...(known.metadata.uid !== undefined && { preconditions: { uid: known.metadata.uid } }) });
    } catch (error) {
      if (!hasReason(error, 'NotFound')) throw error;
    }
  };

  const controller = new Controller({
    name: NAME,
    clock,
    workers: WORKERS,
    onError: failureLog(log, NAME),
    reconcile: async (key, { signal }) => {
      const service = services.store.get(key);
      if (!service) return remove(key, signal);
      if (!selectsPods(service)) return;
      const selected = selecting.selectedBy(service, pods);
      const wanted = computeEndpoints({ service, pods: selected, known: endpoints.store.get(key), triggerMs: triggerTimes.next(key, service, selected) });
      if (wanted) await write(service, wanted, signal);
      paced.ran(key, selected.length);
    },
  });
  controller.watch(services);
  const removePodHandler = paced.watch(pods, controller, (pod) => selecting.keysSelecting(pod));
  controller.watch(endpoints, { filter: ({ event }) => event === 'delete' });
  // Those whose service went while nobody looked; such as appear later are their authors' own.
  const removeHandler = endpoints.addHandler({
    onAdd: (found, initial) => {
      if (initial && found.metadata.annotations?.[LEADER_ANNOTATION] === undefined) controller.enqueue(objectKey(found), 'was there at the start');
    },
  });
  controller.start();
  return {
    stop: async () => {
      removeHandler();
      removePodHandler();
      await controller.stop();
      await events.stop();
    },
  };
}
