import { nameIsPathSegment } from '../../../machinery/names.ts';
import type { KindRules } from '../../kind-rules.ts';
import { forgetEmptyRules } from '../empty-rules.ts';
import { validate, validateUpdate } from './validation.ts';

export const rules: KindRules = {
  validateName: nameIsPathSegment,
  allowCreateOnUpdate: true,
  prepareForCreate: forgetEmptyRules,
  validate,
  prepareForUpdate: forgetEmptyRules,
  validateUpdate,
};
