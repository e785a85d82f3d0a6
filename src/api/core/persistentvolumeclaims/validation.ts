import { FieldPath, fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../../../machinery/field-error.ts';
import { cloneJson, equalJson } from '../../../machinery/json.ts';
import { isQualifiedName } from '../../../machinery/names.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { compareQuantity, isQuantity, parseQuantity, quantitySign } from '../../../machinery/quantity.ts';
import { reportTexts } from '../../pod-template/findings.ts';
import { isNativeResource } from '../../pod-template/resource-names.ts';
import { amountOf } from '../../pod-template/resource-list.ts';
import { unifiedDiff } from '../../pod-template/unified-diff.ts';
import { checkClaimSpec, shownClaimSpec, type ClaimSpec } from '../../pod-template/validate-claim-spec.ts';
import { sortedAmounts } from '../../pod-template/validate-resources.ts';
import { CLASS_ANNOTATION } from '../persistentvolumes/persistent-volume.ts';
import type { PersistentVolumeClaim } from './claim.ts';

const SPEC = FieldPath.root('spec');
const STATUS = FieldPath.root('status');
const RESIZE_STATUSES = ['ControllerResizeInProgress', 'ControllerResizeInfeasible', 'NodeResizeInProgress', 'NodeResizeInfeasible', 'NodeResizePending'];

export function validate(object: KubeObject): FieldError[] {
  const findings: FieldError[] = [];
  checkClaimSpec(findings, (object as PersistentVolumeClaim).spec ?? {}, SPEC);
  return findings;
}

/** A claim's spec is fixed, but that it is bound to a volume once, and may grow and change its attributes then. */
export function validateUpdate(object: KubeObject, oldObject: KubeObject): FieldError[] {
  const claim = object as PersistentVolumeClaim;
  const old = oldObject as PersistentVolumeClaim;
  const findings = validate(object);
  const now = cloneJson(claim.spec ?? {});
  const before = cloneJson(old.spec ?? {});
  if (!before.volumeName) before.volumeName = now.volumeName;
  allowClassChange(findings, { claim, old, now, before });
  if (claim.status?.phase === 'Bound') {
    if (now.resources?.requests !== undefined) now.resources.requests['storage'] = before.resources?.requests?.['storage'];
    now.volumeAttributesClassName = before.volumeAttributesClassName;
  }
  const shownBefore = shownClaimSpec(before);
  const shownNow = shownClaimSpec(now);
  if (!equalJson(shownBefore, shownNow)) {
    const text = 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';
    findings.push(fieldForbidden(SPEC, `${text}\n${unifiedDiff(shownBefore, shownNow)}`));
  }
  checkShrinking(findings, claim.spec ?? {}, old);
  if (claim.spec?.volumeMode !== old.spec?.volumeMode) findings.push(fieldInvalid('volumeMode', claim.spec?.volumeMode ?? null, 'field is immutable'));
  return findings;
}

interface ClassChange {
  readonly claim: PersistentVolumeClaim;
  readonly old: PersistentVolumeClaim;
  readonly now: ClaimSpec;
  readonly before: ClaimSpec;
}

/** A class may move from the annotation to the field, and a claim without one may be given one; else it stays. */
function allowClassChange(findings: FieldError[], { claim, old, now, before }: ClassChange): void {
  const annotation = claim.metadata.annotations?.[CLASS_ANNOTATION];
  const oldAnnotation = old.metadata.annotations?.[CLASS_ANNOTATION];
  const isUpgrade = oldAnnotation !== undefined && annotation === undefined && before.storageClassName === undefined && now.storageClassName === oldAnnotation;
  if (isUpgrade) {
    delete now.storageClassName;
    return;
  }
  if ((annotation ?? '') !== (oldAnnotation ?? '')) {
    findings.push(fieldInvalid(FieldPath.root('metadata').child('annotations', CLASS_ANNOTATION), annotation ?? '', 'field is immutable'));
  }
  if (before.storageClassName === undefined && now.storageClassName !== undefined && oldAnnotation === undefined) delete now.storageClassName;
}

/** A request may be taken back after a failed growth, but never to what the volume has already. */
function checkShrinking(findings: FieldError[], spec: ClaimSpec, old: PersistentVolumeClaim): void {
  const size = amountOf(spec.resources?.requests, 'storage');
  if (compareQuantity(size, amountOf(old.spec?.resources?.requests, 'storage')) >= 0) return;
  if (compareQuantity(size, amountOf(old.status?.capacity, 'storage')) <= 0) {
    findings.push(fieldForbidden(SPEC.child('resources', 'requests', 'storage'), 'field can not be less than status.capacity'));
  }
}

export function validateStatusUpdate(object: KubeObject): FieldError[] {
  const { spec, status = {} } = object as PersistentVolumeClaim;
  const findings: FieldError[] = [];
  if ((spec?.accessModes ?? []).length === 0) findings.push(fieldRequired('Spec.accessModes'));
  for (const [name, amount] of sortedAmounts(status.capacity)) checkAmount(findings, amount, STATUS.child('capacity').key(name));
  const statusesPath = STATUS.child('allocatedResourceStatuses');
  for (const name of Object.keys(status.allocatedResourceStatuses ?? {}).sort()) {
    checkName(findings, name, statusesPath);
    if (!RESIZE_STATUSES.includes(status.allocatedResourceStatuses?.[name] ?? '')) findings.push(fieldNotSupported(statusesPath, name, RESIZE_STATUSES));
  }
  const allocatedPath = STATUS.child('allocatedResources');
  for (const [name, amount] of sortedAmounts(status.allocatedResources)) {
    checkName(findings, name, allocatedPath);
    checkAmount(findings, amount, allocatedPath.key(name));
  }
  return findings;
}

function checkAmount(findings: FieldError[], amount: string, path: FieldPath): void {
  if (isQuantity(amount) && quantitySign(parseQuantity(amount)) < 0) findings.push(fieldInvalid(path, amount, 'must be a valid resource quantity'));
}

function checkName(findings: FieldError[], name: string, path: FieldPath): void {
  const texts = isQualifiedName(name);
  reportTexts(findings, path, name, texts);
  if (texts.length === 0 && isNativeResource(name) && name !== 'storage') findings.push(fieldNotSupported(path, name, ['storage']));
}
