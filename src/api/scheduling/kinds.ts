import type { KindRules } from '../kind-rules.ts';
import { rules as priorityclasses } from './priorityclasses/strategy.ts';

/** The rules of the scheduling group's kinds, by the plural of their resource. */
export const schedulingKinds: Readonly<Record<string, KindRules>> = { priorityclasses };
