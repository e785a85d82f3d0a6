import { nameIsPathSegment } from '../../../machinery/names.ts';
import type { KindRules } from '../../kind-rules.ts';
import { bindingCells } from '../binding-cells.ts';
import { bindingDefaults } from '../binding-defaults.ts';
import type { Binding } from '../role.ts';
import { CLUSTER_ROLE_BINDING, validateBinding, validateBindingUpdate } from '../validate-binding.ts';

export const rules: KindRules = {
  validateName: nameIsPathSegment,
  allowCreateOnUpdate: true,
  defaults: bindingDefaults,
  validate: (object) => validateBinding(object as Binding, CLUSTER_ROLE_BINDING),
  validateUpdate: (object, old) => validateBindingUpdate(object as Binding, old as Binding, CLUSTER_ROLE_BINDING),
  cells: bindingCells,
};
