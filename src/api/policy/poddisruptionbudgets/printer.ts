import { formatIntOrString } from '../../../machinery/int-or-string.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { ageOf } from '../../pod-template/age.ts';
import type { PodDisruptionBudget } from './pod-disruption-budget.ts';

export function cells(object: KubeObject, { nowMs }: { readonly nowMs: number }): (string | number)[] {
  const { metadata, spec, status } = object as PodDisruptionBudget;
  return [metadata.name ?? '', limitCell(spec?.minAvailable), limitCell(spec?.maxUnavailable), status?.disruptionsAllowed ?? 0, ageOf(object, nowMs)];
}

function limitCell(limit: string | number | undefined): string {
  return limit === undefined ? 'N/A' : formatIntOrString(limit);
}
