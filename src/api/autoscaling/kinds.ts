import type { KindRules } from '../kind-rules.ts';
import { rules as horizontalpodautoscalers } from './horizontalpodautoscalers/strategy.ts';

/** The rules of the kinds of the group autoscaling, by the plural of their resource. */
export const autoscalingKinds: Readonly<Record<string, KindRules>> = { horizontalpodautoscalers };
