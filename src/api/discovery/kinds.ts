import type { KindRules } from '../kind-rules.ts';
import { rules as endpointslices } from './endpointslices/strategy.ts';

/** The rules of the kinds of the group discovery.k8s.io, by the plural of their resource. */
export const discoveryKinds: Readonly<Record<string, KindRules>> = { endpointslices };
