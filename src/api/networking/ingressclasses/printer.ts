import type { KubeObject } from '../../../machinery/object-meta.ts';
import { ageOf } from '../../pod-template/age.ts';
import type { IngressClass } from './ingress-class.ts';

export function cells(object: KubeObject, { nowMs }: { readonly nowMs: number }): string[] {
  const { metadata, spec } = object as IngressClass;
  const parameters = spec?.parameters;
  const kind = [parameters?.kind ?? '', parameters?.apiGroup ?? ''].filter((text) => text !== '').join('.');
  return [metadata.name ?? '', spec?.controller ?? '', parameters === undefined ? '<none>' : `${kind}/${parameters.name ?? ''}`, ageOf(object, nowMs)];
}
