import { nameIsPathSegment } from '../../../machinery/names.ts';
import type { KindRules } from '../../kind-rules.ts';
import { validate, validateUpdate } from './validation.ts';

export const rules: KindRules = {
  validateName: nameIsPathSegment,
  allowCreateOnUpdate: true,
  validate,
  validateUpdate,
};
