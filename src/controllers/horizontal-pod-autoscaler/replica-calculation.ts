import { parseQuantity, quantityMilliValue } from '../../machinery/quantity.ts';
import { hasEnded, type SharedPod } from '../pods/pod-state.ts';
import type { PodMetric, PodMetrics } from './metrics-source.ts';

/** A new pod's use of the CPU says little for so long. */
const CPU_INITIALIZATION_MS = 5 * 60_000;
/** A pod that became unready so soon after its start was never ready. */
const INITIAL_READINESS_MS = 30_000;

export interface Tolerances {
  readonly up: number;
  readonly down: number;
}

export interface PodObservation {
  /** What the scale's selector selects. */
  readonly pods: readonly SharedPod[];
  readonly metrics: PodMetrics;
  readonly currentReplicas: number;
  readonly tolerances: Tolerances;
  readonly nowMs: number;
}

export interface Proposal {
  readonly replicas: number;
  /** What was measured of a pod on average, in thousandths. */
  readonly averageMilli: number;
  /** In percent of what pods ask for, where that was the target. */
  readonly utilization?: number;
}

interface Usage {
  readonly ratio: number;
  readonly averageMilli: number;
  readonly utilization?: number;
}

export function isWithin({ up, down }: Tolerances, ratio: number): boolean {
  return 1 - down <= ratio && ratio <= 1 + up;
}

/** Replicas for a target in percent of what pods ask for. Throws where that cannot be told. */
export function utilizationReplicas(observation: PodObservation, { resource, container, targetPercent }: { readonly resource: string; readonly container?: string; readonly targetPercent: number }): Proposal {
  const requests = new Map<string, number>();
  const measure = (metrics: PodMetrics): Usage => {
    const known = [...metrics].filter(([name]) => requests.has(name));
    const total = known.reduce((sum, [, { value }]) => sum + value, 0);
    const requested = known.reduce((sum, [name]) => sum + (requests.get(name) ?? 0), 0);
    if (requested === 0) throw new Error('no metrics returned matched known pods');
    const utilization = Math.trunc((total * 100) / requested);
    return { ratio: utilization / targetPercent, averageMilli: Math.trunc(total / known.length), utilization };
  };
  return propose(observation, {
    resource,
    measure,
    prepare: () => {
      for (const pod of observation.pods) requests.set(pod.metadata.name ?? '', requestMilli(pod, resource, container));
    },
    // Pods that nothing is known of count as using all of what they ask for, where that would make fewer.
    assumed: (name) => ((requests.get(name) ?? 0) * Math.max(100, targetPercent)) / 100,
  });
}

/** Replicas for a target per pod, in thousandths. */
export function averageReplicas(observation: PodObservation, { resource, targetMilli }: { readonly resource: string; readonly targetMilli: number }): Proposal {
  const measure = (metrics: PodMetrics): Usage => {
    const averageMilli = Math.trunc([...metrics.values()].reduce((sum, { value }) => sum + value, 0) / metrics.size);
    return { ratio: averageMilli / targetMilli, averageMilli };
  };
  return propose(observation, { resource, measure, prepare: () => undefined, assumed: () => targetMilli });
}

interface Measuring {
  readonly resource: string;
  readonly measure: (metrics: PodMetrics) => Usage;
  readonly prepare: () => void;
  readonly assumed: (podName: string) => number;
}

function propose({ pods, metrics, currentReplicas, tolerances, nowMs }: PodObservation, { resource, measure, prepare, assumed }: Measuring): Proposal {
  if (pods.length === 0) throw new Error('No pods returned by selector while calculating replica count');
  const { ready, unready, missing, ignored } = groupPods(pods, metrics, { resource, nowMs });
  const counted = new Map([...metrics].filter(([name]) => !ignored.has(name) && !unready.has(name)));
  if (counted.size === 0) throw new Error('did not receive metrics for targeted pods (pods might be unready)');
  prepare();
  const usage = measure(counted);
  const { ratio } = usage;
  const proposal = (replicas: number): Proposal => ({ replicas, averageMilli: usage.averageMilli, ...(usage.utilization !== undefined && { utilization: usage.utilization }) });
  const growsWithUnready = unready.size > 0 && ratio > 1;
  if (!growsWithUnready && missing.size === 0) return proposal(isWithin(tolerances, ratio) ? currentReplicas : Math.ceil(ratio * ready));
  const plain = (value: number): PodMetric => ({ value, timestampMs: nowMs, windowMs: 0 });
  if (ratio !== 1) for (const name of missing) counted.set(name, plain(ratio < 1 ? assumed(name) : 0));
  if (growsWithUnready) for (const name of unready) counted.set(name, plain(0));
  const { ratio: careful } = measure(counted);
  // A guess must not turn growth into its opposite.
  if (isWithin(tolerances, careful) || (ratio < 1 && careful > 1) || (ratio > 1 && careful < 1)) return proposal(currentReplicas);
  const replicas = Math.ceil(careful * counted.size);
  const turned = (careful < 1 && replicas > currentReplicas) || (careful > 1 && replicas < currentReplicas);
  return proposal(turned ? currentReplicas : replicas);
}

interface PodGroups {
  readonly ready: number;
  readonly unready: ReadonlySet<string>;
  readonly missing: ReadonlySet<string>;
  readonly ignored: ReadonlySet<string>;
}

export function groupPods(pods: readonly SharedPod[], metrics: PodMetrics, { resource, nowMs }: { readonly resource: string; readonly nowMs: number }): PodGroups {
  const [unready, missing, ignored] = [new Set<string>(), new Set<string>(), new Set<string>()];
  let ready = 0;
  for (const pod of pods) {
    const { name = '', deletionTimestamp } = pod.metadata;
    const metric = metrics.get(name);
    if (deletionTimestamp !== undefined || pod.status?.phase === 'Failed') ignored.add(name);
    else if (pod.status?.phase === 'Pending') unready.add(name);
    else if (!metric) missing.add(name);
    else if (resource === 'cpu' && isWarmingUp(pod, metric, nowMs)) unready.add(name);
    else ready++;
  }
  return { ready, unready, missing, ignored };
}

function isWarmingUp({ status }: SharedPod, { timestampMs, windowMs }: PodMetric, nowMs: number): boolean {
  const condition = status?.conditions?.find(({ type }) => type === 'Ready');
  const startMs = Date.parse(status?.startTime ?? '');
  if (!condition || Number.isNaN(startMs)) return true;
  const changedMs = Date.parse(condition.lastTransitionTime ?? '') || 0;
  const isUnready = condition.status === 'False';
  if (startMs + CPU_INITIALIZATION_MS > nowMs) return isUnready || timestampMs < changedMs + windowMs;
  return isUnready && startMs + INITIAL_READINESS_MS > changedMs;
}

function requestMilli({ metadata, spec }: SharedPod, resource: string, container: string | undefined): number {
  const whole = spec?.resources?.requests?.[resource];
  if (container === undefined && whole !== undefined) return quantityMilliValue(parseQuantity(whole));
  const sidecars = (spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  let sum = 0;
  for (const { name, resources } of [...(spec?.containers ?? []), ...sidecars]) {
    if (container !== undefined && container !== name) continue;
    const request = resources?.requests?.[resource];
    if (request === undefined) throw new Error(`missing request for ${resource} in container ${name} of Pod ${metadata.name ?? ''}`);
    sum += quantityMilliValue(parseQuantity(request));
  }
  return sum;
}

/** Replicas where the metric is of something else than the pods, and grows with what they have to do together. */
export function ratioReplicas({ pods, currentReplicas, tolerances }: Omit<PodObservation, 'metrics' | 'nowMs'>, ratio: number): number {
  if (currentReplicas === 0) return Math.ceil(ratio);
  if (isWithin(tolerances, ratio)) return currentReplicas;
  return Math.ceil(ratio * pods.filter((pod) => !hasEnded(pod) && pod.status?.phase === 'Running' && pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')).length);
}

/** Replicas where each is to have its share of the whole. */
export function sharedReplicas({ statusReplicas, tolerances }: { readonly statusReplicas: number; readonly tolerances: Tolerances }, { totalMilli, targetMilli }: { readonly totalMilli: number; readonly targetMilli: number }): Proposal {
  const ratio = totalMilli / (targetMilli * statusReplicas);
  const replicas = isWithin(tolerances, ratio) ? statusReplicas : Math.ceil(totalMilli / targetMilli);
  return { replicas, averageMilli: statusReplicas === 0 ? totalMilli : Math.ceil(totalMilli / statusReplicas) };
}
