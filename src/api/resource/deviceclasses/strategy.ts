import { fieldInvalid, FieldPath, type FieldError } from '../../../machinery/field-error.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { KindRules } from '../../kind-rules.ts';
import { ageOf } from '../../pod-template/age.ts';
import { isExtendedResource } from '../../pod-template/resource-names.ts';
import { checkList } from '../check-list.ts';
import type { SelectorChecker } from '../selector-checker.ts';
import type { DeviceClass } from '../shapes.ts';
import { checkOpaque, checkSelectors } from '../validate-configuration.ts';

const SPEC = FieldPath.root('spec');
const MAX_CONFIGURATIONS = 32;

export function deviceClassRules(checker: SelectorChecker): KindRules {
  const validate = (object: KubeObject): FieldError[] => findingsOf(object as DeviceClass, checker);
  return {
    validate,
    validateUpdate: validate,
    cells: (object, context) => [object.metadata.name ?? '', ageOf(object, context.nowMs)],
  };
}

function findingsOf({ spec = {} }: DeviceClass, checker: SelectorChecker): FieldError[] {
  const findings: FieldError[] = [];
  checkSelectors(findings, spec.selectors, SPEC.child('selectors'), checker);
  checkList(findings, spec.config, SPEC.child('config'), {
    max: MAX_CONFIGURATIONS,
    check: (config, path) => checkOpaque(findings, config.opaque, path.child('opaque')),
  });
  const resource = spec.extendedResourceName;
  if (resource !== undefined && !isExtendedResource(resource)) {
    findings.push(fieldInvalid(SPEC.child('extendedResourceName'), resource, 'must be a valid extended resource name'));
  }
  return findings;
}
