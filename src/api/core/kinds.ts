import type { KindRules } from '../kind-rules.ts';
import { rules as pods } from './pods/strategy.ts';

/** The rules of the core group's kinds, by the plural of their resource. */
export const coreKinds: Readonly<Record<string, KindRules>> = { pods };
