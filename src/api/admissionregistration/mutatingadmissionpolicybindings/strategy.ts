import type { KindRules } from '../../kind-rules.ts';
import { bindingCells } from '../cells.ts';
import { bindingDefaults } from '../defaults.ts';
import { validateMutatingBinding } from '../validate-bindings.ts';

export const rules: KindRules = {
  allowUnconditionalUpdate: false,
  defaults: bindingDefaults,
  validate: validateMutatingBinding,
  validateUpdate: validateMutatingBinding,
  cells: bindingCells,
};
