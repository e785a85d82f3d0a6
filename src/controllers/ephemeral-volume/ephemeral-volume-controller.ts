import type { PersistentVolumeClaim, Pod, Volume } from '../../api/types/generated/core-v1.ts';
import { asError } from '../../client/as-error.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import { cloneJson, type DeepReadonly } from '../../machinery/json.ts';
import { Controller } from '../../runtime/controller.ts';
import { EventRecorder } from '../../runtime/event-recorder.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { failureLog } from '../failure-log.ts';
import { controllerOf, controllerRefTo } from '../ownership/controller-ref.ts';
import type { SharedPod } from '../pods/pod-state.ts';

const NAME = 'ephemeral-volume-controller';

/** Makes the claims that pods bring with them, owned by the pod and gone with it. */
export function startEphemeralVolumeController({ client, clock, random, informers, log }: ControllerContext): RunningController {
  const events = new EventRecorder({ client, random, component: 'ephemeral_volume' });
  const pods = informers.get<Pod>(BUILTIN.pods);
  const claims = informers.get<PersistentVolumeClaim>(BUILTIN.persistentVolumeClaims);
  const objects = client.resource<PersistentVolumeClaim>(BUILTIN.persistentVolumeClaims);

  const make = async (pod: SharedPod, volume: DeepReadonly<Volume>, signal: AbortSignal): Promise<void> => {
    const claim = claimFor(pod, volume);
    const { namespace = '', name = '' } = claim.metadata;
    const known = claims.store.get(`${namespace}/${name}`);
    if (!known) {
      await objects.create(claim, { signal });
      return;
    }
    if (controllerOf(known)?.uid !== pod.metadata.uid) throw new Error(`PVC ${namespace}/${name} was not created for pod ${namespace}/${pod.metadata.name ?? ''} (pod is not owner)`);
  };

  const controller = new Controller({
    name: NAME,
    clock,
    onError: failureLog(log, NAME),
    reconcile: async (key, { signal }) => {
      const pod = pods.store.get(key);
      if (!pod || pod.metadata.deletionTimestamp !== undefined) return;
      for (const volume of (pod.spec?.volumes ?? []).filter(({ ephemeral }) => ephemeral !== undefined)) {
        try {
          await make(pod, volume, signal);
        } catch (error) {
          if (signal.aborted) throw error;
          events.event(pod, 'Warning', 'FailedBinding', `ephemeral volume ${volume.name}: ${asError(error).message}`);
          throw error;
        }
      }
    },
  });
  controller.watch(pods, { filter: ({ event, object }) => event === 'add' && (object.spec?.volumes ?? []).some(({ ephemeral }) => ephemeral !== undefined) });
  controller.watch(claims, {
    keysOf: (claim) => {
      const owner = controllerOf(claim);
      return owner?.kind === 'Pod' ? [`${claim.metadata.namespace ?? ''}/${owner.name}`] : [];
    },
    filter: ({ event }) => event === 'delete',
  });
  controller.start();
  return {
    stop: async () => {
      await controller.stop();
      await events.stop();
    },
  };
}

export function claimFor(pod: SharedPod, { name, ephemeral }: DeepReadonly<Volume>): PersistentVolumeClaim {
  const { metadata = {}, spec } = ephemeral?.volumeClaimTemplate ?? {};
  const { annotations, labels } = metadata;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: `${pod.metadata.name ?? ''}-${name}`,
      namespace: pod.metadata.namespace ?? '',
      ...(annotations && { annotations: { ...annotations } }),
      ...(labels && { labels: { ...labels } }),
      ownerReferences: [controllerRefTo({ ...pod, apiVersion: 'v1', kind: 'Pod' })],
    },
    ...(spec && { spec: cloneJson(spec) as NonNullable<PersistentVolumeClaim['spec']> }),
  };
}
