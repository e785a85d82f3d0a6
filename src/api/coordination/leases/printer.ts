import type { KubeObject } from '../../../machinery/object-meta.ts';
import { ageOf } from '../../pod-template/age.ts';
import type { Lease } from './lease.ts';

export function cells(object: KubeObject, { nowMs }: { readonly nowMs: number }): string[] {
  const { metadata, spec } = object as Lease;
  return [metadata.name ?? '', spec?.holderIdentity ?? '', ageOf(object, nowMs)];
}
