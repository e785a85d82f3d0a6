import type { KindRules } from '../../kind-rules.ts';
import { defaults } from './defaults.ts';
import { cells } from './printer.ts';
import { validate, validateUpdate } from './validation.ts';

export const rules: KindRules = { defaults, validate, validateUpdate, tracksGeneration: true, cells };
