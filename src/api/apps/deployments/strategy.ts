import { FieldPath } from '../../../machinery/field-error.ts';
import { cloneJson, equalJson } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { KindRules } from '../../kind-rules.ts';
import { podTemplateWarnings } from '../../pod-template/warnings.ts';
import { podNameWarnings } from '../workload-template.ts';
import type { Deployment } from '../workload.ts';
import { defaults } from './defaults.ts';
import { cells } from './printer.ts';
import { validate, validateStatusUpdate, validateUpdate } from './validation.ts';

const TEMPLATE = FieldPath.root('spec').child('template');

export const rules: KindRules = {
  defaults,
  validate,
  validateUpdate,
  warningsOnCreate: (object) => [...podNameWarnings(object.metadata.name), ...templateWarnings(object)],
  warningsOnUpdate: (object, old) => (object.metadata.generation === old.metadata.generation ? [] : templateWarnings(object)),
  tracksGeneration: true,
  prepareForUpdate(object, old) {
    // Controllers learn of changed annotations too: they are copied to the replica sets.
    if (!equalJson(object.metadata.annotations ?? {}, old.metadata.annotations ?? {})) object.metadata.generation = (old.metadata.generation ?? 0) + 1;
  },
  status: {
    prepareForUpdate(object, old) {
      if (old.metadata.labels === undefined) delete object.metadata.labels;
      else object.metadata.labels = cloneJson(old.metadata.labels);
    },
    validateUpdate: validateStatusUpdate,
  },
  resetFields: { '': [['status']], status: [['spec'], ['metadata', 'labels']] },
  cells,
};

function templateWarnings(object: KubeObject): string[] {
  return podTemplateWarnings((object as Deployment).spec?.template ?? {}, TEMPLATE);
}
