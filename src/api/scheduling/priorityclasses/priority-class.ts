import type { KubeObject } from '../../../machinery/object-meta.ts';

export type PriorityClass = KubeObject & { value?: number; globalDefault?: boolean; preemptionPolicy?: string; description?: string };

/** Names that begin so are the cluster's own. */
export const SYSTEM_PREFIX = 'system-';
export const HIGHEST_USER_PRIORITY = 1_000_000_000;

/** The classes that every cluster has, with their fixed values. */
export const SYSTEM_PRIORITIES: ReadonlyMap<string, number> = new Map([
  ['system-node-critical', 2_000_001_000],
  ['system-cluster-critical', 2_000_000_000],
]);
