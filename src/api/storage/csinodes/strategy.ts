import type { KindRules } from '../../kind-rules.ts';
import { ageOf } from '../../pod-template/age.ts';
import type { CsiNode } from '../shapes.ts';
import { validate, validateUpdate } from './validation.ts';

export const rules: KindRules = {
  allowUnconditionalUpdate: false,
  validate,
  validateUpdate,
  cells: (object, context) => [object.metadata.name ?? '', (object as CsiNode).spec?.drivers?.length ?? 0, ageOf(object, context.nowMs)],
};
