import { getOwn } from '../../../machinery/json.ts';
import type { LabelSelector, PodAffinityTerm } from '../../pod-template/shapes.ts';
import type { Pod } from './pod.ts';

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

/** matchLabelKeys and mismatchLabelKeys become requirements of the selector beside them, by the new pod's own labels. */
export function mergeLabelKeys(pod: Pod): void {
  const labels = pod.metadata.labels ?? {};
  const { affinity, topologySpreadConstraints } = pod.spec ?? {};
  for (const part of [affinity?.podAffinity, affinity?.podAntiAffinity]) {
    for (const term of part?.[REQUIRED] ?? []) mergeTerm(term, labels);
    for (const weighted of part?.[PREFERRED] ?? []) if (weighted.podAffinityTerm !== undefined) mergeTerm(weighted.podAffinityTerm, labels);
  }
  for (const constraint of topologySpreadConstraints ?? []) addRequirements(constraint.labelSelector, constraint.matchLabelKeys, { labels, operator: 'In' });
}

function mergeTerm(term: PodAffinityTerm, labels: Readonly<Record<string, string>>): void {
  addRequirements(term.labelSelector, term.matchLabelKeys, { labels, operator: 'In' });
  addRequirements(term.labelSelector, term.mismatchLabelKeys, { labels, operator: 'NotIn' });
}

function addRequirements(selector: LabelSelector | undefined, keys: readonly string[] | undefined, by: { labels: Readonly<Record<string, string>>; operator: 'In' | 'NotIn' }): void {
  if (selector === undefined) return;
  for (const key of keys ?? []) {
    const value = getOwn(by.labels, key);
    if (value !== undefined) selector.matchExpressions = [...(selector.matchExpressions ?? []), { key, operator: by.operator, values: [value] }];
  }
}
