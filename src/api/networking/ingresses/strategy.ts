import { getOwn } from '../../../machinery/json.ts';
import type { KindRules } from '../../kind-rules.ts';
import { CLASS_ANNOTATION } from './ingress.ts';
import { cells } from './printer.ts';
import { validate, validateAny, validateStatusUpdate } from './validation.ts';

export const rules: KindRules = {
  validate,
  validateUpdate: validateAny,
  warningsOnCreate(object) {
    if (getOwn(object.metadata.annotations ?? {}, CLASS_ANNOTATION) === undefined) return [];
    return [`annotation ${JSON.stringify(CLASS_ANNOTATION)} is deprecated, please use 'spec.ingressClassName' instead`];
  },
  tracksGeneration: true,
  status: { validateUpdate: validateStatusUpdate },
  cells,
};
