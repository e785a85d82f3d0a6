import type { KindRules } from '../../kind-rules.ts';
import { ageOf } from '../../pod-template/age.ts';
import type { VolumeAttributesClass } from '../shapes.ts';
import { validate, validateUpdate } from './validation.ts';

export const rules: KindRules = {
  validate,
  validateUpdate,
  cells: (object, context) => [object.metadata.name ?? '', (object as VolumeAttributesClass).driverName ?? '', ageOf(object, context.nowMs)],
};
