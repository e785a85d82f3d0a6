import { FieldPath, fieldInvalid, type FieldError } from '../../../machinery/field-error.ts';
import { cloneJson } from '../../../machinery/json.ts';
import { nameIsDnsLabel } from '../../../machinery/names.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { validateFinalizers } from '../../../machinery/object-meta-validation.ts';
import type { KindRules } from '../../kind-rules.ts';
import { ageOf } from '../../pod-template/age.ts';

interface Namespace extends KubeObject {
  spec?: { finalizers?: string[] };
  status?: { phase?: string };
}

/** So that selectors can name a namespace. */
const NAME_LABEL = 'kubernetes.io/metadata.name';
/** Held until the namespace's content is gone. */
const FINALIZER = 'kubernetes';
const FINALIZERS = FieldPath.root('spec').child('finalizers');

export const rules: KindRules = {
  validateName: nameIsDnsLabel,
  defaults(object) {
    labelWithName(object);
  },
  prepareForCreate(object) {
    const namespace = object as Namespace;
    labelWithName(object);
    namespace.status = { phase: 'Active' };
    const finalizers = namespace.spec?.finalizers ?? [];
    namespace.spec = { ...namespace.spec, finalizers: finalizers.includes(FINALIZER) ? finalizers : [...finalizers, FINALIZER] };
  },
  canonicalize: labelWithName,
  validate: validateSpecFinalizers,
  prepareForUpdate(object, oldObject) {
    const { spec } = oldObject as Namespace;
    (object as Namespace).spec = cloneJson(spec ?? {});
  },
  status: { validateUpdate: validateStatusUpdate },
  subresources: {
    finalize: {
      prepareForUpdate(object, oldObject) {
        const { status } = oldObject as Namespace;
        (object as Namespace).status = cloneJson(status ?? {});
      },
      validateUpdate: (object) => validateSpecFinalizers(object),
    },
  },
  selectableFields: {
    'status.phase': (object) => (object as Namespace).status?.phase ?? '',
  },
  beginDeletion(object) {
    const namespace = object as Namespace;
    namespace.status = { ...namespace.status, phase: 'Terminating' };
  },
  heldInDeletion: (object) => ((object as Namespace).spec?.finalizers ?? []).length > 0,
  cells: (object, { nowMs }) => [object.metadata.name ?? '', (object as Namespace).status?.phase ?? '', ageOf(object, nowMs)],
};

function labelWithName(object: KubeObject): void {
  const { name } = object.metadata;
  if (name) object.metadata.labels = { ...object.metadata.labels, [NAME_LABEL]: name };
}

function validateSpecFinalizers(object: KubeObject): FieldError[] {
  const finalizers = (object as Namespace).spec?.finalizers ?? [];
  return finalizers.flatMap((name, i) => (name === FINALIZER ? [] : validateFinalizers([name], FINALIZERS.index(i))));
}

function validateStatusUpdate(object: KubeObject): FieldError[] {
  const phase = (object as Namespace).status?.phase ?? '';
  const path = FieldPath.root('status').child('Phase');
  if (object.metadata.deletionTimestamp === undefined) {
    return phase === 'Active' ? [] : [fieldInvalid(path, phase, "may only be 'Active' if `deletionTimestamp` is empty")];
  }
  return phase === 'Terminating' ? [] : [fieldInvalid(path, phase, "may only be 'Terminating' if `deletionTimestamp` is not empty")];
}
