import type { KindRules } from '../../kind-rules.ts';
import { keepObjectMeta } from '../../status-metadata.ts';
import { policyCells } from '../cells.ts';
import { policyDefaults } from '../defaults.ts';
import type { ExpressionChecker } from '../expressions.ts';
import type { ValidatingPolicy } from '../shapes.ts';
import { validatePolicy, validateStatusUpdate } from './validation.ts';

export function validatingPolicyRules(checker: ExpressionChecker): KindRules {
  return {
    allowUnconditionalUpdate: false,
    defaults: policyDefaults,
    validate: (object) => validatePolicy(object, undefined, checker),
    validateUpdate: (object, old) => validatePolicy(object, old, checker),
    status: { prepareForUpdate: keepObjectMeta, validateUpdate: validateStatusUpdate },
    resetFields: { '': [['status']], status: [['metadata'], ['spec']] },
    cells(object, context) {
      const { validations = [], paramKind } = (object as ValidatingPolicy).spec ?? {};
      return policyCells(object, { count: validations.length, paramKind }, context);
    },
  };
}
