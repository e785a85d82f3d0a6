import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { Loose } from '../../pod-template/shapes.ts';
import type * as v1 from '../../types/generated/core-v1.ts';

export type NodeSpec = Loose<v1.NodeSpec>;
export type NodeStatus = Loose<v1.NodeStatus>;

export interface Node extends KubeObject {
  spec?: NodeSpec;
  status?: NodeStatus;
}
