import type { Node, Pod, Service } from '../../api/types/generated/core-v1.ts';
import type { EndpointPort, EndpointSlice } from '../../api/types/generated/discovery-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import { objectKey } from '../../client/resource-definition.ts';
import { equalJson, type DeepReadonly } from '../../machinery/json.ts';
import { hasReason } from '../../machinery/status-error.ts';
import { Controller, type Change } from '../../runtime/controller.ts';
import { EventRecorder } from '../../runtime/event-recorder.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { failureLog } from '../failure-log.ts';
import { controllerOf, controllerRefTo } from '../ownership/controller-ref.ts';
import { HEADLESS_LABEL, isHeadless, selectsPods, servicePods, type AddressFamily, type SharedService } from '../services/service-pods.ts';
import { PacedChanges } from '../pacing/paced-changes.ts';
import { TriggerTimes } from '../services/trigger-times.ts';
import { computeSlices, type SharedSlice, type SlicePlan } from './compute-slices.ts';
import { desiredEndpoints, portsKey, type ServiceObservation } from './desired-endpoints.ts';
import { indexSlices, MANAGED_BY_LABEL, SERVICE_LABEL, slicesOf } from './slice-labels.ts';
import { writeSlices } from './write-slices.ts';
import { dividesByZone } from './zone-hints.ts';
import { zoneShares } from './zone-shares.ts';

const NAME = 'endpointslice-controller';
const MANAGER = 'endpointslice-controller.k8s.io';
const WORKERS = 5;
const MAX_PER_SLICE = 100;

/** Keeps endpoint slices beside each service that selects pods. */
export function startEndpointSliceController({ client, clock, random, informers, log }: ControllerContext): RunningController {
  const events = new EventRecorder({ client, random, component: 'endpoint-slice-controller' });
  const services = informers.get<Service>(BUILTIN.services);
  const pods = informers.get<Pod>(BUILTIN.pods);
  const nodes = informers.get<Node>(BUILTIN.nodes);
  const slices = indexSlices(informers.get<EndpointSlice>(BUILTIN.endpointSlices));
  const selecting = servicePods(services);
  const triggerTimes = new TriggerTimes();
  const paced = new PacedChanges(clock);

  const tellOfDivision = (service: SharedService, existing: readonly SharedSlice[], undivided: ServiceSlices['undivided']): void => {
    for (const [family, why] of undivided) {
      const wasDivided = existing.some(({ addressType, endpoints }) => addressType === family && endpoints?.some(({ hints }) => hints !== undefined));
      if (why !== '') events.event(service, 'Warning', 'TopologyAwareHintsDisabled', `${why}, addressType: ${family}`);
      else if (!wasDivided) events.event(service, 'Normal', 'TopologyAwareHintsEnabled', `Topology Aware Hints has been enabled, addressType: ${family}`);
    }
  };

  const reconcile = async (key: string, signal: AbortSignal): Promise<void> => {
    const service = services.store.get(key);
    if (!service) {
      triggerTimes.forget(key);
      paced.forget(key);
      return;
    }
    if (!selectsPods(service)) return;
    const selected = selecting.selectedBy(service, pods);
    const observation = { service, pods: selected, nodeOf: (name: string) => nodes.store.get(name), shares: () => zoneShares(nodes.store.all()) };
    const existing = slicesOf(slices, key, MANAGER);
    const { plan, withoutNode, undivided } = computeServiceSlices(observation, existing, MAX_PER_SLICE);
    tellOfDivision(service, existing, undivided);
    const triggerMs = triggerTimes.next(key, service, selected);
    try {
      await writeSlices(plan, { slices: client.resource<EndpointSlice>(BUILTIN.endpointSlices), signal, triggerMs, ownerLives: service.metadata.deletionTimestamp === undefined });
    } catch (error) {
      if (!hasReason(error, 'Conflict')) {
        events.event(service, 'Warning', 'FailedToUpdateEndpointSlices', `Error updating Endpoint Slices for Service ${key}: ${error instanceof Error ? error.message : String(error)}`);
      }
      throw error;
    }
    paced.ran(key, selected.length);
    const [pod] = withoutNode;
    if (pod) throw new Error(`skipping Pod ${pod.metadata.name ?? ''} for Service ${key}: Node ${pod.spec?.nodeName ?? ''} Not Found`);
  };

  const controller = new Controller({ name: NAME, clock, workers: WORKERS, onError: failureLog(log, NAME), reconcile: (key, { signal }) => reconcile(key, signal) });
  controller.watch(nodes, { keysOf: () => services.store.all().filter(dividesByZone).map(objectKey), filter: changesShares });
  controller.watch(services);
  const removePodHandler = paced.watch(pods, controller, (pod) => selecting.keysSelecting(pod));
  const removeSliceHandler = paced.watch(slices, controller, ({ metadata }) => keyOfSlice(metadata));
  controller.start();
  return {
    stop: async () => {
      removePodHandler();
      removeSliceHandler();
      await controller.stop();
      await events.stop();
    },
  };
}

export interface ServiceSlices {
  readonly plan: SlicePlan;
  readonly withoutNode: readonly Pod[];
  /** By family, why endpoints are not divided among zones; '' where they are. Empty where that is not asked for. */
  readonly undivided: ReadonlyMap<AddressFamily, string>;
}

/** What to write so that a service's slices say which pods it has. */
export function computeServiceSlices(observation: ServiceObservation, existing: readonly SharedSlice[], maxPerSlice: number): ServiceSlices {
  const { service } = observation;
  const own = existing.filter((slice) => controllerOf(slice)?.uid === service.metadata.uid);
  const families = (service.spec?.ipFamilies ?? ['IPv4', 'IPv6']) as readonly AddressFamily[];
  // A slice's address type is for good.
  const others = existing.filter((slice) => !own.includes(slice) || !families.includes(slice.addressType as AddressFamily));
  const plans: SlicePlan[] = [{ create: [], update: [], delete: others }];
  const withoutNode = new Set<Pod>();
  const undivided = new Map<AddressFamily, string>();
  for (const family of families) {
    const desired = desiredEndpoints(observation, family);
    for (const pod of desired.withoutNode) withoutNode.add(pod as Pod);
    if (desired.undivided !== undefined) undivided.set(family, desired.undivided);
    plans.push(
      computeSlices({
        groups: desired.groups,
        existing: own.filter(({ addressType }) => addressType === family),
        keyOf: ({ ports }) => portsKey(ports),
        maxPerSlice,
        emptySlice: (ports) => emptySlice(service, family, ports),
        keepsEmpty: true,
      }),
    );
  }
  const plan = { create: plans.flatMap(({ create }) => create), update: plans.flatMap(({ update }) => update), delete: plans.flatMap((part) => part.delete) };
  return { plan, withoutNode: [...withoutNode], undivided };
}

/** Whether a node's change can change what the zones have. */
function changesShares({ object, old }: Change<Node>): boolean {
  if (!old) return true;
  const isReady = ({ status }: DeepReadonly<Node>): boolean => status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') === true;
  return isReady(object) !== isReady(old) || object.status?.allocatable?.['cpu'] !== old.status?.allocatable?.['cpu'] || !equalJson(object.metadata.labels, old.metadata.labels);
}

function emptySlice(service: SharedService, addressType: AddressFamily, ports: readonly EndpointPort[]): EndpointSlice {
  const { namespace = '', name = '', labels: serviceLabels } = service.metadata;
  const labels: Record<string, string> = { ...serviceLabels };
  delete labels[HEADLESS_LABEL];
  if (isHeadless(service)) labels[HEADLESS_LABEL] = '';
  Object.assign(labels, { [SERVICE_LABEL]: name, [MANAGED_BY_LABEL]: MANAGER });
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { generateName: `${name}-`, namespace, labels, ownerReferences: [controllerRefTo(service)] },
    addressType,
    endpoints: [],
    ports: [...ports],
  };
}

function keyOfSlice({ namespace = '', labels = {} }: SharedSlice['metadata']): string[] {
  const name = labels[SERVICE_LABEL];
  return labels[MANAGED_BY_LABEL] === MANAGER && name !== undefined ? [`${namespace}/${name}`] : [];
}
