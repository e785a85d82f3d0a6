import type { Node, Pod } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import type { Client } from '../../client/client.ts';
import type { ApiObject } from '../../client/resource-definition.ts';
import { Informer } from '../../runtime/informer.ts';
import type { NodeTemplate } from './compute-node.ts';
import type { PodScript } from './container-script.ts';
import { computeLog, type LogAnswer, type LogRequest } from './container-log.ts';
import { LeaseLoop } from './lease-loop.ts';
import { NodeEvents } from './node-events.ts';
import { NodeLoop } from './node-loop.ts';
import { PodLoop } from './pod-loop.ts';
import type { SharedPod } from './pod-run.ts';
import { isLive, NODE_INDEX, type Simulation } from './simulation.ts';

export interface SimulatedNodesOptions {
  /** Its clock is theirs; its user agent names the field manager of what they write. */
  readonly client: Client;
  /** 0 ≤ n < 1 */
  readonly random: () => number;
  /** Nodes to register at the start, those that there are already left as they are. Default: none. */
  readonly nodes?: readonly NodeTemplate[];
  /** `v1.36.2`: what the nodes say that they run. */
  readonly kubeletVersion: string;
  /** How long nodes' leases last, which are renewed four times as often; default 40. */
  readonly leaseDurationSeconds?: number;
  /** What containers do, ahead of what annotations of their pods say. */
  readonly script?: PodScript;
  /** Told of failures, one line each; all are tried again. */
  readonly log?: (line: string) => void;
}

export interface RunningNodes {
  /** The kubelet's answer about what a container printed; undefined when no live node has the pod. */
  readLog(request: LogRequest): LogAnswer | undefined;
  /** Resolves when nothing of them runs any more. */
  stop(): Promise<void>;
}

/**
 * Plays the kubelets of all nodes that carry the annotation `steersman.dev/simulated: "true"`, in one process, with one
 * watch and one timer for each kind of work: nodes are Ready, pods bound to them run. Ends and begins at any time
 * without harm: what pods came to is read back from their statuses.
 */
export function startSimulatedNodes(options: SimulatedNodesOptions): RunningNodes {
  const { client, random, nodes: templates = [], kubeletVersion, leaseDurationSeconds = 40, script, log = () => undefined } = options;
  const { clock } = client;
  const parts = (resource: string): { clock: typeof clock; random: typeof random; onError: (error: Error) => void } => ({ clock, random, onError: (error) => log(`watch of ${resource}: ${error.message}`) });
  const nodes = new Informer<Node>({ resource: client.resource<Node>(BUILTIN.nodes), transform: withoutManagers, ...parts('nodes') });
  const pods = new Informer<Pod>({
    resource: client.resource<Pod>(BUILTIN.pods),
    fieldSelector: 'spec.nodeName!=',
    indexes: { [NODE_INDEX]: ({ spec }) => [spec?.nodeName ?? ''] },
    transform: withoutManagers,
    ...parts('pods'),
  });
  const events = new NodeEvents({ client, random, onError: (error) => log(`event of a node: ${error.message}`) });
  const simulation: Simulation = { client, clock, random, nodes, pods, events, kubeletVersion, leaseDurationSeconds, log, ...(script && { script }) };
  const loops = [new NodeLoop(simulation, templates), new LeaseLoop(simulation), new PodLoop(simulation)];
  for (const loop of loops) loop.start();
  nodes.start();
  pods.start();
  return {
    readLog: ({ namespace, pod: name, container, query }) => {
      const pod = pods.store.get(`${namespace}/${name}`);
      if (!pod || !isLive(nodes.store.get(pod.spec?.nodeName ?? ''))) return undefined;
      const log = computeLog(pod, { container, query, nowMs: clock.now(), ...(script && { script }) });
      if (log.type === 'refused') return log;
      return {
        type: 'log',
        text: log.text,
        onEnd: (callback) => {
          if (log.isRunning) return onEnd(pods, { pod, container }, callback);
          callback();
          return () => undefined;
        },
      };
    },
    stop: async () => {
      await Promise.all(loops.map((loop) => loop.stop()));
      await Promise.all([nodes.stop(), pods.stop(), events.stop()]);
    },
  };
}

/** Calls back once this run of the container has ended, or its pod is gone. */
function onEnd(pods: Informer<Pod>, { pod: { metadata, status }, container }: { pod: SharedPod; container: string }, callback: () => void): () => void {
  const runningId = idOfRunning(status, container);
  const settle = (): void => {
    forget();
    callback();
  };
  const forget = pods.addHandler({
    onUpdate: (pod) => pod.metadata.uid === metadata.uid && idOfRunning(pod.status, container) !== runningId && settle(),
    onDelete: (pod) => pod.metadata.uid === metadata.uid && settle(),
  });
  return forget;
}

function idOfRunning(status: SharedPod['status'], container: string): string | undefined {
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? []), ...(status?.ephemeralContainerStatuses ?? [])];
  const found = statuses.find(({ name }) => name === container);
  return found?.state?.running && found.containerID;
}

/** A third of a pod, and nothing that a kubelet reads. */
function withoutManagers<T extends ApiObject>(object: T): T {
  delete object.metadata.managedFields;
  return object;
}
