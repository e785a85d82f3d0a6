import type { KindRules } from '../../kind-rules.ts';
import { ageOf } from '../../pod-template/age.ts';
import { defaults } from './defaults.ts';
import type { PriorityClass } from './priority-class.ts';
import { validate, validateUpdate } from './validation.ts';

export const rules: KindRules = {
  defaults,
  // The generation is set once and never grows.
  tracksGeneration: false,
  prepareForCreate(object) {
    object.metadata.generation = 1;
  },
  validate,
  validateUpdate,
  cells(object, context) {
    const { metadata, value = 0, globalDefault = false, preemptionPolicy = '' } = object as PriorityClass;
    return [metadata.name ?? '', value, globalDefault, ageOf(object, context.nowMs), preemptionPolicy];
  },
};
