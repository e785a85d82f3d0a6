/** The rules of a custom kind, for the generic registry: what its strategy does in Kubernetes. */
import type { KindRules } from '../../api/kind-rules.ts';
import type { FieldError } from '../../machinery/field-error.ts';
import { cloneJson, equalJson } from '../../machinery/json.ts';
import { isQualifiedName } from '../../machinery/names.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { forbidden } from '../../machinery/status-error.ts';
import type { CustomResourceKind } from './custom-resource-kind.ts';
import type { ServedVersion } from './served-version.ts';

/** Objects are judged by the version they state: the request's own, or the one they are stored in. */
export function customResourceRules(kind: CustomResourceKind, version: ServedVersion): KindRules {
  // Rules that ratcheting lets pass are found while validating and told afterwards.
  const ratcheted = new WeakMap<KubeObject, string[]>();
  const versionOf = (object: KubeObject): ServedVersion => kind.versionOf(object.apiVersion) ?? version;

  const validateUpdate = (object: KubeObject, old: KubeObject, only?: string): FieldError[] => {
    const warnings: string[] = [];
    const errors = versionOf(object).validate(object, { old, warn: (text) => warnings.push(text), ...(only !== undefined && { only }) });
    if (warnings.length > 0) ratcheted.set(object, warnings);
    return errors;
  };
  const warningsOnUpdate = (object: KubeObject, old: KubeObject): string[] => [
    ...finalizerWarnings(object, old.metadata.finalizers),
    ...(ratcheted.get(object) ?? []),
  ];

  return {
    tracksGeneration: true,
    allowCreateOnUpdate: false,
    allowUnconditionalUpdate: false,
    prepareForCreate(object) {
      if (kind.isTerminating) throw forbidden(kind, object.metadata.name ?? '', 'create not allowed while custom resource definition is terminating');
    },
    validate: (object) => versionOf(object).validate(object),
    warningsOnCreate: (object) => finalizerWarnings(object, []),
    prepareForUpdate(object, old) {
      // Without the status subresource, status is a field like any other.
      if (!version.hasStatus && !equalJson(object['status'], old['status'])) object.metadata.generation = (old.metadata.generation ?? 0) + 1;
    },
    validateUpdate: (object, old) => validateUpdate(object, old),
    warningsOnUpdate,
    status: {
      prepareForUpdate: keepMetadata,
      validateUpdate: (object, old) => validateUpdate(object, old, 'status'),
      warningsOnUpdate,
    },
    resetFields: { '': version.hasStatus ? [['status']] : [], status: [['metadata'], ['spec']] },
  };
}

/** The status endpoint changes nothing but status; that it did is still noted in managedFields. */
function keepMetadata(object: KubeObject, old: KubeObject): void {
  const { managedFields, resourceVersion } = object.metadata;
  object.metadata = {
    ...cloneJson(old.metadata),
    ...(resourceVersion !== undefined && { resourceVersion }),
    ...(managedFields !== undefined && { managedFields }),
  };
}

const STANDARD_FINALIZERS: ReadonlySet<string> = new Set(['orphan', 'foregroundDeletion']);

function finalizerWarnings(object: KubeObject, old: readonly string[] | undefined): string[] {
  const added = [...new Set(object.metadata.finalizers ?? [])].filter((finalizer) => old?.includes(finalizer) !== true).sort();
  return added.flatMap((finalizer) => {
    const texts = isQualifiedName(finalizer);
    if (!finalizer.includes('/') && !STANDARD_FINALIZERS.has(finalizer)) {
      texts.push('prefer a domain-qualified finalizer name to avoid accidental conflicts with other finalizer writers');
    }
    return texts.map((text) => `metadata.finalizers: ${JSON.stringify(finalizer)}: ${text}`);
  });
}
