import type { KindRules } from '../../kind-rules.ts';
import { ageOf } from '../../pod-template/age.ts';
import { validate, validateUpdate, type RuntimeClass } from './validation.ts';

export const rules: KindRules = {
  allowUnconditionalUpdate: false,
  validate,
  validateUpdate,
  cells: (object, context) => [object.metadata.name ?? '', (object as RuntimeClass).handler ?? '', ageOf(object, context.nowMs)],
};
