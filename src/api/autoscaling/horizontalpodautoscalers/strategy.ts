import type { KindRules } from '../../kind-rules.ts';
import { fromStorage, toStorage } from './conversion.ts';
import { defaultMetrics, defaults } from './defaults.ts';
import type { HorizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts';
import { cells } from './printer.ts';
import { validate, validateStatusUpdate, validateUpdate } from './validation.ts';

export const rules: KindRules = {
  defaults,
  prepareForCreate: (object) => defaultMetrics(object as HorizontalPodAutoscaler),
  prepareForUpdate: (object) => defaultMetrics(object as HorizontalPodAutoscaler),
  validate,
  validateUpdate,
  status: { validateUpdate: validateStatusUpdate },
  cells,
  conversion: { toStorage, fromStorage },
};
