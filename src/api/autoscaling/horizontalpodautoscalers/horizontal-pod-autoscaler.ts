import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { LabelSelector, Loose } from '../../pod-template/shapes.ts';
import type * as v2 from '../../types/generated/autoscaling-v2.ts';

export interface MetricIdentifier {
  name?: string | undefined;
  selector?: LabelSelector | undefined;
}
export type MetricTarget = Loose<v2.MetricTarget>;
export type MetricValue = Loose<v2.MetricValueStatus>;
export type ObjectReference = Loose<v2.CrossVersionObjectReference>;
export type ScalingRules = Loose<v2.HPAScalingRules>;
export type Behavior = Loose<v2.HorizontalPodAutoscalerBehavior>;
export type Condition = Loose<v2.HorizontalPodAutoscalerCondition>;

interface MetricKinds<T> {
  object?: (T & { metric?: MetricIdentifier | undefined; describedObject?: ObjectReference | undefined }) | undefined;
  pods?: (T & { metric?: MetricIdentifier | undefined }) | undefined;
  resource?: (T & { name?: string | undefined }) | undefined;
  containerResource?: (T & { name?: string | undefined; container?: string | undefined }) | undefined;
  external?: (T & { metric?: MetricIdentifier | undefined }) | undefined;
}
export type MetricSpec = { type?: string | undefined } & MetricKinds<{ target?: MetricTarget | undefined }>;
export type MetricStatus = { type?: string | undefined } & MetricKinds<{ current?: MetricValue | undefined }>;

/** As it is stored: autoscaling/v2. */
export interface HorizontalPodAutoscaler extends KubeObject {
  spec?: {
    scaleTargetRef?: ObjectReference | undefined;
    minReplicas?: number | undefined;
    maxReplicas?: number | undefined;
    metrics?: MetricSpec[] | undefined;
    behavior?: Behavior | undefined;
  };
  status?: {
    observedGeneration?: number | undefined;
    lastScaleTime?: string | undefined;
    currentReplicas?: number | undefined;
    desiredReplicas?: number | undefined;
    currentMetrics?: MetricStatus[] | null | undefined;
    conditions?: Condition[] | undefined;
  };
}

/** autoscaling/v1 knows one metric: how busy the CPUs are. */
export interface HorizontalPodAutoscalerV1 extends KubeObject {
  spec?: {
    scaleTargetRef?: ObjectReference | undefined;
    minReplicas?: number | undefined;
    maxReplicas?: number | undefined;
    targetCPUUtilizationPercentage?: number | undefined;
  };
  status?: {
    observedGeneration?: number | undefined;
    lastScaleTime?: string | undefined;
    currentReplicas?: number | undefined;
    desiredReplicas?: number | undefined;
    currentCPUUtilizationPercentage?: number | undefined;
  };
}

export function cpuUtilization(target: MetricTarget): MetricSpec {
  return { type: 'Resource', resource: { name: 'cpu', target } };
}
