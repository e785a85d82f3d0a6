import type { KindRules } from '../kind-rules.ts';
import { rules as flowschemas } from './flowschemas/strategy.ts';
import { rules as prioritylevelconfigurations } from './prioritylevelconfigurations/strategy.ts';

/** The rules of the flow control group's kinds, by the plural of their resource. */
export const flowcontrolKinds: Readonly<Record<string, KindRules>> = { flowschemas, prioritylevelconfigurations };
