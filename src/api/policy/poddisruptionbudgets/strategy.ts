import type { KindRules } from '../../kind-rules.ts';
import { cells } from './printer.ts';
import { validate, validateStatusUpdate } from './validation.ts';

export const rules: KindRules = {
  // Who changes a budget says which one was read: it may have been used up meanwhile.
  allowUnconditionalUpdate: false,
  validate,
  validateUpdate: validate,
  tracksGeneration: true,
  status: { validateUpdate: validateStatusUpdate },
  cells,
};
