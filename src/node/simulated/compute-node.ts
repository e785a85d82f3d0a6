import { createHash } from 'node:crypto';
import type { Node, NodeCondition, NodeStatus } from '../../api/types/generated/core-v1.ts';
import { formatTime } from '../../machinery/clock.ts';
import { getOwn } from '../../machinery/json.ts';
import { CONDITIONS, SIMULATED } from './annotations.ts';
import type { SharedNode } from './pod-admission.ts';

/** What a node has that nobody said anything else of. */
const USUAL_RESOURCES: Readonly<Record<string, string>> = { cpu: '8', memory: '32Gi', 'ephemeral-storage': '100Gi', pods: '110' };
const ARCHITECTURE = 'amd64';
const KUBELET_PORT = 10250;

/** A node to be registered. */
export interface NodeTemplate {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** On top of, or instead of, the usual amounts. */
  readonly capacity?: Readonly<Record<string, string>>;
}

export interface NodeView {
  readonly nowMs: number;
  /** Its address, should it have none yet. */
  readonly address: () => string | undefined;
  readonly kubeletVersion: string;
}

/** The Node object as a kubelet registers it. */
export function nodeToRegister({ name, labels = {}, capacity = {} }: NodeTemplate, view: NodeView): Node {
  const node: Node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { ...usualLabels(name), ...labels }, annotations: { [SIMULATED]: 'true', 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' } },
    spec: {},
    status: { capacity: { ...USUAL_RESOURCES, ...capacity } },
  };
  return { ...node, status: computeNodeStatus(node, view) };
}

/** Labels that every kubelet gives its node; those that are there stay. */
export function missingLabels({ metadata }: SharedNode): Record<string, string> {
  const known = metadata.labels ?? {};
  return Object.fromEntries(Object.entries(usualLabels(metadata.name ?? '')).filter(([key]) => getOwn(known, key) === undefined));
}

function usualLabels(name: string): Record<string, string> {
  return {
    'beta.kubernetes.io/arch': ARCHITECTURE,
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': ARCHITECTURE,
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
  };
}

/** The status that a kubelet reports; amounts and addresses that the node was given stay. */
export function computeNodeStatus(node: SharedNode, { nowMs, address, kubeletVersion }: NodeView): NodeStatus {
  const { name = '' } = node.metadata;
  const { status = {} } = node;
  const capacity: Record<string, string> = { ...(status.capacity ?? USUAL_RESOURCES) };
  const ip = (status.addresses ?? []).length > 0 ? undefined : address();
  const addresses = ip === undefined ? (status.addresses ?? []).map((each) => ({ ...each })) : [{ type: 'InternalIP', address: ip }, { type: 'Hostname', address: name }];
  return {
    capacity,
    allocatable: { ...(status.allocatable ?? capacity) },
    addresses,
    conditions: conditionsOf(node, nowMs),
    daemonEndpoints: { kubeletEndpoint: { Port: KUBELET_PORT } },
    features: { supplementalGroupsPolicy: true },
    nodeInfo: status.nodeInfo?.kubeletVersion ? { ...status.nodeInfo } : nodeInfo(name, kubeletVersion),
    runtimeHandlers: [{ name: '', features: { recursiveReadOnlyMounts: true, userNamespaces: true } }],
  };
}

function nodeInfo(name: string, kubeletVersion: string): NonNullable<NodeStatus['nodeInfo']> {
  const id = (what: string): string => createHash('sha256').update(`${what}/${name}`).digest('hex').slice(0, 32);
  return {
    machineID: id('machine'),
    systemUUID: uuidOf(id('system')),
    bootID: uuidOf(id('boot')),
    kernelVersion: '6.12.0-simulated',
    osImage: 'Steersman simulated node',
    containerRuntimeVersion: 'containerd://2.2.0',
    kubeletVersion,
    kubeProxyVersion: '',
    operatingSystem: 'linux',
    architecture: ARCHITECTURE,
  };
}

function uuidOf(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

interface Health {
  readonly type: string;
  readonly good: readonly [reason: string, message: string];
  readonly bad: readonly [reason: string, message: string];
}

const PRESSURES: readonly Health[] = [
  { type: 'MemoryPressure', good: ['KubeletHasSufficientMemory', 'kubelet has sufficient memory available'], bad: ['KubeletHasInsufficientMemory', 'kubelet has insufficient memory available'] },
  { type: 'DiskPressure', good: ['KubeletHasNoDiskPressure', 'kubelet has no disk pressure'], bad: ['KubeletHasDiskPressure', 'kubelet has disk pressure'] },
  { type: 'PIDPressure', good: ['KubeletHasSufficientPID', 'kubelet has sufficient PID available'], bad: ['KubeletHasInsufficientPID', 'kubelet has insufficient PID available'] },
];

/** A kubelet's conditions with a heartbeat of now; those of others stay. */
function conditionsOf(node: SharedNode, nowMs: number): NodeCondition[] {
  const bad = new Set((getOwn(node.metadata.annotations ?? {}, CONDITIONS) ?? '').split(',').map((type) => type.trim()));
  const before = node.status?.conditions ?? [];
  const now = formatTime(nowMs);
  const own: NodeCondition[] = [
    ...PRESSURES.map((health) => {
      const [reason, message] = bad.has(health.type) ? health.bad : health.good;
      return { type: health.type, status: bad.has(health.type) ? 'True' : 'False', reason, message };
    }),
    bad.has('NotReady')
      ? { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: 'the simulation says so' }
      : { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
  ];
  return [
    ...before.filter(({ type }) => !own.some((condition) => condition.type === type)).map((condition) => ({ ...condition })),
    ...own.map((condition) => {
      const known = before.find(({ type }) => type === condition.type);
      return { ...condition, lastHeartbeatTime: now, lastTransitionTime: known?.status === condition.status ? (known.lastTransitionTime ?? now) : now };
    }),
  ];
}

/** Reasons of the events that tell of a condition's change, as kubelets name them. */
const CHANGES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Ready: { True: 'NodeReady', False: 'NodeNotReady' },
  MemoryPressure: { True: 'NodeHasInsufficientMemory', False: 'NodeHasSufficientMemory' },
  DiskPressure: { True: 'NodeHasDiskPressure', False: 'NodeHasNoDiskPressure' },
  PIDPressure: { True: 'NodeHasInsufficientPID', False: 'NodeHasSufficientPID' },
};

/** What a kubelet records when the node's conditions become these. */
export function conditionChanges({ status }: SharedNode, next: NodeStatus): string[] {
  return (next.conditions ?? []).flatMap((condition) => {
    const reason = CHANGES[condition.type]?.[condition.status];
    const known = status?.conditions?.find(({ type }) => type === condition.type);
    return reason === undefined || known?.status === condition.status ? [] : [reason];
  });
}
