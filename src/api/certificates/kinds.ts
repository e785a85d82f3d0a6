import type { KindRules } from '../kind-rules.ts';
import { rules as certificatesigningrequests } from './certificatesigningrequests/strategy.ts';

/** The rules of the certificates group's kinds, by the plural of their resource. */
export const certificatesKinds: Readonly<Record<string, KindRules>> = { certificatesigningrequests };
