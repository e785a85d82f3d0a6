import type { Toleration } from '../../api/pod-template/shapes.ts';
import { equalJson } from '../../machinery/json.ts';

/**
 * Both lists in one, without those that another one covers; of equal ones the first stays. What is kept keeps its place.
 */
export function mergeTolerations(first: readonly Toleration[], second: readonly Toleration[]): Toleration[] {
  const all = [...first, ...second];
  const merged: Toleration[] = [];
  all.forEach((toleration, i) => {
    if (merged.some((kept) => covers(kept, toleration))) return;
    if (all.slice(i + 1).some((later) => !equalJson(later, toleration) && covers(later, toleration))) return;
    merged.push(toleration);
  });
  return merged;
}

/** True when each toleration is covered by one of the list. */
export function areAllCovered(tolerations: readonly Toleration[], list: readonly Toleration[]): boolean {
  return list.length === 0 || tolerations.every((toleration) => list.some((wide) => covers(wide, toleration)));
}

/** True when `wide` tolerates whatever `narrow` does. */
export function covers(wide: Toleration, narrow: Toleration): boolean {
  if (equalJson(wide, narrow)) return true;
  const anyKey = !wide.key && wide.operator === 'Exists';
  if ((wide.key ?? '') !== (narrow.key ?? '') && !anyKey) return false;
  if (wide.effect && wide.effect !== narrow.effect) return false;
  if (wide.effect === 'NoExecute' && wide.tolerationSeconds !== undefined) {
    if (narrow.tolerationSeconds === undefined || narrow.tolerationSeconds > wide.tolerationSeconds) return false;
  }
  switch (wide.operator ?? '') {
    case '':
    case 'Equal':
      return (narrow.operator ?? '') === 'Equal' && (wide.value ?? '') === (narrow.value ?? '');
    case 'Exists':
      return true;
    default:
      return false;
  }
}
