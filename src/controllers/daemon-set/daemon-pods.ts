import type { DaemonSet } from '../../api/types/generated/apps-v1.ts';
import type { Affinity, Pod, Toleration } from '../../api/types/generated/core-v1.ts';
import { cloneJson, getOwn, type DeepReadonly } from '../../machinery/json.ts';
import { podFromTemplate } from '../pods/pod-control.ts';
import type { SharedPod } from '../pods/pod-state.ts';

export type SharedDaemonSet = DeepReadonly<DaemonSet>;

export const HASH_LABEL = 'controller-revision-hash';
const GENERATION_LABEL = 'pod-template-generation';
const GENERATION_ANNOTATION = 'deprecated.daemonset.template.generation';
const NAME_FIELD = 'metadata.name';

/** What a node may be like without its daemons having to go. */
const TOLERATED: readonly (readonly [key: string, effect: 'NoExecute' | 'NoSchedule'])[] = [
  ['node.kubernetes.io/not-ready', 'NoExecute'],
  ['node.kubernetes.io/unreachable', 'NoExecute'],
  ['node.kubernetes.io/disk-pressure', 'NoSchedule'],
  ['node.kubernetes.io/memory-pressure', 'NoSchedule'],
  ['node.kubernetes.io/pid-pressure', 'NoSchedule'],
  ['node.kubernetes.io/unschedulable', 'NoSchedule'],
];
const TOLERATED_ON_HOST_NETWORK = [...TOLERATED, ['node.kubernetes.io/network-unavailable', 'NoSchedule']] as const;

/** The tolerations of the set's pods: those of its template, and what every daemon tolerates. */
export function daemonTolerations({ spec }: SharedDaemonSet): Toleration[] {
  const tolerations = cloneJson(spec?.template.spec?.tolerations ?? []) as Toleration[];
  for (const [key, effect] of spec?.template.spec?.hostNetwork === true ? TOLERATED_ON_HOST_NETWORK : TOLERATED) {
    const toleration: Toleration = { key, operator: 'Exists', effect };
    const known = tolerations.findIndex((own) => own.key === key && own.effect === effect && own.operator === 'Exists' && (own.value ?? '') === '');
    if (known < 0) tolerations.push(toleration);
    else tolerations[known] = toleration;
  }
  return tolerations;
}

/** A pod of the set that the scheduler can only put on this node. */
export function daemonPod(set: SharedDaemonSet, node: string, hash: string): Pod {
  const pod = podFromTemplate(set, set.spec?.template);
  const generation = templateGeneration(set);
  pod.metadata.labels = { ...pod.metadata.labels, ...(generation !== undefined && { [GENERATION_LABEL]: generation }), [HASH_LABEL]: hash };
  if (!pod.spec) return pod;
  return { ...pod, spec: { ...pod.spec, tolerations: daemonTolerations(set), affinity: pinnedTo(node, pod.spec.affinity) } };
}

/** The set chose the node already: what else its template asks of nodes was asked then. */
function pinnedTo(node: string, affinity: Affinity | undefined): Affinity {
  const nodeSelectorTerms = [{ matchFields: [{ key: NAME_FIELD, operator: 'In' as const, values: [node] }] }];
  return { ...affinity, nodeAffinity: { ...affinity?.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } };
}

/** The node that the pod is on, or was made for; undefined for none. */
export function targetNode({ spec }: SharedPod): string | undefined {
  if (spec?.nodeName !== undefined && spec.nodeName !== '') return spec.nodeName;
  for (const { matchFields = [] } of spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []) {
    const name = matchFields.find(({ key, operator, values = [] }) => key === NAME_FIELD && operator === 'In' && values.length === 1);
    if (name) return name.values?.[0];
  }
  return undefined;
}

/** The pods by their nodes, those in front that have one and are old. Pods that ended and are deleted count no more. */
export function byNode(pods: readonly SharedPod[]): Map<string, SharedPod[]> {
  const nodes = new Map<string, SharedPod[]>();
  for (const pod of pods.toSorted(oldestFirst)) {
    const ended = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
    const node = ended && pod.metadata.deletionTimestamp !== undefined ? undefined : targetNode(pod);
    if (node === undefined) continue;
    const known = nodes.get(node);
    if (known) known.push(pod);
    else nodes.set(node, [pod]);
  }
  return nodes;
}

function oldestFirst(a: SharedPod, b: SharedPod): number {
  const isBound = ({ spec }: SharedPod): boolean => (spec?.nodeName ?? '') !== '';
  const createdMs = ({ metadata }: SharedPod): number => Date.parse(metadata.creationTimestamp ?? '1970-01-01T00:00:00Z');
  return Number(isBound(b)) - Number(isBound(a)) || createdMs(a) - createdMs(b) || ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1);
}

/** The pod was made of the present template. */
export function isUpdated(set: SharedDaemonSet, { metadata }: SharedPod, hashes: ReadonlySet<string>): boolean {
  const labels = metadata.labels ?? {};
  const generation = templateGeneration(set);
  return hashes.has(getOwn(labels, HASH_LABEL) ?? '') || (generation !== undefined && getOwn(labels, GENERATION_LABEL) === generation);
}

function templateGeneration({ metadata }: SharedDaemonSet): string | undefined {
  const text = getOwn(metadata.annotations ?? {}, GENERATION_ANNOTATION) ?? '';
  return /^\d{1,18}$/.test(text) ? text : undefined;
}
