import type { KubeObject } from '../../../machinery/object-meta.ts';
import { ageOf } from '../../pod-template/age.ts';
import type { HorizontalPodAutoscaler, MetricSpec, MetricStatus, MetricTarget, MetricValue } from './horizontal-pod-autoscaler.ts';

const MAX_SHOWN_METRICS = 2;
const UNKNOWN = '<unknown>';

export function cells(object: KubeObject, { nowMs }: { readonly nowMs: number }): (string | number)[] {
  const { metadata, spec, status } = object as HorizontalPodAutoscaler;
  const target = spec?.scaleTargetRef;
  return [
    metadata.name ?? '',
    `${target?.kind ?? ''}/${target?.name ?? ''}`,
    formatMetrics(spec?.metrics ?? [], status?.currentMetrics ?? []),
    spec?.minReplicas === undefined ? '<unset>' : String(spec.minReplicas),
    spec?.maxReplicas ?? 0,
    status?.currentReplicas ?? 0,
    ageOf(object, nowMs),
  ];
}

/** `cpu: 81%/70%, 900m/1500m + 1 more...`; current values stand in the order of the metrics. */
function formatMetrics(metrics: readonly MetricSpec[], current: readonly MetricStatus[]): string {
  if (metrics.length === 0) return '<none>';
  const shown = metrics.slice(0, MAX_SHOWN_METRICS).map((metric, i) => formatMetric(metric, current[i] ?? {}));
  const more = metrics.length - shown.length;
  return more > 0 ? `${shown.join(', ')} + ${more} more...` : shown.join(', ');
}

function formatMetric(metric: MetricSpec, current: MetricStatus): string {
  switch (metric.type) {
    case 'External':
      return formatAmount(metric.external?.target, current.external?.current);
    case 'Object':
      return formatAmount(metric.object?.target, current.object?.current);
    case 'Pods':
      return `${current.pods?.current?.averageValue ?? UNKNOWN}/${metric.pods?.target?.averageValue ?? ''}`;
    case 'Resource':
      return `${metric.resource?.name ?? ''}: ${formatUtilization(metric.resource?.target, current.resource?.current)}`;
    case 'ContainerResource':
      return `${metric.containerResource?.name ?? ''}: ${formatUtilization(metric.containerResource?.target, current.containerResource?.current)}`;
    default:
      return '<unknown type>';
  }
}

function formatAmount(target: MetricTarget | undefined, current: MetricValue | undefined): string {
  if (target?.averageValue !== undefined) return `${current?.averageValue ?? UNKNOWN}/${target.averageValue} (avg)`;
  return `${current?.value ?? UNKNOWN}/${target?.value ?? ''}`;
}

function formatUtilization(target: MetricTarget | undefined, current: MetricValue | undefined): string {
  if (target?.averageValue !== undefined) return `${current?.averageValue ?? UNKNOWN}/${target.averageValue}`;
  const percent = current?.averageUtilization === undefined ? UNKNOWN : `${current.averageUtilization}%`;
  return `${percent}/${target?.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`}`;
}
