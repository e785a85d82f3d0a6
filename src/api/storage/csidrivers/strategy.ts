import type { KindRules } from '../../kind-rules.ts';
import { defaults } from './defaults.ts';
import { cells } from './printer.ts';
import { validate, validateUpdate, warnings } from './validation.ts';

export const rules: KindRules = {
  allowUnconditionalUpdate: false,
  defaults,
  validate,
  warningsOnCreate: warnings,
  validateUpdate,
  warningsOnUpdate: warnings,
  cells,
};
