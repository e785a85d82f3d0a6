import { FieldPath } from '../../../machinery/field-error.ts';
import type { KindRules } from '../../kind-rules.ts';
import { podNameWarnings } from '../../apps/workload-template.ts';
import { defaults } from './defaults.ts';
import { generateSelector } from './generated-selector.ts';
import type { Job } from './job.ts';
import { cells } from './printer.ts';
import { validateStatusUpdate } from './status-validation.ts';
import { validate, validateUpdate } from './validation.ts';
import { jobSpecWarnings } from './warnings.ts';

const SPEC = FieldPath.root('spec');

export const rules: KindRules = {
  defaults,
  canonicalize: (object) => generateSelector(object as Job),
  validate,
  validateUpdate,
  warningsOnCreate: (object) => [...podNameWarnings(object.metadata.name), ...jobSpecWarnings((object as Job).spec ?? {}, SPEC)],
  warningsOnUpdate: (object, old) => (object.metadata.generation === old.metadata.generation ? [] : jobSpecWarnings((object as Job).spec ?? {}, SPEC)),
  tracksGeneration: true,
  status: { validateUpdate: validateStatusUpdate },
  unknownFieldLabel: (label) => `field label "${label}" not supported for Job`,
  selectableFields: { 'status.successful': (object) => String((object as Job).status?.succeeded ?? 0) },
  cells,
};
