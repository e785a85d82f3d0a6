import type { KindRules } from '../kind-rules.ts';
import { rules as poddisruptionbudgets } from './poddisruptionbudgets/strategy.ts';

/** The rules of the kinds of the group policy, by the plural of their resource. */
export const policyKinds: Readonly<Record<string, KindRules>> = { poddisruptionbudgets };
