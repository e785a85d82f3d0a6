import { FieldPath } from '../../../machinery/field-error.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { nameIsDnsLabel } from '../../../machinery/names.ts';
import type { KindRules } from '../../kind-rules.ts';
import { fractionalStorageWarnings, podTemplateWarnings } from '../../pod-template/warnings.ts';
import type { StatefulSet } from '../workload.ts';
import { defaults } from './defaults.ts';
import { cells } from './printer.ts';
import { validateStatusUpdate } from './status-validation.ts';
import { validate, validateUpdate } from './validation.ts';

const SPEC = FieldPath.root('spec');

export const rules: KindRules = {
  defaults,
  // Pods are named after the set and its service gives them host names: dots would break both.
  validateName: nameIsDnsLabel,
  prepareForCreate: (object) => dropMaxUnavailable(object as StatefulSet, undefined),
  prepareForUpdate: (object, old) => dropMaxUnavailable(object as StatefulSet, old as StatefulSet),
  validate,
  validateUpdate,
  warningsOnCreate: (object) => [...templateWarnings(object), ...specWarnings(object)],
  warningsOnUpdate: (object, old) => [...(object.metadata.generation === old.metadata.generation ? [] : templateWarnings(object)), ...specWarnings(object)],
  tracksGeneration: true,
  status: { validateUpdate: validateStatusUpdate },
  cells,
};

/** The feature MaxUnavailableStatefulSet is off by default: the field is taken only where it is in use. */
function dropMaxUnavailable(set: StatefulSet, old: StatefulSet | undefined): void {
  if (old?.spec?.updateStrategy?.rollingUpdate?.maxUnavailable !== undefined) return;
  delete set.spec?.updateStrategy?.rollingUpdate?.maxUnavailable;
}

function templateWarnings(object: KubeObject): string[] {
  return podTemplateWarnings((object as StatefulSet).spec?.template ?? {}, SPEC.child('template'));
}

function specWarnings(object: KubeObject): string[] {
  const spec = (object as StatefulSet).spec ?? {};
  const warnings = (spec.volumeClaimTemplates ?? []).flatMap((claim, i) =>
    fractionalStorageWarnings(claim.spec?.resources, SPEC.child('volumeClaimTemplates').index(i).child('Spec', 'resources')),
  );
  if ((spec.revisionHistoryLimit ?? 0) < 0) {
    warnings.push('spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended');
  }
  return warnings;
}
