import type { KindRules } from '../kind-rules.ts';
import { rules as apiservices } from './apiservices/strategy.ts';

/** The rules of the API registration group's kinds, by the plural of their resource. */
export const apiregistrationKinds: Readonly<Record<string, KindRules>> = { apiservices };
