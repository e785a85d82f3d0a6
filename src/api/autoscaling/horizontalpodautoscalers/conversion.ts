import { getOwn } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { behaviorFromAnnotation, behaviorToAnnotation, conditionFromAnnotation, conditionToAnnotation } from './annotated-behavior.ts';
import { specFromAnnotation, specToAnnotation, statusFromAnnotation, statusToAnnotation } from './annotated-metrics.ts';
import { asList, readAnnotation } from './annotation-values.ts';
import { cpuUtilization, type HorizontalPodAutoscaler, type HorizontalPodAutoscalerV1, type MetricSpec, type MetricStatus } from './horizontal-pod-autoscaler.ts';

const METRICS = 'autoscaling.alpha.kubernetes.io/metrics';
const CURRENT_METRICS = 'autoscaling.alpha.kubernetes.io/current-metrics';
const CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions';
const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior';

/**
 * autoscaling/v1 to v2. What v1 has no fields for travels in its annotations, which are taken apart here: a client of v1
 * that sends back what it read changes none of it.
 */
export function toStorage(object: KubeObject): KubeObject {
  const { spec, status } = object as HorizontalPodAutoscalerV1;
  const annotations = object.metadata.annotations ?? {};
  const { targetCPUUtilizationPercentage: target, ...otherSpec } = spec ?? {};
  const { currentCPUUtilizationPercentage: current, ...otherStatus } = status ?? {};
  const metrics = readAnnotation(getOwn(annotations, METRICS), (value) => asList(value, specFromAnnotation)) ?? [];
  if (target !== undefined) metrics.push(cpuUtilization({ type: 'Utilization', averageUtilization: target }));
  const behavior = readAnnotation(getOwn(annotations, BEHAVIOR), behaviorFromAnnotation);
  const ownMetrics: MetricStatus[] = current === undefined ? [] : [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: current } } }];
  const currentMetrics = readAnnotation(getOwn(annotations, CURRENT_METRICS), (value) => asList(value, statusFromAnnotation)) ?? ownMetrics;
  const conditions = readAnnotation(getOwn(annotations, CONDITIONS), (value) => asList(value, conditionFromAnnotation)) ?? [];
  const made = object as HorizontalPodAutoscaler;
  made.apiVersion = 'autoscaling/v2';
  dropAnnotations(object);
  made.spec = { ...otherSpec, ...(metrics.length > 0 && { metrics }), ...(behavior !== undefined && { behavior }) };
  if (status !== undefined) {
    made.status = { ...otherStatus, currentMetrics: currentMetrics.length === 0 ? null : currentMetrics, ...(conditions.length > 0 && { conditions }) };
    if (made.status.currentReplicas === 0) delete made.status.currentReplicas;
  }
  return object;
}

/** v2 to v1. Annotations of that kind which stand there already are not meant: they are made anew. */
export function fromStorage(object: KubeObject): KubeObject {
  const { spec, status } = object as HorizontalPodAutoscaler;
  const { metrics = [], behavior, ...otherSpec } = spec ?? {};
  const { currentMetrics, conditions = [], ...otherStatus } = status ?? {};
  const target = metrics.find(isCpuUtilization)?.resource?.target?.averageUtilization;
  const current = (currentMetrics ?? []).find(({ resource }) => resource?.name === 'cpu' && resource.current?.averageUtilization !== undefined);
  const currentUtilization = current?.resource?.current?.averageUtilization;
  const others = metrics.filter((metric) => !isCpuUtilization(metric));
  dropAnnotations(object);
  if (others.length > 0) annotate(object, METRICS, others.map(specToAnnotation));
  if ((currentMetrics ?? []).length > 0) annotate(object, CURRENT_METRICS, (currentMetrics ?? []).map(statusToAnnotation));
  if (behavior !== undefined) annotate(object, BEHAVIOR, behaviorToAnnotation(behavior));
  if (conditions.length > 0) annotate(object, CONDITIONS, conditions.map(conditionToAnnotation));
  const made = object as HorizontalPodAutoscalerV1;
  made.apiVersion = 'autoscaling/v1';
  made.spec = { ...otherSpec, ...(target !== undefined && { targetCPUUtilizationPercentage: target }) };
  if (status !== undefined) {
    made.status = { currentReplicas: 0, desiredReplicas: 0, ...otherStatus, ...(currentUtilization !== undefined && { currentCPUUtilizationPercentage: currentUtilization }) };
  }
  return object;
}

function isCpuUtilization({ type, resource }: MetricSpec): boolean {
  return type === 'Resource' && resource?.name === 'cpu' && resource.target?.averageUtilization !== undefined;
}

function annotate(object: KubeObject, key: string, value: unknown): void {
  (object.metadata.annotations ??= {})[key] = JSON.stringify(value);
}

function dropAnnotations({ metadata }: KubeObject): void {
  if (metadata.annotations === undefined) return;
  for (const key of [METRICS, CURRENT_METRICS, CONDITIONS, BEHAVIOR]) delete metadata.annotations[key];
  if (Object.keys(metadata.annotations).length === 0) delete metadata.annotations;
}
