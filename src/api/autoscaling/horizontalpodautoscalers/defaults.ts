import type { KubeObject } from '../../../machinery/object-meta.ts';
import { cpuUtilization, type HorizontalPodAutoscaler, type ScalingRules } from './horizontal-pod-autoscaler.ts';

const CPU_UTILIZATION_PERCENT = 80;

export function defaults(object: KubeObject, version: string): void {
  const autoscaler = object as HorizontalPodAutoscaler;
  const spec = (autoscaler.spec ??= {});
  spec.minReplicas ??= 1;
  if (version !== 'v2') return;
  defaultMetrics(autoscaler);
  const { behavior } = spec;
  if (behavior === undefined) return;
  behavior.scaleUp = withRules(behavior.scaleUp, {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [
      { type: 'Pods', value: 4, periodSeconds: 15 },
      { type: 'Percent', value: 100, periodSeconds: 15 },
    ],
  });
  // How long scaling down waits is for the controller to say when nobody else does.
  behavior.scaleDown = withRules(behavior.scaleDown, { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] });
}

/** Without any metric, CPU counts. Written through v1 an object gets this when it is stored. */
export function defaultMetrics(autoscaler: HorizontalPodAutoscaler): void {
  const spec = (autoscaler.spec ??= {});
  if ((spec.metrics ?? []).length === 0) spec.metrics = [cpuUtilization({ type: 'Utilization', averageUtilization: CPU_UTILIZATION_PERCENT })];
}

function withRules(given: ScalingRules | undefined, rules: ScalingRules): ScalingRules {
  const result: ScalingRules = { ...rules };
  for (const [field, value] of Object.entries(given ?? {})) if (value !== undefined) Object.assign(result, { [field]: value });
  return result;
}
