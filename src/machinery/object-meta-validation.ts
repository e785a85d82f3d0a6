import { fieldForbidden, fieldInvalid, fieldRequired, fieldTooLong, FieldPath, type FieldError } from './field-error.ts';
import { compareBytes, describeRune, formatGoStringSlice, isPrintable } from './go-format.ts';
import { parseApiVersion } from './group-version.ts';
import { validateLabels } from './label-validation.ts';
import { isDns1123Label, isQualifiedName, nameIsDnsSubdomain, type ValidateName } from './names.ts';
import type { ManagedFieldsEntry, ObjectMeta, OwnerReference } from './object-meta.ts';

/** All keys and values of an object's annotations together, in bytes. */
export const TOTAL_ANNOTATION_SIZE_LIMIT = 256 * 1024;
const FIELD_MANAGER_MAX_LENGTH = 128;
const SUBRESOURCE_NAME_MAX_LENGTH = 256;
const FIELD_IMMUTABLE = 'field is immutable';
const FINALIZER_ORPHAN = 'orphan';
const FINALIZER_FOREGROUND = 'foregroundDeletion';
const STANDARD_FINALIZERS: ReadonlySet<string> = new Set(['kubernetes', FINALIZER_ORPHAN, FINALIZER_FOREGROUND]);

type Meta = Readonly<ObjectMeta>;

export interface ValidateObjectMetaOptions {
  readonly namespaced: boolean;
  /** Default: a DNS subdomain. */
  readonly validateName?: ValidateName;
  /** Default `metadata`. */
  readonly path?: FieldPath;
  /** Finalizers without a domain must be Kubernetes' own: the rule of built-in kinds. Default false. */
  readonly standardFinalizers?: boolean;
}

/** Findings about the metadata of an object that is to be created, in Kubernetes' order. */
export function validateObjectMeta(meta: Meta, options: ValidateObjectMetaOptions): FieldError[] {
  const path = options.path ?? FieldPath.root('metadata');
  return [
    ...nameFindings(meta, options.validateName ?? nameIsDnsSubdomain, path),
    ...namespaceFindings(meta, options.namespaced, path.child('namespace')),
    ...((meta.generation ?? 0) < 0 ? [fieldInvalid(path.child('generation'), meta.generation, 'must be greater than or equal to 0')] : []),
    ...validateLabels(meta.labels, path.child('labels')),
    ...validateAnnotations(meta.annotations, path.child('annotations')),
    ...validateOwnerReferences(meta.ownerReferences, path.child('ownerReferences')),
    ...validateFinalizers(meta.finalizers, path.child('finalizers')),
    ...validateManagedFields(meta.managedFields, path.child('managedFields')),
    ...(options.standardFinalizers === true ? standardFinalizerFindings(meta.finalizers, path.child('finalizers')) : []),
  ];
}

function nameFindings(meta: Meta, validateName: ValidateName, path: FieldPath): FieldError[] {
  const name = meta.name ?? '';
  const generateName = meta.generateName ?? '';
  const findings: FieldError[] = [];
  if (generateName !== '') {
    for (const text of validateName(generateName, true)) findings.push(fieldInvalid(path.child('generateName'), generateName, text));
  }
  if (name === '') findings.push(fieldRequired(path.child('name'), 'name or generateName is required'));
  else for (const text of validateName(name, false)) findings.push(fieldInvalid(path.child('name'), name, text));
  return findings;
}

function namespaceFindings(meta: Meta, namespaced: boolean, path: FieldPath): FieldError[] {
  const namespace = meta.namespace ?? '';
  if (!namespaced) return namespace === '' ? [] : [fieldForbidden(path, 'not allowed on this type')];
  if (namespace === '') return [fieldRequired(path)];
  return isDns1123Label(namespace).map((text) => fieldInvalid(path, namespace, text));
}

/**
 * Fills in what a writer may leave out of an update, and takes back what no writer may change: uid, creation time,
 * deletion time and grace period. `meta` is the caller's own and is changed.
 */
export function inheritObjectMeta(meta: ObjectMeta, old: Meta): void {
  if ((meta.uid ?? '') === '' && old.uid !== undefined) meta.uid = old.uid;
  if (old.creationTimestamp !== undefined) meta.creationTimestamp = old.creationTimestamp;
  if (old.deletionTimestamp !== undefined) meta.deletionTimestamp = old.deletionTimestamp;
  if (meta.deletionGracePeriodSeconds === undefined && old.deletionGracePeriodSeconds !== undefined) {
    meta.deletionGracePeriodSeconds = old.deletionGracePeriodSeconds;
  }
}

export interface ValidateObjectMetaUpdateOptions {
  /** Default `metadata`. */
  readonly path?: FieldPath;
  /** As in ValidateObjectMetaOptions. */
  readonly standardFinalizers?: boolean;
}

/** Findings about an update of metadata that went through `inheritObjectMeta`, in Kubernetes' order. */
export function validateObjectMetaUpdate(meta: Meta, old: Meta, options: ValidateObjectMetaUpdateOptions = {}): FieldError[] {
  const path = options.path ?? FieldPath.root('metadata');
  const findings: FieldError[] = [];
  if (old.deletionTimestamp !== undefined) findings.push(...newFinalizerFindings(meta, old, path.child('finalizers')));
  if ((meta.resourceVersion ?? '') === '') {
    findings.push(fieldInvalid(path.child('resourceVersion'), meta.resourceVersion ?? '', 'must be specified for an update'));
  }
  if ((meta.generation ?? 0) < (old.generation ?? 0)) {
    findings.push(fieldInvalid(path.child('generation'), meta.generation ?? 0, 'must not be decremented'));
  }
  for (const field of ['name', 'namespace', 'uid'] as const) {
    if ((meta[field] ?? '') !== (old[field] ?? '')) findings.push(fieldInvalid(path.child(field), meta[field] ?? '', FIELD_IMMUTABLE));
  }
  for (const field of ['creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const) {
    if (meta[field] !== old[field]) findings.push(fieldInvalid(path.child(field), meta[field], FIELD_IMMUTABLE));
  }
  findings.push(
    ...validateLabels(meta.labels, path.child('labels')),
    ...validateAnnotations(meta.annotations, path.child('annotations')),
    ...validateOwnerReferences(meta.ownerReferences, path.child('ownerReferences')),
    ...validateManagedFields(meta.managedFields, path.child('managedFields')),
  );
  if (options.standardFinalizers === true) findings.push(...standardFinalizerFindings(meta.finalizers, path.child('finalizers')));
  return findings;
}

function newFinalizerFindings(meta: Meta, old: Meta, path: FieldPath): FieldError[] {
  const known = new Set(old.finalizers);
  const added = [...new Set(meta.finalizers)].filter((finalizer) => !known.has(finalizer)).sort(compareBytes);
  if (added.length === 0) return [];
  return [fieldForbidden(path, `no new finalizers can be added if the object is being deleted, found new finalizers ${formatGoStringSlice(added)}`)];
}

/** Keys are qualified names whose case does not matter; all together have a size limit. */
export function validateAnnotations(annotations: Readonly<Record<string, string>> | undefined, path: FieldPath): FieldError[] {
  if (annotations === undefined) return [];
  const findings: FieldError[] = [];
  let size = 0;
  for (const [key, value] of Object.entries(annotations)) {
    for (const text of isQualifiedName(key.toLowerCase())) findings.push(fieldInvalid(path, key, text));
    size += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (size > TOTAL_ANNOTATION_SIZE_LIMIT) findings.push(fieldTooLong(path, TOTAL_ANNOTATION_SIZE_LIMIT));
  return findings;
}

/** Every finding has the list's own path, as in Kubernetes. */
export function validateOwnerReferences(references: readonly OwnerReference[] | undefined, path: FieldPath): FieldError[] {
  if (references === undefined) return [];
  const findings: FieldError[] = [];
  let controller: string | undefined;
  for (const reference of references) {
    findings.push(...ownerReferenceFindings(reference, path));
    if (reference.controller !== true) continue;
    const name = `${reference.kind}/${reference.name}`;
    if (controller === undefined) {
      controller = name;
    } else {
      const text = `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${name}`;
      findings.push(fieldInvalid(path, references.map(shownOwnerReference), text));
    }
  }
  return findings;
}

function ownerReferenceFindings(reference: OwnerReference, path: FieldPath): FieldError[] {
  const shown = shownOwnerReference(reference);
  const version = parseApiVersion(shown.apiVersion);
  const findings: FieldError[] = [];
  if (version === undefined || version.version === '') findings.push(fieldInvalid(path.child('apiVersion'), shown.apiVersion, 'version must not be empty'));
  for (const field of ['kind', 'name', 'uid'] as const) {
    if (shown[field] === '') findings.push(fieldInvalid(path.child(field), '', 'must not be empty'));
  }
  if (version?.group === '' && version.version === 'v1' && shown.kind === 'Event') {
    findings.push(fieldInvalid(path, shown, '/v1, Kind=Event is disallowed from being an owner'));
  }
  return findings;
}

/** The reference as messages show it: its fields in the type's order. */
function shownOwnerReference(reference: OwnerReference): OwnerReference {
  const { apiVersion, kind, name, uid, controller, blockOwnerDeletion } = reference as Partial<OwnerReference>;
  return {
    apiVersion: apiVersion ?? '',
    kind: kind ?? '',
    name: name ?? '',
    uid: uid ?? '',
    ...(controller === undefined ? {} : { controller }),
    ...(blockOwnerDeletion === undefined ? {} : { blockOwnerDeletion }),
  };
}

export function validateFinalizers(finalizers: readonly string[] | undefined, path: FieldPath): FieldError[] {
  if (finalizers === undefined) return [];
  const findings = finalizers.flatMap((finalizer) => isQualifiedName(finalizer).map((text) => fieldInvalid(path, finalizer, text)));
  if (finalizers.includes(FINALIZER_ORPHAN) && finalizers.includes(FINALIZER_FOREGROUND)) {
    findings.push(fieldInvalid(path, finalizers, `finalizer ${FINALIZER_ORPHAN} and ${FINALIZER_FOREGROUND} cannot be both set`));
  }
  return findings;
}

function standardFinalizerFindings(finalizers: readonly string[] | undefined, path: FieldPath): FieldError[] {
  return (finalizers ?? []).flatMap((finalizer, i) =>
    finalizer.includes('/') || STANDARD_FINALIZERS.has(finalizer)
      ? []
      : [fieldInvalid(path.index(i), finalizer, 'name is neither a standard finalizer name nor is it fully qualified')],
  );
}

export function validateManagedFields(entries: readonly ManagedFieldsEntry[] | undefined, path: FieldPath): FieldError[] {
  return (entries ?? []).flatMap((entry, i) => {
    const at = path.index(i);
    const findings: FieldError[] = [];
    if (entry.operation !== 'Apply' && entry.operation !== 'Update') {
      findings.push(fieldInvalid(at.child('operation'), entry.operation ?? '', 'must be `Apply` or `Update`'));
    }
    const fieldsType: string = entry.fieldsType ?? '';
    if (fieldsType !== '' && fieldsType !== 'FieldsV1') findings.push(fieldInvalid(at.child('fieldsType'), fieldsType, 'must be `FieldsV1`'));
    findings.push(...validateFieldManager(entry.manager ?? '', at.child('manager')));
    if (Buffer.byteLength(entry.subresource ?? '') > SUBRESOURCE_NAME_MAX_LENGTH) {
      findings.push(fieldTooLong(at.child('subresource'), SUBRESOURCE_NAME_MAX_LENGTH));
    }
    return findings;
  });
}

/** Findings about the name of a field manager, as it stands in a request's options and in managed fields. */
export function validateFieldManager(manager: string, path: FieldPath): FieldError[] {
  const findings: FieldError[] = [];
  if (Buffer.byteLength(manager) > FIELD_MANAGER_MAX_LENGTH) findings.push(fieldTooLong(path, FIELD_MANAGER_MAX_LENGTH));
  let position = 0;
  for (const char of manager) {
    const codePoint = char.codePointAt(0) ?? 0;
    if (!isPrintable(codePoint)) {
      findings.push(fieldInvalid(path, manager, `invalid character ${describeRune(codePoint)} (at position ${position})`));
    }
    position += Buffer.byteLength(char);
  }
  return findings;
}
