import { FieldPath, fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../../../machinery/field-error.ts';
import { equalJson } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { isQuantity, parseQuantity, quantitySign } from '../../../machinery/quantity.ts';
import { checkDnsSubdomain, checkOneOf } from '../../pod-template/findings.ts';
import { internalForm } from '../../pod-template/internal-form.ts';
import { unifiedDiff } from '../../pod-template/unified-diff.ts';
import { checkNodeSelector } from '../../pod-template/validate-affinity.ts';
import { checkAccessModes } from '../../pod-template/validate-claim-spec.ts';
import { sortedAmounts } from '../../pod-template/validate-resources.ts';
import type { PersistentVolume, PersistentVolumeSpec } from './persistent-volume.ts';
import { persistentSourceChecks } from './source-checks.ts';

const SPEC = FieldPath.root('spec');

export function validate(object: KubeObject): FieldError[] {
  const spec = (object as PersistentVolume).spec ?? {};
  const findings: FieldError[] = [];
  const modes = spec.accessModes ?? [];
  if (modes.length === 0) findings.push(fieldRequired(SPEC.child('accessModes')));
  checkAccessModes(findings, modes, SPEC.child('accessModes'));
  checkCapacity(findings, spec);
  if (spec.persistentVolumeReclaimPolicy) {
    checkOneOf(findings, SPEC.child('persistentVolumeReclaimPolicy'), spec.persistentVolumeReclaimPolicy, ['Delete', 'Recycle', 'Retain']);
  }
  const required = spec.nodeAffinity?.required;
  const affinityPath = SPEC.child('nodeAffinity');
  if (spec.nodeAffinity !== undefined && required === undefined) findings.push(fieldRequired(affinityPath.child('required'), 'must specify required node constraints'));
  if (required !== undefined) checkNodeSelector(findings, required, affinityPath.child('required'));
  checkSource(findings, spec);
  if (spec.hostPath?.path !== undefined && /^\/+(?:\.?\/*)*$/.test(spec.hostPath.path) && spec.persistentVolumeReclaimPolicy === 'Recycle') {
    findings.push(fieldForbidden(SPEC.child('persistentVolumeReclaimPolicy'), "may not be 'recycle' for a hostPath mount of '/'"));
  }
  if (spec.storageClassName) checkDnsSubdomain(findings, SPEC.child('storageClassName'), spec.storageClassName);
  if (spec.volumeMode !== undefined) checkOneOf(findings, SPEC.child('volumeMode'), spec.volumeMode, ['Block', 'Filesystem']);
  const attributes = spec.volumeAttributesClassName;
  if (attributes === '') findings.push(fieldRequired(SPEC.child('volumeAttributesClassName'), 'an empty string is disallowed'));
  else if (attributes !== undefined) {
    checkDnsSubdomain(findings, SPEC.child('volumeAttributesClassName'), attributes);
    if (spec.csi === undefined) findings.push(fieldRequired(SPEC.child('csi'), 'has to be specified when using volumeAttributesClassName'));
  }
  return findings;
}

/** Storage, and nothing else. */
function checkCapacity(findings: FieldError[], spec: PersistentVolumeSpec): void {
  const path = SPEC.child('capacity');
  const amounts = sortedAmounts(spec.capacity);
  if (amounts.length === 0) findings.push(fieldRequired(path));
  if (amounts.length !== 1 || amounts[0]?.[0] !== 'storage') findings.push(fieldNotSupported(path, spec.capacity ?? null, ['storage']));
  for (const [name, amount] of amounts) {
    if (!isQuantity(amount)) continue;
    if (quantitySign(parseQuantity(amount)) < 0) findings.push(fieldInvalid(path.key(name), amount, 'must be a valid resource quantity'));
    if (quantitySign(parseQuantity(amount)) <= 0) findings.push(fieldInvalid(path.key(name), amount, 'must be greater than zero'));
  }
}

function checkSource(findings: FieldError[], spec: PersistentVolumeSpec): void {
  let sources = 0;
  for (const [field, check] of persistentSourceChecks) {
    if (spec[field] === undefined) continue;
    if (sources > 0) findings.push(fieldForbidden(SPEC.child(field), 'may not specify more than 1 volume type'));
    else check(findings, spec, SPEC.child(field));
    sources++;
  }
  if (sources === 0) findings.push(fieldRequired(SPEC, 'must specify a volume type'));
}

export function validateUpdate(object: KubeObject, oldObject: KubeObject): FieldError[] {
  const spec = (object as PersistentVolume).spec ?? {};
  const old = (oldObject as PersistentVolume).spec ?? {};
  const findings = validate(object);
  const before = internalForm(sourcesOf(old), 'PersistentVolumeSource');
  const after = internalForm(sourcesOf(withSettableSecrets(spec, old)), 'PersistentVolumeSource');
  if (!equalJson(before, after)) {
    findings.push(fieldForbidden(SPEC.child('persistentvolumesource'), `spec.persistentvolumesource is immutable after creation\n${unifiedDiff(before, after)}`));
  }
  if (spec.volumeMode !== old.volumeMode) findings.push(fieldInvalid('volumeMode', spec.volumeMode ?? null, 'field is immutable'));
  if (old.nodeAffinity !== undefined && !equalJson(spec.nodeAffinity, old.nodeAffinity)) {
    const shown = spec.nodeAffinity === undefined ? null : internalForm(spec.nodeAffinity, 'VolumeNodeAffinity');
    findings.push(fieldInvalid('nodeAffinity', shown, 'field is immutable'));
  }
  return findings;
}

function sourcesOf(spec: PersistentVolumeSpec): Record<string, unknown> {
  return Object.fromEntries(persistentSourceChecks.map(([field]) => [field, spec[field]]));
}

/** Secrets for growing a volume may be given later than the volume. */
function withSettableSecrets(spec: PersistentVolumeSpec, old: PersistentVolumeSpec): PersistentVolumeSpec {
  if (spec.csi === undefined || old.csi === undefined) return spec;
  const csi = { ...spec.csi };
  for (const field of ['controllerExpandSecretRef', 'nodeExpandSecretRef'] as const) if (old.csi[field] === undefined) delete csi[field];
  return { ...spec, csi };
}
