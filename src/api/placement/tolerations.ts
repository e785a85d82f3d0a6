import type { DeepReadonly } from '../../machinery/json.ts';
import type { Taint, Toleration } from '../types/generated/core-v1.ts';

/** Whether a pod with this toleration bears the taint. Gt and Lt compare whole numbers, and bear nothing else. */
export function toleratesTaint(toleration: DeepReadonly<Toleration>, taint: DeepReadonly<Taint>): boolean {
  const { key = '', operator = 'Equal', effect, value = '' } = toleration;
  if (effect && effect !== taint.effect) return false;
  if (key !== '' && key !== taint.key) return false;
  switch (operator as string) {
    case 'Exists':
      return true;
    case 'Equal':
    case '':
      return key !== '' && value === (taint.value ?? '');
    case 'Gt':
    case 'Lt':
      return compares(operator, taint.value ?? '', value);
    default:
      return false;
  }
}

/** The first of the taints, or of those with one of the effects, that none of the tolerations bears. */
export function untoleratedTaint(taints: readonly DeepReadonly<Taint>[], tolerations: readonly DeepReadonly<Toleration>[], effects?: readonly Taint['effect'][]): DeepReadonly<Taint> | undefined {
  return taints.find((taint) => effects?.includes(taint.effect) !== false && !tolerations.some((toleration) => toleratesTaint(toleration, taint)));
}

function compares(operator: string, tainted: string, tolerated: string): boolean {
  const a = wholeNumber(tainted);
  const b = wholeNumber(tolerated);
  if (a === undefined || b === undefined) return false;
  return operator === 'Gt' ? a > b : a < b;
}

function wholeNumber(text: string): bigint | undefined {
  return /^(?:0|-?[1-9]\d{0,18})$/.test(text) ? BigInt(text) : undefined;
}
