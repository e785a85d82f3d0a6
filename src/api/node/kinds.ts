import type { KindRules } from '../kind-rules.ts';
import { rules as runtimeclasses } from './runtimeclasses/strategy.ts';

/** The rules of the node group's kinds, by the plural of their resource. */
export const nodeKinds: Readonly<Record<string, KindRules>> = { runtimeclasses };
