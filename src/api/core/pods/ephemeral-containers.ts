import { FieldPath, fieldForbidden, type FieldError } from '../../../machinery/field-error.ts';
import { cloneJson, equalJson } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { UpdateRules } from '../../kind-rules.ts';
import { internalForm } from '../../pod-template/internal-form.ts';
import { unifiedDiff } from '../../pod-template/unified-diff.ts';
import { keepOldExcept } from './narrow-update.ts';
import { MIRROR_ANNOTATION, type Pod } from './pod.ts';
import { validatePod } from './validation.ts';

const LIST = FieldPath.root('spec').child('ephemeralContainers');

/** The `ephemeralcontainers` endpoint: containers may be added for looking into a running pod, never changed or removed. */
export const ephemeralContainers: UpdateRules = {
  prepareForUpdate(object, oldObject) {
    const added = (object as Pod).spec?.ephemeralContainers;
    keepOldExcept(object as Pod, oldObject as Pod, (spec) => {
      spec.ephemeralContainers = cloneJson(added);
    });
  },
  validateUpdate,
};

function validateUpdate(object: KubeObject, oldObject: KubeObject): FieldError[] {
  const pod = object as Pod;
  const old = oldObject as Pod;
  const findings = validatePod(pod);
  if (Object.hasOwn(old.metadata.annotations ?? {}, MIRROR_ANNOTATION)) {
    return [fieldForbidden('[]', 'static pods do not support ephemeral containers')];
  }
  for (const container of old.spec?.ephemeralContainers ?? []) {
    const now = pod.spec?.ephemeralContainers?.find((candidate) => candidate.name === container.name);
    const name = JSON.stringify(container.name ?? '');
    if (now === undefined) {
      findings.push(fieldForbidden(LIST, `existing ephemeral containers ${name} may not be removed\n`));
    } else if (!equalJson(now, container)) {
      const diff = unifiedDiff(internalForm(container, 'EphemeralContainer'), internalForm(now, 'EphemeralContainer'));
      findings.push(fieldForbidden(LIST, `existing ephemeral containers ${name} may not be changed\n${diff}`));
    }
  }
  return findings;
}
