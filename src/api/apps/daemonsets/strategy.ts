import { FieldPath } from '../../../machinery/field-error.ts';
import { equalJson } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { KindRules } from '../../kind-rules.ts';
import { podTemplateWarnings } from '../../pod-template/warnings.ts';
import type { DaemonSet } from '../workload.ts';
import { defaults } from './defaults.ts';
import { cells } from './printer.ts';
import { setTemplateGeneration, templateGeneration } from './template-generation.ts';
import { validate, validateStatusUpdate, validateUpdate } from './validation.ts';

const TEMPLATE = FieldPath.root('spec').child('template');

export const rules: KindRules = {
  defaults,
  prepareForCreate(object) {
    setTemplateGeneration(object, Math.max(1, templateGeneration(object)));
  },
  prepareForUpdate(object, old) {
    const changed = !equalJson((object as DaemonSet).spec?.template, (old as DaemonSet).spec?.template);
    setTemplateGeneration(object, templateGeneration(old) + (changed ? 1 : 0));
  },
  validate,
  validateUpdate,
  warningsOnCreate: templateWarnings,
  warningsOnUpdate: (object, old) => (object.metadata.generation === old.metadata.generation ? [] : templateWarnings(object)),
  tracksGeneration: true,
  status: {
    // It stands for a field of the spec, which is not this endpoint's to write.
    prepareForUpdate: (object, old) => setTemplateGeneration(object, templateGeneration(old)),
    validateUpdate: validateStatusUpdate,
  },
  cells,
};

function templateWarnings(object: KubeObject): string[] {
  return podTemplateWarnings((object as DaemonSet).spec?.template ?? {}, TEMPLATE);
}
