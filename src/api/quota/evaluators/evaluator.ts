import type { DeepReadonly } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { QuotaScope } from '../quota.ts';
import type { Usage } from '../usage.ts';

export type Measured = DeepReadonly<KubeObject>;

/** How the objects of one resource are measured. */
export interface UsageEvaluator {
  /** True for writes that can change what an object uses. */
  handles(operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT', subresource: string): boolean;
  usage(object: Measured): Usage;
  /** True for names of quotas that these objects use. */
  measures(name: string): boolean;
  matchesScope(scope: QuotaScope, object: Measured): boolean;
  /** What keeps an object from being measured at all, given what the quotas that match it limit. */
  fault?(object: Measured, limited: readonly string[]): string | undefined;
}

/** `count/deployments.apps`: the name by which objects of any resource are counted. */
export function countName(group: string, resource: string): string {
  return `count/${resource}${group === '' ? '' : `.${group}`}`;
}
