import type { KubeObject } from '../../../machinery/object-meta.ts';
import { ageOf } from '../../pod-template/age.ts';
import { formatSelector } from '../../pod-template/cells.ts';
import type { NetworkPolicy } from './network-policy.ts';

export function cells(object: KubeObject, { nowMs }: { readonly nowMs: number }): string[] {
  const { metadata, spec } = object as NetworkPolicy;
  return [metadata.name ?? '', formatSelector(spec?.podSelector), ageOf(object, nowMs)];
}
