import type { KindRules } from '../kind-rules.ts';
import { rules as ingressclasses } from './ingressclasses/strategy.ts';
import { rules as ingresses } from './ingresses/strategy.ts';
import { rules as ipaddresses } from './ipaddresses/strategy.ts';
import { rules as networkpolicies } from './networkpolicies/strategy.ts';
import { rules as servicecidrs } from './servicecidrs/strategy.ts';

/** The rules of the kinds of the group networking.k8s.io, by the plural of their resource. */
export const networkingKinds: Readonly<Record<string, KindRules>> = { ingressclasses, ingresses, ipaddresses, networkpolicies, servicecidrs };
