import type { Pod } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import type { ResourceClient } from '../../client/resource-client.ts';
import { objectKey } from '../../client/resource-definition.ts';
import { hasReason } from '../../machinery/status-error.ts';
import { Controller, type ReconcileResult } from '../../runtime/controller.ts';
import { compareResourceVersions } from '../../runtime/resource-version.ts';
import { Addresses } from './addresses.ts';
import { advancePod } from './advance-pod.ts';
import { NodeLedger } from './node-ledger.ts';
import { addressesOf } from './node-loop.ts';
import { admissionRejection, requestsOf, type SharedNode } from './pod-admission.ts';
import type { PodRun, SharedPod } from './pod-run.ts';
import { scriptProblems, scriptsOf } from './pod-scripts.ts';
import { computeStatus, type PodPlace } from './pod-status.ts';
import { readRun } from './read-run.ts';
import { isLive, NODE_INDEX, type Simulation } from './simulation.ts';
import { statusPatch } from './status-patch.ts';

const WORKERS = 64;
/** Where pods get addresses whose node has no range of its own. */
const FALLBACK_RANGE = '10.88.0.0/16';
/** Until a pod that has no network is tried again. */
const NETWORK_RETRY_MS = 10_000;

interface Held {
  run: PodRun;
  /** The revision that the last report came to: what the informer shows of before is not looked at. */
  reported?: string;
}

/** Runs the pods that are bound to live nodes, and reports what becomes of them. */
export class PodLoop {
  readonly #simulation: Simulation;
  readonly #pods: ResourceClient<Pod>;
  /** By uid: pods that a node took up and that have not ended. */
  readonly #held = new Map<string, Held>();
  readonly #addresses = new Addresses();
  readonly #ledger = new NodeLedger();
  readonly #controller: Controller;

  constructor(simulation: Simulation) {
    const { client, clock, nodes, pods, log } = simulation;
    this.#simulation = simulation;
    this.#pods = client.resource<Pod>(BUILTIN.pods);
    this.#controller = new Controller({
      name: 'simulated-pods',
      clock,
      workers: WORKERS,
      reconcile: (key, { signal }) => this.#reconcile(key, signal),
      onError: (error, key) => {
        if (!hasReason(error, 'Conflict')) log(`simulated-pods: ${key}: ${error.message}`);
      },
    });
    // Before any pod is run: what others have already is not to be given away.
    pods.addHandler({ onAdd: (pod) => this.#recall(pod), onDelete: ({ metadata }) => this.#forget(metadata.uid ?? '') });
    this.#controller.watch(pods);
    this.#controller.watch(nodes, {
      filter: ({ event, object, old }) => event !== 'delete' && (isLive(object) !== isLive(old) || placeText(object) !== (old && placeText(old))),
      keysOf: ({ metadata }) => pods.store.byIndex(NODE_INDEX, metadata.name ?? '').map((pod) => objectKey(pod as Pod)),
    });
  }

  start(): void {
    this.#controller.start();
  }

  stop(): Promise<void> {
    return this.#controller.stop();
  }

  async #reconcile(key: string, signal: AbortSignal): Promise<ReconcileResult | void> {
    const { clock, nodes, pods, events, script } = this.#simulation;
    const pod = pods.store.get(key);
    const node = nodes.store.get(pod?.spec?.nodeName ?? '');
    if (!pod || !isLive(node)) return;
    const { uid = '', deletionTimestamp } = pod.metadata;
    if (hasEnded(pod)) {
      this.#forget(uid);
      if (deletionTimestamp !== undefined) await this.#remove(pod, signal);
      return;
    }
    const held = this.#held.get(uid) ?? this.#takeUp(pod, node);
    if (held.reported !== undefined && (compareResourceVersions(pod.metadata.resourceVersion ?? '', held.reported) ?? 0) < 0) return;
    const place = this.#placeOf(pod, node, held.run);
    const nowMs = clock.now();
    const scripts = scriptsOf(pod, script);
    const rejected = held.run.failure?.type === 'rejected';
    const hasNetwork = rejected || place.podIps.length > 0 || deletionTimestamp !== undefined;
    if (!hasNetwork) events.ofPod(pod, { type: 'Warning', reason: 'FailedCreatePodSandBox', message: `Failed to create pod sandbox: no IP addresses available in range set: ${rangesOf(node).join(', ')}` });
    const progress = hasNetwork ? advancePod(pod, held.run, { scripts, nowMs }) : { run: held.run, events: [], wakeMs: nowMs + NETWORK_RETRY_MS };
    held.run = progress.run;
    for (const event of progress.events) events.ofPod(pod, event);
    await this.#report(pod, held, { patch: statusPatch(pod, computeStatus(pod, held.run, { place, scripts, nowMs })), signal });
    if (progress.wakeMs !== Infinity) return { requeueAfterMs: Math.max(0, progress.wakeMs - clock.now()) };
  }

  /** A pod that was bound to the node: it is judged once, then held until it ends. */
  #takeUp(pod: SharedPod, node: SharedNode): Held {
    const { clock, events } = this.#simulation;
    const { uid = '' } = pod.metadata;
    const nodeName = node.metadata.name ?? '';
    const requests = requestsOf(pod);
    let run = readRun(pod);
    if (!run) {
      run = { startedMs: clock.now(), containers: new Map() };
      const rejection = admissionRejection(pod, node, { used: this.#ledger.usedOf(nodeName), requests });
      if (rejection) {
        events.ofPod(pod, { type: 'Warning', ...rejection });
        run = { ...run, failure: { type: 'rejected', reason: rejection.reason, message: `Pod was rejected: ${rejection.message}`, atMs: clock.now() } };
      }
      for (const message of scriptProblems(pod)) events.ofPod(pod, { type: 'Warning', reason: 'InvalidSimulation', message });
    }
    if (!run.failure) this.#ledger.enter(uid, nodeName, requests);
    const held = { run };
    this.#held.set(uid, held);
    return held;
  }

  #placeOf(pod: SharedPod, node: SharedNode, run: PodRun): PodPlace {
    const hostIps = addressesOf(node);
    if (run.failure?.type === 'rejected') return { hostIps, podIps: [] };
    const { uid = '' } = pod.metadata;
    if (pod.spec?.hostNetwork === true) return { hostIps, podIps: hostIps };
    if (pod.metadata.deletionTimestamp !== undefined) return { hostIps, podIps: this.#addresses.of(uid) };
    return { hostIps, podIps: this.#addresses.assign(uid, rangesOf(node)) ?? [] };
  }

  async #report(pod: SharedPod, held: Held, { patch, signal }: { patch: ReturnType<typeof statusPatch>; signal: AbortSignal }): Promise<void> {
    if (!patch) return;
    const { namespace = '', name = '' } = pod.metadata;
    try {
      const written = await this.#pods.inNamespace(namespace).patchStatus(name, 'strategic', patch, { signal });
      const { resourceVersion } = written.metadata;
      if (resourceVersion !== undefined) held.reported = resourceVersion;
    } catch (error) {
      // It is gone, or another one has its name by now: the informer will tell.
      if (!hasReason(error, 'NotFound') && !hasReason(error, 'Conflict')) throw error;
    }
  }

  /** The last thing a kubelet does for a pod. Finalizers may keep it, which is theirs to end. */
  async #remove({ metadata }: SharedPod, signal: AbortSignal): Promise<void> {
    const { namespace = '', name = '', uid = '', deletionGracePeriodSeconds } = metadata;
    if (deletionGracePeriodSeconds === 0) return;
    try {
      await this.#pods.inNamespace(namespace).delete(name, { gracePeriodSeconds: 0, preconditions: { uid }, signal });
    } catch (error) {
      if (!hasReason(error, 'NotFound') && !hasReason(error, 'Conflict')) throw error;
    }
  }

  /** Pods that run already have their addresses, and what they take of their node. */
  #recall(pod: SharedPod): void {
    const { uid = '' } = pod.metadata;
    if (hasEnded(pod) || pod.status?.startTime === undefined) return;
    if (pod.spec?.hostNetwork !== true) this.#addresses.claim(uid, (pod.status.podIPs ?? []).map(({ ip }) => ip));
    this.#ledger.enter(uid, pod.spec?.nodeName ?? '', requestsOf(pod));
  }

  #forget(uid: string): void {
    this.#held.delete(uid);
    this.#addresses.release(uid);
    this.#ledger.release(uid);
  }
}

function hasEnded({ status }: SharedPod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

function rangesOf({ spec }: SharedNode): readonly string[] {
  const ranges = spec?.podCIDRs ?? [];
  return ranges.length > 0 ? ranges : [FALLBACK_RANGE];
}

/** What of a node its pods' statuses depend on. */
function placeText(node: SharedNode): string {
  return JSON.stringify([addressesOf(node), node.spec?.podCIDRs]);
}
