import type { KindRules } from '../kind-rules.ts';
import { rules as leases } from './leases/strategy.ts';

/** The rules of the kinds of the group coordination.k8s.io, by the plural of their resource. */
export const coordinationKinds: Readonly<Record<string, KindRules>> = { leases };
