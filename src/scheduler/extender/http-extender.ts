import { asError } from '../../client/as-error.ts';
import type { ExtenderConfiguration } from '../config/extender-configuration.ts';
import type { Extender, Victims } from '../cycle/extender.ts';
import type { NodeInfo } from '../framework/node-info.ts';
import type { NodeStatuses } from '../framework/node-statuses.ts';
import { MAX_NODE_SCORE } from '../framework/plugin.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { Status } from '../framework/status.ts';
import type { BindingAnswer, FilterAnswer, HostPriority, PostJson, PreemptionAnswer } from './wire.ts';

/** Extenders score from 0 to 10. */
const MAX_EXTENDER_PRIORITY = 10;

/** An extender that speaks kube-scheduler's protocol over HTTP. */
export function httpExtender(configuration: ExtenderConfiguration, postJson: PostJson, log: (line: string) => void): Extender {
  const { urlPrefix, timeoutMs, weight, ignorable, nodeCacheCapable } = configuration;
  const prefix = urlPrefix.replace(/\/+$/, '');
  const post = async <T>(verb: string, body: unknown): Promise<T> => {
    const url = `${prefix}/${verb}`;
    const answer = await postJson({ url, body, timeoutMs });
    if (answer.status !== 200) throw new Error(`failed ${verb} with extender at URL ${url}, code ${answer.status}`);
    return answer.body as T;
  };
  const args = (pod: PodInfo, nodes: readonly NodeInfo[]): object => ({
    pod: pod.pod,
    ...(nodeCacheCapable ? { nodenames: nodes.map(({ name }) => name) } : { nodes: { apiVersion: 'v1', kind: 'NodeList', metadata: {}, items: nodes.map(({ node }) => node) } }),
  });
  /** What an ignorable extender fails with is told, and forgotten. */
  const tolerant = async <T>(otherwise: T, run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      if (!ignorable) throw error;
      log(`scheduler: ignorable extender ${prefix}: ${asError(error).message}`);
      return otherwise;
    }
  };
  const { filterVerb, prioritizeVerb, bindVerb, preemptVerb } = configuration;
  return {
    name: prefix,
    isInterested: interest(configuration),
    filter:
      filterVerb === undefined
        ? undefined
        : (pod, nodes, statuses) => tolerant<readonly NodeInfo[]>(nodes, async () => applyFilter(await post<FilterAnswer>(filterVerb, args(pod, nodes)), { nodes, statuses, nodeCacheCapable, name: prefix })),
    prioritize:
      prioritizeVerb === undefined
        ? undefined
        : async (pod, nodes) => {
            try {
              const priorities = await post<readonly HostPriority[]>(prioritizeVerb, args(pod, nodes));
              return new Map(priorities.map(({ host, score }) => [host, score * weight * (MAX_NODE_SCORE / MAX_EXTENDER_PRIORITY)]));
            } catch (error) {
              log(`scheduler: extender ${prefix} gives no scores: ${asError(error).message}`);
              return new Map();
            }
          },
    bind:
      bindVerb === undefined
        ? undefined
        : async ({ name, namespace, uid }, nodeName) => {
            const { error = '' } = await post<BindingAnswer>(bindVerb, { podName: name, podNamespace: namespace, podUID: uid, node: nodeName });
            if (error !== '') throw new Error(error);
          },
    preempt: preemptVerb === undefined ? undefined : (pod, candidates) => tolerant(candidates, async () => applyPreemption(await post<PreemptionAnswer>(preemptVerb, preemptionArgs(pod, candidates, nodeCacheCapable)), candidates)),
  };
}

function interest({ managedResources }: ExtenderConfiguration): Extender['isInterested'] {
  const managed = new Set(managedResources.map(({ name }) => name));
  if (managed.size === 0) return () => true;
  return ({ pod }) => {
    const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
    return containers.some(({ resources = {} }) => [...Object.keys(resources.requests ?? {}), ...Object.keys(resources.limits ?? {})].some((name) => managed.has(name)));
  };
}

interface Filtered {
  readonly nodes: readonly NodeInfo[];
  readonly statuses: NodeStatuses;
  readonly nodeCacheCapable: boolean;
  readonly name: string;
}

function applyFilter({ error = '', nodes: kept, nodenames, failedNodes, failedAndUnresolvableNodes }: FilterAnswer, { nodes, statuses, nodeCacheCapable, name }: Filtered): readonly NodeInfo[] {
  if (error !== '') throw new Error(error);
  for (const [node, reason] of Object.entries(failedAndUnresolvableNodes ?? {})) statuses.set(node, Status.unresolvable(reason));
  for (const [node, reason] of Object.entries(failedNodes ?? {})) {
    if (failedAndUnresolvableNodes?.[node] === undefined) statuses.set(node, Status.unschedulable(reason));
  }
  const names = nodeCacheCapable ? (nodenames ?? []) : (kept?.items ?? []).map(({ metadata }) => metadata.name ?? '');
  const known = new Map(nodes.map((node) => [node.name, node]));
  return names.map((node) => {
    const found = known.get(node);
    if (!found) throw new Error(`extender ${JSON.stringify(name)} claims a filtered node ${JSON.stringify(node)} which is not found in the input node list`);
    return found;
  });
}

function preemptionArgs({ pod }: PodInfo, candidates: ReadonlyMap<string, Victims>, nodeCacheCapable: boolean): object {
  const victims = [...candidates].map(([node, { pods, violations }]) => [node, { pods: nodeCacheCapable ? pods.map(({ uid }) => ({ uid })) : pods.map((victim) => victim.pod), numPDBViolations: violations }]);
  return { pod, [nodeCacheCapable ? 'nodeNameToMetaVictims' : 'nodeNameToVictims']: Object.fromEntries(victims) as object };
}

/** Victims can only be chosen among those that were offered. */
function applyPreemption({ nodeNameToMetaVictims }: PreemptionAnswer, candidates: ReadonlyMap<string, Victims>): ReadonlyMap<string, Victims> {
  const left = new Map<string, Victims>();
  for (const [node, { pods, numPDBViolations = 0 }] of Object.entries(nodeNameToMetaVictims ?? {})) {
    const offered = candidates.get(node);
    if (!offered) throw new Error(`the extender names a node ${JSON.stringify(node)} that is no candidate`);
    const uids = new Set((pods ?? []).map(({ uid }) => uid));
    left.set(node, { pods: offered.pods.filter(({ uid }) => uids.has(uid)), violations: numPDBViolations });
  }
  return left;
}
