// Made by scripts/facts/generate-types.ts. Do not edit.
import type { ObjectMeta } from '../../../machinery/object-meta.ts';
import type { Toleration } from './core-v1.ts';
import type { ListMeta } from './meta-v1.ts';

export type Overhead = {
  podFixed?: Record<string, string>;
};

export type RuntimeClass = {
  apiVersion: 'node.k8s.io/v1';
  kind: 'RuntimeClass';
  handler: string;
  metadata: ObjectMeta;
  overhead?: Overhead;
  scheduling?: Scheduling;
};

export type RuntimeClassList = {
  apiVersion: 'node.k8s.io/v1';
  kind: 'RuntimeClassList';
  items: RuntimeClass[];
  metadata: ListMeta;
};

export type Scheduling = {
  nodeSelector?: Record<string, string>;
  tolerations?: Toleration[];
};
