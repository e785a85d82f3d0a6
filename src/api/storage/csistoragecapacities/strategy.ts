import type { KindRules } from '../../kind-rules.ts';
import { validate, validateUpdate } from './validation.ts';

export const rules: KindRules = { allowUnconditionalUpdate: false, validate, validateUpdate };
