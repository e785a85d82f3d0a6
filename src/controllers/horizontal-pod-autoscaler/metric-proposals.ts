import type { HorizontalPodAutoscaler, MetricIdentifier, MetricSpec, MetricStatus, MetricTarget, MetricValueStatus } from '../../api/types/generated/autoscaling-v2.ts';
import { cloneJson, type DeepReadonly } from '../../machinery/json.ts';
import { labelSelectorFromObject } from '../../machinery/label-selector.ts';
import { formatQuantity, parseQuantity, quantityFromMilli, quantityMilliValue } from '../../machinery/quantity.ts';
import type { KindResources } from '../discovery/kind-resources.ts';
import type { SharedPod } from '../pods/pod-state.ts';
import type { CustomMetricQuery, MetricsSource } from './metrics-source.ts';
import { averageReplicas, ratioReplicas, sharedReplicas, utilizationReplicas, type PodObservation, type Proposal, type Tolerances } from './replica-calculation.ts';

export type SharedAutoscaler = DeepReadonly<HorizontalPodAutoscaler>;
type SharedMetric = DeepReadonly<MetricSpec>;
type SharedTarget = DeepReadonly<MetricTarget>;

export interface ProposalContext {
  readonly autoscaler: SharedAutoscaler;
  readonly source: MetricsSource;
  readonly kinds: KindResources;
  readonly pods: readonly SharedPod[];
  /** As the scale states it. */
  readonly selector: string;
  readonly specReplicas: number;
  readonly statusReplicas: number;
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

export interface MetricProposal {
  readonly replicas: number;
  /** For people: `cpu resource utilization (percentage of request)`. */
  readonly name: string;
  readonly status: MetricStatus;
}

/** Why a metric says nothing; `reason` is that of the condition and the event. */
export class MetricError extends Error {
  readonly reason: string;

  constructor(reason: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  Resource: 'FailedGetResourceMetric',
  ContainerResource: 'FailedGetContainerResourceMetric',
  Pods: 'FailedGetPodsMetric',
  Object: 'FailedGetObjectMetric',
  External: 'FailedGetExternalMetric',
};
const DEFAULT_TOLERANCE = 0.1;

/** How many replicas one metric asks for. Throws MetricError. */
export async function proposeReplicas(metric: SharedMetric, context: ProposalContext): Promise<MetricProposal> {
  const reason = REASONS[metric.type];
  if (reason === undefined) throw new MetricError('InvalidMetricSourceType', `unknown metric source type ${JSON.stringify(metric.type)}`);
  try {
    const { resource, containerResource, pods, object, external } = metric;
    if (resource) return await ofResource(resource, context);
    if (containerResource) return await ofContainer(containerResource, context);
    if (pods) return await ofPods(pods, context);
    if (object) return await ofObject(object, context);
    if (external) return await ofExternal(external, context);
    throw new Error(`metric source of type ${metric.type} is missing`);
  } catch (error) {
    if (context.signal.aborted) throw error;
    throw new MetricError(reason, error instanceof Error ? error.message : String(error), { cause: error });
  }
}

async function ofResource({ name, target }: NonNullable<SharedMetric['resource']>, context: ProposalContext): Promise<MetricProposal> {
  const { proposal, percent } = await resourceProposal({ name, target }, context);
  const described = percent ? `${name} resource utilization (percentage of request)` : `${name} resource`;
  return { replicas: proposal.replicas, name: described, status: { type: 'Resource', resource: { name, current: currentOf(proposal) } } };
}

async function ofContainer({ name, container, target }: NonNullable<SharedMetric['containerResource']>, context: ProposalContext): Promise<MetricProposal> {
  const { proposal, percent } = await resourceProposal({ name, target, container }, context);
  const described = percent ? `${name} container resource utilization (percentage of request)` : `${name} container resource`;
  return { replicas: proposal.replicas, name: described, status: { type: 'ContainerResource', containerResource: { name, container, current: currentOf(proposal) } } };
}

async function resourceProposal({ name, target, container }: { readonly name: string; readonly target: SharedTarget; readonly container?: string }, context: ProposalContext): Promise<{ readonly proposal: Proposal; readonly percent: boolean }> {
  const percent = target.averageValue === undefined;
  if (percent && target.averageUtilization === undefined) throw new Error('invalid resource metric source: neither an average utilization target nor an average value (usage) target was set');
  const one = container === undefined ? {} : { container };
  return wrapped(`failed to get ${name} ${percent ? 'utilization' : 'usage'}`, async () => {
    const metrics = await wrapped(`unable to get metrics for resource ${name}`, () => context.source.resource({ namespace: namespaceOf(context), selector: context.selector, resource: name, ...one }, context.signal));
    const observation = observe(context, metrics);
    const proposal = target.averageValue === undefined ? utilizationReplicas(observation, { resource: name, targetPercent: target.averageUtilization ?? 0, ...one }) : averageReplicas(observation, { resource: name, targetMilli: milliOf(target.averageValue) });
    return { proposal, percent };
  });
}

async function ofPods({ metric, target }: NonNullable<SharedMetric['pods']>, context: ProposalContext): Promise<MetricProposal> {
  const proposal = await wrapped('failed to get pods metric value', async () => {
    const metrics = await wrapped(`unable to get metric ${metric.name}`, () => context.source.pods(queryOf(metric, context), context.selector, context.signal));
    return averageReplicas(observe(context, metrics), { resource: '', targetMilli: milliOf(target.averageValue) });
  });
  return { replicas: proposal.replicas, name: `pods metric ${metric.name}`, status: { type: 'Pods', pods: { metric: identifier(metric), current: currentOf(proposal) } } };
}

async function ofObject({ metric, target, describedObject }: NonNullable<SharedMetric['object']>, context: ProposalContext): Promise<MetricProposal> {
  const perPod = target.type === 'AverageValue' && target.averageValue !== undefined;
  if (!perPod && target.value === undefined) throw new Error('invalid object metric source: neither a value target nor an average value target was set');
  const shared = await wrapped(perPod ? `failed to get ${metric.name} object metric` : 'failed to get object metric value', async () => {
    const totalMilli = await wrapped(`unable to get metric ${metric.name}: ${describedObject.kind} on ${namespaceOf(context)} ${describedObject.name}`, async () => context.source.object(queryOf(metric, context), await objectPath(describedObject, context), context.signal));
    return wholeProposal(target, totalMilli, context);
  });
  return { replicas: shared.replicas, name: perPod ? `external metric ${metric.name}` : `${describedObject.kind} metric ${metric.name}`, status: { type: 'Object', object: { metric: identifier(metric), describedObject: { ...describedObject }, current: shared.current } } };
}

async function ofExternal({ metric, target }: NonNullable<SharedMetric['external']>, context: ProposalContext): Promise<MetricProposal> {
  if (target.averageValue === undefined && target.value === undefined) throw new Error('invalid external metric source: neither a value target nor an average value target was set');
  const shared = await wrapped(`failed to get ${metric.name} external metric`, async () => {
    const values = await wrapped(`unable to get external metric ${namespaceOf(context)}/${metric.name}`, () => context.source.external(queryOf(metric, context), context.signal));
    return wholeProposal(target, values.reduce((sum, value) => sum + value, 0), context);
  });
  return { replicas: shared.replicas, name: `external metric ${metric.name}`, status: { type: 'External', external: { metric: identifier(metric), current: shared.current } } };
}

/** Of what is measured once for all pods: a share for each, or a sum that is to be held. */
function wholeProposal(target: SharedTarget, totalMilli: number, context: ProposalContext): { readonly replicas: number; readonly current: MetricValueStatus } {
  const tolerances = tolerancesOf(context.autoscaler);
  if (target.averageValue !== undefined) {
    const { replicas, averageMilli } = sharedReplicas({ statusReplicas: context.statusReplicas, tolerances }, { totalMilli, targetMilli: milliOf(target.averageValue) });
    return { replicas, current: { averageValue: textOf(averageMilli) } };
  }
  const replicas = ratioReplicas({ pods: context.pods, currentReplicas: context.specReplicas, tolerances }, totalMilli / milliOf(target.value));
  return { replicas, current: { value: textOf(totalMilli) } };
}

function observe(context: ProposalContext, metrics: PodObservation['metrics']): PodObservation {
  return { pods: context.pods, metrics, currentReplicas: context.specReplicas, tolerances: tolerancesOf(context.autoscaler), nowMs: context.nowMs };
}

function tolerancesOf({ spec }: SharedAutoscaler): Tolerances {
  const of = (text: string | undefined): number => (text === undefined ? DEFAULT_TOLERANCE : milliOf(text) / 1000);
  return { up: of(spec.behavior?.scaleUp?.tolerance), down: of(spec.behavior?.scaleDown?.tolerance) };
}

async function objectPath({ apiVersion = 'v1', kind, name }: DeepReadonly<{ apiVersion?: string; kind: string; name: string }>, { kinds, signal }: ProposalContext): Promise<string> {
  if (kind === 'Namespace') return '';
  const { resource, group } = await kinds.inGroup({ apiVersion, kind }, signal);
  return `${resource}${group === '' ? '' : `.${group}`}/${name}`;
}

function queryOf({ name, selector }: DeepReadonly<MetricIdentifier>, context: ProposalContext): CustomMetricQuery {
  const metricSelector = selector ? String(labelSelectorFromObject(selector as Parameters<typeof labelSelectorFromObject>[0])) : '';
  return { namespace: namespaceOf(context), metric: name, metricSelector };
}

function namespaceOf({ autoscaler }: ProposalContext): string {
  return autoscaler.metadata.namespace ?? '';
}

function identifier(metric: DeepReadonly<MetricIdentifier>): MetricIdentifier {
  return cloneJson(metric) as MetricIdentifier;
}

function currentOf({ averageMilli, utilization }: Proposal): MetricValueStatus {
  return { ...(utilization !== undefined && { averageUtilization: utilization }), averageValue: textOf(averageMilli) };
}

function milliOf(text: string | undefined): number {
  return quantityMilliValue(parseQuantity(text ?? '0'));
}

function textOf(milli: number): string {
  return formatQuantity(quantityFromMilli(Math.trunc(milli)));
}

/** Says what was tried in front of why it failed. */
async function wrapped<T>(what: string, attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
