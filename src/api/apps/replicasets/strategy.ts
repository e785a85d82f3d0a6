import { FieldPath } from '../../../machinery/field-error.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { KindRules } from '../../kind-rules.ts';
import { podTemplateWarnings } from '../../pod-template/warnings.ts';
import { podNameWarnings } from '../workload-template.ts';
import type { ReplicaSet } from '../workload.ts';
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
  status: { validateUpdate: validateStatusUpdate },
  selectableFields: { 'status.replicas': (object) => String((object as ReplicaSet).status?.replicas ?? 0) },
  cells,
};

function templateWarnings(object: KubeObject): string[] {
  return podTemplateWarnings((object as ReplicaSet).spec?.template ?? {}, TEMPLATE);
}
