import type { Endpoints, Service } from '../../api/types/generated/core-v1.ts';
import type { EndpointSlice } from '../../api/types/generated/discovery-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import { Controller } from '../../runtime/controller.ts';
import { EventRecorder } from '../../runtime/event-recorder.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { indexSlices, MANAGED_BY_LABEL, SERVICE_LABEL, slicesOf } from '../endpoint-slice/slice-labels.ts';
import { writeSlices } from '../endpoint-slice/write-slices.ts';
import { failureLog } from '../failure-log.ts';
import { LAST_CHANGE_ANNOTATION } from '../services/service-pods.ts';
import { computeMirror, isMirrored, MIRROR_MANAGER, mirroredAnnotations, type SharedEndpoints } from './compute-mirror.ts';

const NAME = 'endpointslice-mirroring-controller';
const WORKERS = 5;

/** Shows Endpoints that people write for services without a selector as endpoint slices, too. */
export function startEndpointSliceMirroringController({ client, clock, random, informers, log }: ControllerContext): RunningController {
  const events = new EventRecorder({ client, random, component: 'endpoint-slice-mirroring-controller' });
  const services = informers.get<Service>(BUILTIN.services);
  const endpoints = informers.get<Endpoints>(BUILTIN.endpoints);
  const slices = indexSlices(informers.get<EndpointSlice>(BUILTIN.endpointSlices));

  const reconcile = async (key: string, signal: AbortSignal): Promise<void> => {
    const found = endpoints.store.get(key);
    const service = services.store.get(key);
    const existing = slicesOf(slices, key, MIRROR_MANAGER);
    const writes = { slices: client.resource<EndpointSlice>(BUILTIN.endpointSlices), signal };
    if (!found || !isMirrored(found) || !service || service.spec?.selector !== undefined) {
      await writeSlices({ create: [], update: [], delete: existing }, { ...writes, ownerLives: false });
      return;
    }
    const { plan, skipped, invalid } = computeMirror(found, existing);
    if (invalid > 0) events.event(found, 'Warning', 'InvalidIPAddress', `Skipped ${invalid} invalid IP addresses when mirroring to EndpointSlices`);
    if (skipped > 0) events.event(found, 'Warning', 'TooManyAddressesToMirror', `A max of 1000 addresses can be mirrored to EndpointSlices per Endpoints subset. ${skipped} addresses were skipped`);
    const update = plan.update.map((slice) => ({ ...slice, metadata: { ...slice.metadata, annotations: mirroredAnnotations(found) } }));
    const triggerMs = Date.parse(found.metadata.annotations?.[LAST_CHANGE_ANNOTATION] ?? '') || undefined;
    await writeSlices({ ...plan, update }, { ...writes, triggerMs, ownerLives: found.metadata.deletionTimestamp === undefined });
  };

  const controller = new Controller({ name: NAME, clock, workers: WORKERS, onError: failureLog(log, NAME), reconcile: (key, { signal }) => reconcile(key, signal) });
  controller.watch(endpoints);
  controller.watch(services);
  controller.watch(slices, { keysOf: ({ metadata }) => keysOfSlice(metadata) });
  controller.start();
  return {
    stop: async () => {
      await controller.stop();
      await events.stop();
    },
  };
}

function keysOfSlice({ namespace = '', labels = {} }: SharedEndpoints['metadata']): string[] {
  const name = labels[SERVICE_LABEL];
  return labels[MANAGED_BY_LABEL] === MIRROR_MANAGER && name !== undefined ? [`${namespace}/${name}`] : [];
}
