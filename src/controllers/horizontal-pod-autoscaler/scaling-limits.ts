import type { HorizontalPodAutoscalerBehavior, HPAScalingRules } from '../../api/types/generated/autoscaling-v2.ts';
import type { DeepReadonly } from '../../machinery/json.ts';

type Behavior = DeepReadonly<HorizontalPodAutoscalerBehavior>;
type Rules = DeepReadonly<HPAScalingRules>;

interface Timed {
  readonly atMs: number;
  readonly count: number;
}

/** What an autoscaler recommended and did lately. Kept in memory: after a restart it begins anew, with what is there. */
export class ScaleHistory {
  /** Bounded by the longest window over the time between two runs. */
  recommendations: Timed[] = [];
  ups: Timed[] = [];
  downs: Timed[] = [];

  constructor(currentReplicas: number, nowMs: number) {
    this.recommendations.push({ atMs: nowMs, count: currentReplicas });
  }

  scaled(from: number, to: number, { nowMs, behavior }: { readonly nowMs: number; readonly behavior: Behavior | undefined }): void {
    if (!behavior) return;
    const kept = (events: Timed[], rules: Rules | undefined): Timed[] => {
      const longestMs = Math.max(0, ...(rules?.policies ?? []).map(({ periodSeconds }) => periodSeconds * 1000));
      return events.filter(({ atMs }) => atMs >= nowMs - longestMs);
    };
    this.ups = kept(this.ups, behavior.scaleUp);
    this.downs = kept(this.downs, behavior.scaleDown);
    if (to > from) this.ups.push({ atMs: nowMs, count: to - from });
    if (to < from) this.downs.push({ atMs: nowMs, count: from - to });
  }
}

export interface Verdict {
  readonly type: 'AbleToScale' | 'ScalingLimited';
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

export interface LimitsRequest {
  readonly current: number;
  /** What the metrics ask for. */
  readonly wanted: number;
  readonly min: number;
  readonly max: number;
  readonly behavior: Behavior | undefined;
  readonly history: ScaleHistory;
  readonly nowMs: number;
}

const DOWN_WINDOW_SECONDS = 300;
const UP_WINDOW_SECONDS = 0;

const READY: Verdict = { type: 'AbleToScale', status: 'True', reason: 'ReadyForNewScale', message: 'recommended size matches current size' };

/** How many replicas there may be now: neither too soon after others were recommended, nor too many at once. Remembers the recommendation. */
export function limitReplicas(request: LimitsRequest): { readonly replicas: number; readonly verdicts: readonly Verdict[] } {
  const stabilized = stabilize(request);
  const { replicas, reason, message } = request.behavior ? limitByRules({ ...request, wanted: stabilized }, request.behavior) : limitPlainly({ ...request, wanted: stabilized });
  const up = request.behavior !== undefined && request.wanted >= request.current;
  const held: Verdict = up
    ? { type: 'AbleToScale', status: 'True', reason: 'ScaleUpStabilized', message: 'recent recommendations were lower than current one, applying the lowest recent recommendation' }
    : { type: 'AbleToScale', status: 'True', reason: 'ScaleDownStabilized', message: 'recent recommendations were higher than current one, applying the highest recent recommendation' };
  return { replicas, verdicts: [stabilized === request.wanted ? READY : held, { type: 'ScalingLimited', status: replicas === stabilized ? 'False' : 'True', reason, message }] };
}

function stabilize({ current, wanted, behavior, history, nowMs }: LimitsRequest): number {
  const upMs = (behavior ? (behavior.scaleUp?.stabilizationWindowSeconds ?? UP_WINDOW_SECONDS) : 0) * 1000;
  const downMs = (behavior?.scaleDown?.stabilizationWindowSeconds ?? DOWN_WINDOW_SECONDS) * 1000;
  const since = (ms: number): number[] => history.recommendations.filter(({ atMs }) => atMs > nowMs - ms).map(({ count }) => count);
  const highest = Math.max(wanted, ...since(downMs));
  const lowest = Math.min(wanted, ...since(upMs));
  history.recommendations = [...history.recommendations.filter(({ atMs }) => atMs > nowMs - Math.max(upMs, downMs)), { atMs: nowMs, count: wanted }];
  if (!behavior) return highest;
  return Math.min(Math.max(current, lowest), highest);
}

interface Limited {
  readonly replicas: number;
  readonly reason: string;
  readonly message: string;
}

const WITHIN = { reason: 'DesiredWithinRange', message: 'the desired count is within the acceptable range' };
const TOO_MANY = { reason: 'TooManyReplicas', message: 'the desired replica count is more than the maximum replica count' };
const TOO_FEW = { reason: 'TooFewReplicas', message: 'the desired replica count is less than the minimum replica count' };
const UP_LIMIT = { reason: 'ScaleUpLimit', message: 'the desired replica count is increasing faster than the maximum scale rate' };
const DOWN_LIMIT = { reason: 'ScaleDownLimit', message: 'the desired replica count is decreasing faster than the maximum scale rate' };

/** Without rules: at most twice as many at once, or four. */
function limitPlainly({ current, wanted, min, max }: LimitsRequest): Limited {
  const limit = Math.max(2 * current, 4);
  if (wanted < min) return { replicas: min, ...TOO_FEW };
  if (wanted > Math.min(limit, max)) return { replicas: Math.min(limit, max), ...(max > limit ? UP_LIMIT : TOO_MANY) };
  return { replicas: wanted, ...WITHIN };
}

function limitByRules({ current, wanted, min, max, history, nowMs }: LimitsRequest, { scaleUp, scaleDown }: Behavior): Limited {
  const changes = (events: readonly Timed[], periodSeconds: number): number => events.filter(({ atMs }) => atMs > nowMs - periodSeconds * 1000).reduce((sum, { count }) => sum + count, 0);
  const limits = (rules: Rules | undefined, propose: (start: number, type: string, value: number) => number): number[] =>
    (rules?.policies ?? []).map(({ type, value, periodSeconds }) => propose(current - changes(history.ups, periodSeconds) + changes(history.downs, periodSeconds), type, value));
  if (wanted > current) {
    const proposals = limits(scaleUp, (start, type, value) => (type === 'Pods' ? start + value : Math.ceil(start * (1 + value / 100))));
    const chosen = scaleUp?.selectPolicy === 'Disabled' ? current : scaleUp?.selectPolicy === 'Min' ? Math.min(...proposals) : Math.max(...proposals);
    const limit = Math.max(chosen, current);
    if (wanted > Math.min(limit, max)) return { replicas: Math.min(limit, max), ...(max > limit ? UP_LIMIT : TOO_MANY) };
  }
  if (wanted < current) {
    const proposals = limits(scaleDown, (start, type, value) => (type === 'Pods' ? start - value : Math.trunc(start * (1 - value / 100))));
    const chosen = scaleDown?.selectPolicy === 'Disabled' ? current : scaleDown?.selectPolicy === 'Min' ? Math.max(...proposals) : Math.min(...proposals);
    const limit = Math.min(chosen, current);
    if (wanted < Math.max(limit, min)) return { replicas: Math.max(limit, min), ...(min < limit ? DOWN_LIMIT : TOO_FEW) };
  }
  return { replicas: wanted, ...WITHIN };
}
