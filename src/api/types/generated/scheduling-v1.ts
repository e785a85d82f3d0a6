// Made by scripts/facts/generate-types.ts. Do not edit.
import type { ObjectMeta } from '../../../machinery/object-meta.ts';
import type { ListMeta } from './meta-v1.ts';

export type PriorityClass = {
  apiVersion: 'scheduling.k8s.io/v1';
  kind: 'PriorityClass';
  description?: string;
  globalDefault?: boolean;
  metadata: ObjectMeta;
  preemptionPolicy?: 'Never' | 'PreemptLowerPriority';
  value?: number;
};

export type PriorityClassList = {
  apiVersion: 'scheduling.k8s.io/v1';
  kind: 'PriorityClassList';
  items: PriorityClass[];
  metadata: ListMeta;
};
