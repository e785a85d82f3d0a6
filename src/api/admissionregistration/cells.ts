import type { KubeObject } from '../../machinery/object-meta.ts';
import { ageOf } from '../pod-template/age.ts';
import type { MutatingBinding, ParamKind, ParamRef, Selector, WebhookConfiguration } from './shapes.ts';

type Cells = (string | number | boolean | null)[];
interface CellContext {
  readonly nowMs: number;
}

const UNSET = '<unset>';

export function webhookCells(object: KubeObject, context: CellContext): Cells {
  return [object.metadata.name ?? '', (object as WebhookConfiguration).webhooks?.length ?? 0, ageOf(object, context.nowMs)];
}

/** `count` is the number of validations or mutations. */
export function policyCells(object: KubeObject, policy: { readonly count: number; readonly paramKind: ParamKind | undefined }, context: CellContext): Cells {
  const { paramKind } = policy;
  const shown = paramKind === undefined ? UNSET : `${paramKind.apiVersion ?? ''}/${paramKind.kind ?? ''}`;
  return [object.metadata.name ?? '', policy.count, shown, ageOf(object, context.nowMs)];
}

export function bindingCells(object: KubeObject, context: CellContext): Cells {
  const { spec = {} } = object as MutatingBinding;
  return [object.metadata.name ?? '', spec.policyName ?? '', paramRefCell(spec.paramRef), ageOf(object, context.nowMs)];
}

function paramRefCell(paramRef: ParamRef | undefined): string {
  if (paramRef?.name) return paramRef.namespace ? `${paramRef.namespace}/${paramRef.name}` : paramRef.name;
  return paramRef?.selector === undefined ? UNSET : goSelector(paramRef.selector);
}

/** As Go prints the struct: that is what the column shows. */
function goSelector(selector: NonNullable<Selector>): string {
  const labels = Object.entries(selector.matchLabels ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}: ${value ?? ''},`);
  const requirements = (selector.matchExpressions ?? []).map(
    ({ key = '', operator = '', values = [] }) => `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],},`,
  );
  return `&LabelSelector{MatchLabels:map[string]string{${labels.join('')}},MatchExpressions:[]LabelSelectorRequirement{${requirements.join('')}},}`;
}
