import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { IngressClass } from './ingress-class.ts';

export function defaults(object: KubeObject): void {
  const parameters = (object as IngressClass).spec?.parameters;
  if (parameters !== undefined) parameters.scope ??= 'Cluster';
}
