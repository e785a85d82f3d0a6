import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { Loose } from '../../pod-template/shapes.ts';
import type * as networking from '../../types/generated/networking-v1.ts';

export type IngressBackend = Loose<networking.IngressBackend>;
export type IngressPath = Loose<networking.HTTPIngressPath>;

export interface Ingress extends KubeObject {
  spec?: Loose<networking.IngressSpec>;
  status?: Loose<networking.IngressStatus>;
}

/** What named the class of an ingress before it had a field for it. */
export const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
