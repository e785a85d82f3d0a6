import type { KindRules } from '../../kind-rules.ts';
import { cells } from './printer.ts';
import { validate, validateUpdate } from './validation.ts';

export const rules: KindRules = { validate, validateUpdate, cells };
