import type { KindRules } from '../../kind-rules.ts';
import { policyCells } from '../cells.ts';
import { policyDefaults } from '../defaults.ts';
import type { ExpressionChecker } from '../expressions.ts';
import type { MutatingPolicy } from '../shapes.ts';
import { validatePolicy } from './validation.ts';

export function mutatingPolicyRules(checker: ExpressionChecker): KindRules {
  return {
    allowUnconditionalUpdate: false,
    defaults: policyDefaults,
    validate: (object) => validatePolicy(object, undefined, checker),
    validateUpdate: (object, old) => validatePolicy(object, old, checker),
    cells(object, context) {
      const { mutations = [], paramKind } = (object as MutatingPolicy).spec ?? {};
      return policyCells(object, { count: mutations.length, paramKind }, context);
    },
  };
}
