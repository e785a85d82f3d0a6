import { fieldForbidden, fieldInvalid, FieldPath, type FieldError } from '../../../machinery/field-error.ts';
import { equalJson } from '../../../machinery/json.ts';
import { validateLabels } from '../../../machinery/label-validation.ts';
import { validateAnnotations } from '../../../machinery/object-meta-validation.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { KindRules } from '../../kind-rules.ts';
import { ageOf } from '../../pod-template/age.ts';
import { internalForm } from '../../pod-template/internal-form.ts';
import { claimDefaults } from '../claim-defaults.ts';
import { CLAIM_LAYOUTS } from '../internal-layouts.ts';
import type { SelectorChecker } from '../selector-checker.ts';
import type { ResourceClaimTemplate } from '../shapes.ts';
import { checkClaimSpec } from '../validate-claim-spec.ts';

const SPEC = FieldPath.root('spec');
/** What the metadata of a template may not say, in the order of the type. */
const FORBIDDEN_METADATA = [
  ...['name', 'generateName', 'namespace', 'selfLink', 'uid', 'resourceVersion', 'generation', 'creationTimestamp', 'deletionTimestamp'],
  ...['deletionGracePeriodSeconds', 'ownerReferences', 'finalizers', 'managedFields'],
];

export function resourceClaimTemplateRules(checker: SelectorChecker): KindRules {
  return {
    defaults: (object) => claimDefaults((object as ResourceClaimTemplate).spec?.spec),
    validate: (object) => validate(object, checker),
    validateUpdate: (object, old) => validateUpdate(object, old, checker),
    cells: (object, context) => [object.metadata.name ?? '', ageOf(object, context.nowMs)],
  };
}

function validate(object: KubeObject, checker: SelectorChecker): FieldError[] {
  const { spec = {} } = object as ResourceClaimTemplate;
  const { metadata = {} } = spec;
  const path = SPEC.child('metadata');
  const findings = [
    ...validateLabels(metadata['labels'] as Record<string, string> | undefined, path.child('labels')),
    ...validateAnnotations(metadata['annotations'] as Record<string, string> | undefined, path.child('annotations')),
    ...FORBIDDEN_METADATA.flatMap((field) => (metadata[field] == null ? [] : [fieldForbidden(path.child(field), 'cannot be set')])),
  ];
  checkClaimSpec(findings, spec.spec ?? {}, SPEC.child('spec'), checker);
  return findings;
}

/** What claims were made of stays as it was. */
function validateUpdate(object: KubeObject, old: KubeObject, checker: SelectorChecker): FieldError[] {
  const { spec = {} } = object as ResourceClaimTemplate;
  const immutable = equalJson(spec, (old as ResourceClaimTemplate).spec ?? {})
    ? []
    : [fieldInvalid(SPEC, { ...spec.metadata, Spec: internalForm(spec.spec, 'ResourceClaimSpec', CLAIM_LAYOUTS) }, 'field is immutable')];
  return [...immutable, ...validate(object, checker)];
}
