import type { Container, LabelSelector } from './shapes.ts';

/** `a=b,c=d`, or `<none>`. */
export function formatLabels(labels: { readonly [key: string]: string | undefined } | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value ?? ''}`);
  return pairs.length === 0 ? '<none>' : pairs.sort().join(',');
}

/** A selector in the form that query parameters have: `a=b,tier in (x,y),!gone`. */
export function formatSelector(selector: LabelSelector | undefined): string {
  if (selector === undefined) return '<none>';
  const parts = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({ key, text: `${key}=${value ?? ''}` }));
  for (const { key = '', operator, values = [] } of selector.matchExpressions ?? []) {
    const list = `(${values.toSorted().join(',')})`;
    if (operator === 'In') parts.push({ key, text: `${key} in ${list}` });
    else if (operator === 'NotIn') parts.push({ key, text: `${key} notin ${list}` });
    else parts.push({ key, text: operator === 'Exists' ? key : `!${key}` });
  }
  if (parts.length === 0) return '<none>';
  return parts
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map((part) => part.text)
    .join(',');
}

/** The CONTAINERS and IMAGES columns of what makes pods. */
export function containerCells(containers: readonly Container[] | undefined): [string, string] {
  const list = containers ?? [];
  return [list.map((container) => container.name ?? '').join(','), list.map((container) => container.image ?? '').join(',')];
}
