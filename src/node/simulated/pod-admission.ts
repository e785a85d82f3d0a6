import type { Node } from '../../api/types/generated/core-v1.ts';
import { wantsNode } from '../../api/placement/node-affinity.ts';
import { untoleratedTaint } from '../../api/placement/tolerations.ts';
import { aggregateRequests } from '../../api/pod-template/aggregate-resources.ts';
import { sumLists } from '../../api/pod-template/resource-list.ts';
import type { PodSpec } from '../../api/pod-template/shapes.ts';
import { getOwn, type DeepReadonly } from '../../machinery/json.ts';
import { parseQuantity, quantityMilliValue, quantityValue } from '../../machinery/quantity.ts';
import { hostPortsOf, portsConflict } from './host-ports.ts';
import type { SharedPod } from './pod-run.ts';

export type SharedNode = DeepReadonly<Node>;

/** Amounts by resource: processors in thousandths, the rest in whole units. */
export type Amounts = ReadonlyMap<string, number>;

/** Why a node does not take a pod. */
export interface Rejection {
  readonly reason: string;
  readonly message: string;
}

const OS_LABEL = 'kubernetes.io/os';

/** What a pod takes of its node: what its containers and its overhead ask for, and one place. */
export function requestsOf({ spec }: SharedPod): Amounts {
  if (!spec) return new Map([['pods', 1]]);
  const requests = spec as unknown as PodSpec;
  const whole = sumLists([{ ...aggregateRequests(requests), ...(spec.resources?.requests as Record<string, string> | undefined) }, spec.overhead as Record<string, string> | undefined]);
  return new Map([...amountsOf(whole), ['pods', 1]]);
}

export function amountsOf(list: Readonly<Record<string, string | undefined>> | undefined): Amounts {
  const amounts = new Map<string, number>();
  for (const [name, text] of Object.entries(list ?? {})) {
    if (text === undefined) continue;
    const quantity = parseQuantity(text);
    amounts.set(name, name === 'cpu' ? quantityMilliValue(quantity) : quantityValue(quantity));
  }
  return amounts;
}

/** As a kubelet judges a pod that was bound to its node, beside the `used` amounts of those that it took before. */
export function admissionRejection(pod: SharedPod, node: SharedNode, { used, usedPorts, requests }: { readonly used: Amounts; readonly usedPorts: readonly string[]; readonly requests: Amounts }): Rejection | undefined {
  return wrongSystem(pod, node) ?? tooLittle(node, used, requests) ?? wrongNode(pod, node, usedPorts);
}

function wrongSystem({ spec }: SharedPod, { metadata }: SharedNode): Rejection | undefined {
  const system = getOwn(metadata.labels ?? {}, OS_LABEL) ?? 'linux';
  const wanted = getOwn(spec?.nodeSelector ?? {}, OS_LABEL);
  if (wanted !== undefined && wanted !== system) return { reason: 'PodOSSelectorNodeLabelDoesNotMatch', message: 'Failed to admit pod as the `kubernetes.io/os` label doesn\'t match node label' };
  if (spec?.os?.name !== undefined && spec.os.name !== system) return { reason: 'PodOSNotSupported', message: "Failed to admit pod as the OS field doesn't match node OS" };
  return undefined;
}

function tooLittle({ status }: SharedNode, used: Amounts, requests: Amounts): Rejection | undefined {
  const allocatable = amountsOf(status?.allocatable);
  const names = ['pods', 'cpu', 'memory', 'ephemeral-storage', ...[...requests.keys()].toSorted()];
  for (const name of names) {
    const requested = requests.get(name) ?? 0;
    // A node does not know of extended resources that it does not have: devices may register later.
    if (requested === 0 || (name.includes('/') && !allocatable.has(name))) continue;
    const taken = used.get(name) ?? 0;
    const capacity = allocatable.get(name) ?? 0;
    if (taken + requested > capacity) return { reason: `OutOf${name}`, message: `Node didn't have enough resource: ${name}, requested: ${requested}, used: ${taken}, capacity: ${capacity}` };
  }
  return undefined;
}

function wrongNode(pod: SharedPod, node: SharedNode, usedPorts: readonly string[]): Rejection | undefined {
  const { spec } = pod;
  if (!wantsNode(spec, node)) return { reason: 'NodeAffinity', message: 'Predicate NodeAffinity failed' };
  if (portsConflict(hostPortsOf(pod), usedPorts)) return { reason: 'NodePorts', message: 'Predicate NodePorts failed' };
  const drivingOut = (node.spec?.taints ?? []).filter(({ effect }) => effect === 'NoExecute');
  if (untoleratedTaint(drivingOut, spec?.tolerations ?? [])) return { reason: 'TaintToleration', message: 'Predicate TaintToleration failed' };
  return undefined;
}
