import type { Taint, Toleration } from '../../api/types/generated/core-v1.ts';
import type { DeepReadonly } from '../../machinery/json.ts';

export type SharedTaint = DeepReadonly<Taint>;
export type SharedToleration = DeepReadonly<Toleration>;

/** An empty key with `Exists` tolerates all keys, an empty effect all effects. */
export function tolerates({ key = '', operator = 'Equal', value = '', effect }: SharedToleration, taint: SharedTaint): boolean {
  if (effect !== undefined && effect !== taint.effect) return false;
  if (key !== '' && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  return operator === 'Equal' && key !== '' && value === (taint.value ?? '');
}

/** The first taint with one of the effects that no toleration tolerates. */
export function untoleratedTaint(taints: readonly SharedTaint[], tolerations: readonly SharedToleration[], effects: readonly Taint['effect'][]): SharedTaint | undefined {
  for (const taint of taints) {
    if (effects.includes(taint.effect) && !tolerations.some((toleration) => tolerates(toleration, taint))) return taint;
  }
  return undefined;
}
