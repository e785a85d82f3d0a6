import { FieldPath } from '../../../machinery/field-error.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { KindRules } from '../../kind-rules.ts';
import { containerCells, formatLabels } from '../../pod-template/cells.ts';
import { defaultPodTemplate } from '../../pod-template/defaults.ts';
import type { PodTemplateSpec } from '../../pod-template/shapes.ts';
import { validatePodTemplate } from '../../pod-template/validate-pod-template.ts';
import { podTemplateWarnings } from '../../pod-template/warnings.ts';

interface PodTemplate extends KubeObject {
  template?: PodTemplateSpec;
}

const TEMPLATE = FieldPath.root('template');

export const rules: KindRules = {
  tracksGeneration: true,
  defaults(object) {
    defaultPodTemplate((object as PodTemplate).template);
  },
  validate: (object) => validatePodTemplate((object as PodTemplate).template ?? {}, TEMPLATE),
  validateUpdate: (object) => validatePodTemplate((object as PodTemplate).template ?? {}, TEMPLATE),
  warningsOnCreate: (object) => podTemplateWarnings((object as PodTemplate).template ?? {}, TEMPLATE),
  warningsOnUpdate: (object, old) => (object.metadata.generation === old.metadata.generation ? [] : podTemplateWarnings((object as PodTemplate).template ?? {}, TEMPLATE)),
  cells: (object) => {
    const { metadata, template } = object as PodTemplate;
    return [metadata.name ?? '', ...containerCells(template?.spec?.containers), formatLabels(template?.metadata?.labels)];
  },
};
