import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { LabelSelector, Loose } from '../../pod-template/shapes.ts';
import type * as policy from '../../types/generated/policy-v1.ts';

export interface PodDisruptionBudget extends KubeObject {
  spec?: Omit<Loose<policy.PodDisruptionBudgetSpec>, 'selector'> & { selector?: LabelSelector | undefined };
  status?: Loose<policy.PodDisruptionBudgetStatus>;
}
