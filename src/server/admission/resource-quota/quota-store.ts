import type { DeepReadonly } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { Usage } from '../../../api/quota/usage.ts';

/** Where quotas are read and charged. */
export interface QuotaStore {
  /** True when the namespace has quotas at all; answered at once, since most have none. */
  hasQuotas(namespace: string): boolean;
  /** The namespace's quotas by name, as new as there are; what somebody is just writing counts. */
  read(namespace: string): Promise<readonly DeepReadonly<KubeObject>[]>;
  /**
   * Writes the used amounts of several quotas in one step. False, and nothing written, when one of them is no longer as
   * it was read: then the caller reads and counts again.
   */
  charge(charges: readonly QuotaCharge[]): Promise<boolean>;
}

export interface QuotaCharge {
  /** As it was read. */
  readonly quota: DeepReadonly<KubeObject>;
  readonly used: Usage;
}
