import type { HorizontalPodAutoscaler, HorizontalPodAutoscalerCondition, MetricStatus } from '../../api/types/generated/autoscaling-v2.ts';
import type { Scale } from '../../api/types/generated/autoscaling-v1.ts';
import type { Pod } from '../../api/types/generated/core-v1.ts';
import { asError } from '../../client/as-error.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import type { Client } from '../../client/client.ts';
import type { ResourceClient } from '../../client/resource-client.ts';
import type { ApiObject } from '../../client/resource-definition.ts';
import { formatTime } from '../../machinery/clock.ts';
import { cloneJson, equalJson, type DeepReadonly } from '../../machinery/json.ts';
import { parseLabelSelector } from '../../machinery/parse-label-selector.ts';
import { hasReason } from '../../machinery/status-error.ts';
import type { EventRecorder } from '../../runtime/event-recorder.ts';
import type { Informer } from '../../runtime/informer.ts';
import { setCondition, type Condition } from '../conditions/set-condition.ts';
import type { KindResources } from '../discovery/kind-resources.ts';
import { MetricError, proposeReplicas, type MetricProposal, type SharedAutoscaler } from './metric-proposals.ts';
import type { MetricsSource } from './metrics-source.ts';
import { limitReplicas, type ScaleHistory } from './scaling-limits.ts';

export interface AutoscalerRunParts {
  readonly key: string;
  readonly autoscaler: SharedAutoscaler;
  readonly client: Client;
  readonly events: EventRecorder;
  readonly kinds: KindResources;
  readonly source: MetricsSource;
  readonly pods: Informer<Pod>;
  /** Made with so many replicas as there are, when there is none yet. */
  readonly history: (replicas: number) => ScaleHistory;
  /** Of all autoscalers, by key: two of one selector would work against each other. */
  readonly selectors: Map<string, string>;
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

interface Target {
  readonly objects: ResourceClient<ApiObject>;
  readonly scale: Scale;
}

interface Desire {
  readonly replicas: number;
  readonly reason: string;
}

/** One look at an autoscaler: what its target is, what the metrics say, and what follows. */
export class AutoscalerRun {
  readonly #parts: AutoscalerRunParts;
  #conditions: readonly DeepReadonly<Condition>[];
  #metrics: MetricStatus[] = [];
  /** Of metrics that are left out, while others still count. */
  #partialFailure: Error | undefined;

  constructor(parts: AutoscalerRunParts) {
    this.#parts = parts;
    this.#conditions = (parts.autoscaler.status?.conditions ?? []) as readonly DeepReadonly<Condition>[];
  }

  /** Throws what kept it from a decision; the status says so, too. */
  async execute(): Promise<void> {
    const target = await this.#target();
    const current = target.scale.spec?.replicas ?? 0;
    const desire = await this.#desire(target);
    if (desire === undefined || desire.replicas === current) {
      await this.#writeStatus({ current, desired: current });
      if (this.#partialFailure) throw this.#partialFailure;
      return;
    }
    await this.#rescale(target, desire);
    if (this.#partialFailure) throw this.#partialFailure;
  }

  async #target(): Promise<Target> {
    const { autoscaler, client, kinds, signal } = this.#parts;
    const { apiVersion = 'v1', kind, name } = autoscaler.spec.scaleTargetRef;
    const { namespace = '' } = autoscaler.metadata;
    let what = 'unable to determine resource for scale target reference';
    try {
      const { group, version, resource, namespaced } = await kinds.inGroup({ apiVersion, kind }, signal);
      what = `failed to query scale subresource for ${kind}/${namespace}/${name}`;
      const objects = client.resource<ApiObject>({ group, version, resource, namespaced }).inNamespace(namespace);
      const scale = await objects.getScale(name, { signal });
      this.#set('AbleToScale', 'True', 'SucceededGetScale', "the HPA controller was able to get the target's current scale");
      return { objects, scale };
    } catch (error) {
      if (signal.aborted) throw error;
      const { message } = asError(error);
      this.#tell('FailedGetScale', message);
      this.#set('AbleToScale', 'False', 'FailedGetScale', `the HPA controller was unable to get the target's current scale: ${message}`);
      await this.#writeStatus(undefined);
      throw new Error(`${what}: ${message}`, { cause: error });
    }
  }

  /** Undefined: as it is. */
  async #desire({ scale }: Target): Promise<Desire | undefined> {
    const { autoscaler, history, nowMs } = this.#parts;
    const { minReplicas: min = 1, maxReplicas: max, behavior } = autoscaler.spec;
    const current = scale.spec?.replicas ?? 0;
    const past = history(current);
    if (current === 0 && min !== 0) {
      this.#set('ScalingActive', 'False', 'ScalingDisabled', 'scaling is disabled since the replica count of the target is zero');
      return undefined;
    }
    if (current > max) return { replicas: max, reason: 'Current number of replicas above Spec.MaxReplicas' };
    if (current < min) return { replicas: min, reason: 'Current number of replicas below Spec.MinReplicas' };
    const proposal = await this.#proposal(scale);
    const wanted = proposal.replicas;
    const { replicas, verdicts } = limitReplicas({ current, wanted, min, max, behavior, history: past, nowMs });
    for (const { type, status, reason, message } of verdicts) this.#set(type, status, reason, message);
    return { replicas, reason: wanted > current ? `${proposal.name} above target` : wanted < current ? 'All metrics below target' : '' };
  }

  /** The largest of all metrics' proposals. Where some fail, the others may let it grow, but not shrink. */
  async #proposal(scale: Scale): Promise<Pick<MetricProposal, 'replicas' | 'name'>> {
    const { autoscaler, source, kinds, nowMs, signal } = this.#parts;
    const current = scale.spec?.replicas ?? 0;
    try {
      const { selector, pods } = this.#selected(scale);
      const specs = autoscaler.spec.metrics ?? [];
      const failures: MetricError[] = [];
      let best: MetricProposal | undefined;
      for (const spec of specs) {
        try {
          const proposal = await proposeReplicas(spec, { autoscaler, source, kinds, pods, selector, specReplicas: current, statusReplicas: scale.status?.replicas ?? 0, nowMs, signal });
          this.#metrics.push(proposal.status);
          if (!best || proposal.replicas > best.replicas) best = proposal;
        } catch (error) {
          if (!(error instanceof MetricError)) throw error;
          this.#tell(error.reason, error.message);
          // A metric that fails keeps its place.
          this.#metrics.push({ type: '' });
          failures.push(error);
        }
      }
      const [first] = failures;
      const failure = first && new Error(`invalid metrics (${failures.length} invalid out of ${specs.length}), first error is: ${first.message}`, { cause: first });
      if (!best || (first && best.replicas < current)) {
        if (first) this.#set('ScalingActive', 'False', first.reason, `the HPA was unable to compute the replica count: ${first.message}`);
        throw failure ?? new Error('no metrics are given');
      }
      this.#set('ScalingActive', 'True', 'ValidMetricFound', `the HPA was able to successfully calculate a replica count from ${best.name}`);
      this.#partialFailure = failure;
      return best;
    } catch (error) {
      if (signal.aborted) throw error;
      const { message } = asError(error);
      await this.#writeStatus({ current, desired: autoscaler.status?.desiredReplicas ?? 0 });
      this.#tell('FailedComputeMetricsReplicas', message);
      const { kind, name } = autoscaler.spec.scaleTargetRef;
      throw new Error(`failed to compute desired number of replicas based on listed metrics for ${kind}/${autoscaler.metadata.namespace ?? ''}/${name}: ${message}`, { cause: error });
    }
  }

  #selected(scale: Scale): { readonly selector: string; readonly pods: readonly DeepReadonly<Pod>[] } {
    const { key, autoscaler, pods, selectors } = this.#parts;
    const refuse = (reason: string, message: string, condition = message): never => {
      this.#tell(reason === 'InvalidSelector' && message === 'selector is required' ? 'SelectorRequired' : reason, message);
      this.#set('ScalingActive', 'False', reason, condition);
      throw new Error(message);
    };
    const selector = scale.status?.selector ?? '';
    if (selector === '') return refuse('InvalidSelector', 'selector is required', "the HPA target's scale is missing a selector");
    const { namespace = '' } = autoscaler.metadata;
    selectors.set(key, selector);
    const parse = (text: string): ReturnType<typeof parseLabelSelector> => {
      try {
        return parseLabelSelector(text);
      } catch (error) {
        return refuse('InvalidSelector', `couldn't convert selector into a corresponding internal selector object: ${asError(error).message}`);
      }
    };
    const own = parse(selector);
    const selected = pods.store.inNamespace(namespace).filter(({ metadata }) => own.matches(metadata.labels));
    const rivals = [...selectors].filter(([other, text]) => other !== key && other.startsWith(`${namespace}/`) && selected.some(({ metadata }) => parse(text).matches(metadata.labels)));
    if (rivals.length > 0) {
      const names = [key, ...rivals.map(([other]) => other)].toSorted((a, b) => (a < b ? -1 : 1));
      return refuse('AmbiguousSelector', `pods by selector ${selector} are controlled by multiple HPAs: [${names.join(' ')}]`);
    }
    return { selector, pods: selected };
  }

  async #rescale({ objects, scale }: Target, { replicas, reason }: Desire): Promise<void> {
    const { autoscaler, events, history, nowMs, signal } = this.#parts;
    const current = scale.spec?.replicas ?? 0;
    try {
      await objects.updateScale({ ...scale, spec: { ...scale.spec, replicas } }, { signal });
    } catch (error) {
      if (signal.aborted) throw error;
      const { message } = asError(error);
      this.#tell('FailedRescale', `New size: ${replicas}; reason: ${reason}; error: ${message}`);
      this.#set('AbleToScale', 'False', 'FailedUpdateScale', `the HPA controller was unable to update the target scale: ${message}`);
      await this.#writeStatus({ current, desired: autoscaler.status?.desiredReplicas ?? 0 });
      throw error;
    }
    this.#set('AbleToScale', 'True', 'SucceededRescale', `the HPA controller was able to update the target scale to ${replicas}`);
    events.event(autoscaler, 'Normal', 'SuccessfulRescale', `New size: ${replicas}; reason: ${reason}`);
    history(current).scaled(current, replicas, { nowMs, behavior: autoscaler.spec.behavior });
    await this.#writeStatus({ current, desired: replicas, rescaled: true });
  }

  /** Without replicas nothing is known of the target: what was said of it stays. */
  async #writeStatus(replicas: { readonly current: number; readonly desired: number; readonly rescaled?: boolean } | undefined): Promise<void> {
    const { autoscaler, client, nowMs, signal } = this.#parts;
    const copy = cloneJson(autoscaler) as HorizontalPodAutoscaler;
    const conditions = this.#conditions as HorizontalPodAutoscalerCondition[];
    const { lastScaleTime } = copy.status ?? {};
    const scaledAt = replicas?.rescaled === true ? formatTime(nowMs) : lastScaleTime;
    const status: HorizontalPodAutoscaler['status'] = replicas
      ? { currentReplicas: replicas.current, desiredReplicas: replicas.desired, ...(scaledAt !== undefined && { lastScaleTime: scaledAt }), currentMetrics: this.#metrics.length > 0 ? this.#metrics : null, conditions }
      : { ...copy.status, desiredReplicas: copy.status?.desiredReplicas ?? 0, conditions };
    if (equalJson({ currentReplicas: 0, ...copy.status }, { currentReplicas: 0, ...status })) return;
    try {
      await client.resource<HorizontalPodAutoscaler>(BUILTIN.horizontalPodAutoscalers).updateStatus({ ...copy, status }, { signal });
    } catch (error) {
      if (!hasReason(error, 'NotFound')) throw error;
    }
  }

  #set(type: string, status: 'True' | 'False', reason: string, message: string): void {
    this.#conditions = setCondition<Condition>(this.#conditions, { type, status, reason, message }, this.#parts.nowMs);
  }

  #tell(reason: string, message: string): void {
    this.#parts.events.event(this.#parts.autoscaler, 'Warning', reason, message);
  }
}
