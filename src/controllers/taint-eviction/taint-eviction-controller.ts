import type { Node, Pod } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import { objectKey } from '../../client/resource-definition.ts';
import { equalJson, type JsonObject } from '../../machinery/json.ts';
import { Controller, type ReconcileResult } from '../../runtime/controller.ts';
import { EventRecorder } from '../../runtime/event-recorder.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { failureLog } from '../failure-log.ts';
import { indexByNode, podsOn, type SharedNode } from '../nodes/node-state.ts';
import { disruptionTarget, disruptPod } from '../pods/disruption.ts';
import type { SharedPod } from '../pods/pod-state.ts';
import { computeEviction } from './compute-eviction.ts';

const NAME = 'taint-eviction-controller';
const WORKERS = 8;
const DISRUPTION = { reason: 'DeletionByTaintManager', message: 'Taint manager: deleting due to NoExecute taint' };

/** Deletes pods that do not bear a taint of effect NoExecute of their node, those that bear it for some time after that time. */
export function startTaintEvictionController({ client, clock, random, informers, log }: ControllerContext): RunningController {
  const events = new EventRecorder({ client, random, component: NAME });
  const nodes = informers.get<Node>(BUILTIN.nodes);
  const pods = indexByNode(informers.get<Pod>(BUILTIN.pods));
  /** By uid: since when a pod bears taints that it does not bear for ever. */
  const since = new Map<string, number>();
  const controller = new Controller({
    name: NAME,
    clock,
    workers: WORKERS,
    onError: failureLog(log, NAME),
    reconcile: async (key, { signal }): Promise<ReconcileResult | void> => {
      const pod = pods.store.get(key);
      const { uid = '', deletionTimestamp } = pod?.metadata ?? {};
      const node = nodes.store.get(pod?.spec?.nodeName ?? '');
      if (!pod || !node || deletionTimestamp !== undefined) {
        since.delete(uid);
        return;
      }
      const eviction = computeEviction(pod, node.spec?.taints ?? []);
      if (eviction.type === 'stays') {
        if (since.delete(uid)) events.event(referenceTo(pod), 'Normal', 'TaintManagerEviction', `Cancelling deletion of Pod ${key}`);
        return;
      }
      const sinceMs = since.get(uid) ?? clock.now();
      const leftMs = sinceMs + eviction.afterMs - clock.now();
      if (leftMs > 0) {
        since.set(uid, sinceMs);
        return { requeueAfterMs: leftMs };
      }
      events.event(referenceTo(pod), 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${key}`);
      const known = pod.status?.conditions?.find(({ type }) => type === 'DisruptionTarget');
      const marked = known?.status === 'True' && known.reason === DISRUPTION.reason;
      const status = marked ? undefined : { conditions: [disruptionTarget(pod, DISRUPTION, clock.now()) as unknown as JsonObject] };
      await disruptPod(client.resource<Pod>(BUILTIN.pods), pod, { status, signal });
      since.delete(uid);
    },
  });
  controller.watch(pods, { filter: ({ event, object, old }) => event !== 'update' || old === undefined || !equalJson(placementOf(object), placementOf(old)) });
  controller.watch(nodes, {
    filter: ({ event, object, old }) => event !== 'update' || old === undefined || !equalJson(drivingOut(object), drivingOut(old)),
    keysOf: ({ metadata }) => podsOn(pods, metadata.name ?? '').map((pod) => objectKey(pod as Pod)),
  });
  const forget = pods.addHandler({ onDelete: ({ metadata }) => void since.delete(metadata.uid ?? '') });
  controller.start();
  return {
    stop: async () => {
      forget();
      await controller.stop();
      await events.stop();
    },
  };
}

function placementOf({ metadata, spec }: SharedPod): unknown {
  return [spec?.nodeName, spec?.tolerations, metadata.deletionTimestamp];
}

function drivingOut({ spec }: SharedNode): unknown {
  return (spec?.taints ?? []).filter(({ effect }) => effect === 'NoExecute');
}

function referenceTo({ metadata }: SharedPod): { apiVersion: string; kind: string; name: string; namespace: string; uid: string } {
  const { name = '', namespace = '', uid = '' } = metadata;
  return { apiVersion: 'v1', kind: 'Pod', name, namespace, uid };
}
