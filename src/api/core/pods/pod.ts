import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { PodSpec, PodStatus } from '../../pod-template/shapes.ts';

export interface Pod extends KubeObject {
  spec?: PodSpec;
  status?: PodStatus;
}

/** Set on what mirrors a static pod of a node; only the node's agent may write it. */
export const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';
