import type { PodCondition } from '../../api/types/generated/core-v1.ts';
import { formatTime } from '../../machinery/clock.ts';
import { cloneJson } from '../../machinery/json.ts';
import type { SharedPod } from './pod-run.ts';

/** What the containers of a pod come to. */
export interface ContainerFindings {
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed';
  readonly initialized: boolean;
  /** Init containers that are not through, and sidecars that have not begun. */
  readonly unfinished: readonly string[];
  /** Main containers and sidecars that are not ready. */
  readonly unready: readonly string[];
  readonly hasNetwork: boolean;
}

type Finding = Pick<PodCondition, 'type' | 'status'> & { readonly reason?: string; readonly message?: string };

const OWNED: ReadonlySet<string> = new Set(['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled']);

/** Conditions that are not a kubelet's to set. */
export function foreignConditions(conditions: readonly PodCondition[] | undefined): PodCondition[] {
  return (conditions ?? []).filter(({ type }) => !OWNED.has(type));
}

/** The conditions of a pod on a node, those of others first. A time of transition is that of the last change of status. */
export function podConditions(pod: SharedPod, findings: ContainerFindings, nowMs: number): PodCondition[] {
  const before = cloneJson(pod.status?.conditions ?? []) as PodCondition[];
  const containersReady = containersReadyCondition(findings);
  const own: Finding[] = [
    { type: 'PodReadyToStartContainers', status: findings.hasNetwork ? 'True' : 'False' },
    initializedCondition(findings),
    readyCondition(pod, containersReady),
    containersReady,
    { type: 'PodScheduled', status: 'True' },
  ];
  const { generation } = pod.metadata;
  return [
    ...foreignConditions(before),
    ...own.map((finding): PodCondition => {
      const known = before.find(({ type }) => type === finding.type);
      const lastTransitionTime = known?.status === finding.status ? (known.lastTransitionTime ?? formatTime(nowMs)) : formatTime(nowMs);
      // A time that never was is shown as null, and never left out.
      return { ...finding, lastProbeTime: null, lastTransitionTime, ...(generation !== undefined && { observedGeneration: generation }) } as unknown as PodCondition;
    }),
  ];
}

function initializedCondition({ phase, initialized, unfinished }: ContainerFindings): Finding {
  const type = 'Initialized';
  if (phase === 'Succeeded') return { type, status: 'True', reason: 'PodCompleted' };
  if (initialized) return { type, status: 'True' };
  return { type, status: 'False', reason: 'ContainersNotInitialized', message: `containers with incomplete status: [${unfinished.join(' ')}]` };
}

function containersReadyCondition({ phase, unready }: ContainerFindings): Finding {
  const type = 'ContainersReady';
  if (phase === 'Succeeded') return { type, status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { type, status: 'False', reason: 'PodFailed' };
  if (unready.length === 0) return { type, status: 'True' };
  return { type, status: 'False', reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` };
}

/** Ready containers, and every readiness gate of the pod open. */
function readyCondition({ spec, status }: SharedPod, containersReady: Finding): Finding {
  if (containersReady.status !== 'True') return { ...containersReady, type: 'Ready' };
  const closed = (spec?.readinessGates ?? []).flatMap(({ conditionType }) => {
    const condition = status?.conditions?.find(({ type }) => type === conditionType);
    if (!condition) return [`corresponding condition of pod readiness gate ${JSON.stringify(conditionType)} does not exist.`];
    return condition.status === 'True' ? [] : [`the status of pod readiness gate ${JSON.stringify(conditionType)} is not "True", but ${condition.status}`];
  });
  if (closed.length === 0) return { type: 'Ready', status: 'True' };
  return { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', message: closed.join(', ') };
}
