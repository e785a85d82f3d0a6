import type { ResourceList } from '../../../api/pod-template/shapes.ts';
import type { DeepReadonly } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';

/** One limit of a LimitRange. */
export interface LimitRangeItem {
  readonly type?: string;
  readonly min?: Readonly<ResourceList>;
  readonly max?: Readonly<ResourceList>;
  readonly default?: Readonly<ResourceList>;
  readonly defaultRequest?: Readonly<ResourceList>;
  readonly maxLimitRequestRatio?: Readonly<ResourceList>;
}

export function limitsOf(range: DeepReadonly<KubeObject>): readonly LimitRangeItem[] {
  return (range['spec'] as { limits?: readonly LimitRangeItem[] } | undefined)?.limits ?? [];
}
