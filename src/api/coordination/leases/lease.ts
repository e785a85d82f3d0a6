import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { Loose } from '../../pod-template/shapes.ts';
import type * as coordination from '../../types/generated/coordination-v1.ts';

export interface Lease extends KubeObject {
  spec?: Loose<coordination.LeaseSpec>;
}
