import type { KubeObject } from '../../../machinery/object-meta.ts';
import { ageOf } from '../../pod-template/age.ts';
import type { ServiceCidr } from './service-cidr.ts';

export function cells(object: KubeObject, { nowMs }: { readonly nowMs: number }): string[] {
  const { metadata, spec } = object as ServiceCidr;
  return [metadata.name ?? '', (spec?.cidrs ?? []).join(','), ageOf(object, nowMs)];
}
