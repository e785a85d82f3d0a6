import type { LabelSelectorObject } from '../../machinery/label-selector.ts';
import type { DeepReadonly } from '../../machinery/json.ts';

/** A selector as Go's generated types print themselves. */
export function selectorText(selector: DeepReadonly<LabelSelectorObject> | undefined): string {
  if (!selector) return 'nil';
  const labels = Object.entries(selector.matchLabels ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const expressions = (selector.matchExpressions ?? []).map(({ key, operator, values = [] }) => `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],}`);
  const requirements = expressions.map((expression) => `${expression},`).join('');
  return `&LabelSelector{MatchLabels:map[string]string{${labels.map(([key, value]) => `${key}: ${value},`).join('')}},MatchExpressions:[]LabelSelectorRequirement{${requirements}},}`;
}
