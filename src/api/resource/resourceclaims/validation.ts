import { fieldForbidden, fieldInvalid, fieldRequired, FieldPath, type FieldError } from '../../../machinery/field-error.ts';
import { equalJson } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { Findings } from '../../pod-template/findings.ts';
import { internalForm } from '../../pod-template/internal-form.ts';
import { checkList } from '../check-list.ts';
import { CLAIM_LAYOUTS } from '../internal-layouts.ts';
import type { SelectorChecker } from '../selector-checker.ts';
import type { ClaimStatus, ResourceClaim } from '../shapes.ts';
import { checkClaimSpec, requestNamesOf } from '../validate-claim-spec.ts';
import { allocatedDevices, deviceIdentity } from './device-identity.ts';
import { checkAllocation } from './validate-allocation.ts';
import { checkDeviceStatus } from './validate-device-status.ts';

const SPEC = FieldPath.root('spec');
const STATUS = FieldPath.root('status');
const MAX_CONSUMERS = 256;

export function validateClaim(object: KubeObject, checker: SelectorChecker): FieldError[] {
  const findings: Findings = [];
  checkClaimSpec(findings, (object as ResourceClaim).spec ?? {}, SPEC, checker);
  return findings;
}

export function validateClaimUpdate(object: KubeObject, old: KubeObject, checker: SelectorChecker): FieldError[] {
  const findings: Findings = [];
  const { spec = {} } = object as ResourceClaim;
  if (!equalJson(spec, (old as ResourceClaim).spec ?? {})) {
    findings.push(fieldInvalid(SPEC, internalForm(spec, 'ResourceClaimSpec', CLAIM_LAYOUTS), 'field is immutable'));
  }
  checkClaimSpec(findings, spec, SPEC, checker);
  return findings;
}

export function validateStatusUpdate(object: KubeObject, oldObject: KubeObject): FieldError[] {
  const findings: Findings = [];
  const claim = object as ResourceClaim;
  const status = claim.status ?? {};
  const old = (oldObject as ResourceClaim).status ?? {};
  checkConsumers(findings, status);
  const allocated = allocatedDevices(status);
  checkList(findings, status.devices, STATUS.child('devices'), {
    key: deviceIdentity,
    check: (device, path) => checkDeviceStatus(findings, device, path, allocated),
  });
  checkReservations(findings, { status, old, deleted: claim.metadata.deletionTimestamp !== undefined });
  if (status.allocation === undefined) return findings;
  const path = STATUS.child('allocation');
  if (old.allocation !== undefined && !equalJson(status.allocation, old.allocation)) {
    findings.push(fieldInvalid(path, internalForm(status.allocation, 'AllocationResult', CLAIM_LAYOUTS), 'field is immutable'));
  }
  checkAllocation(findings, status.allocation, path, requestNamesOf(claim.spec?.devices ?? {}));
  return findings;
}

function checkConsumers(findings: Findings, status: ClaimStatus): void {
  checkList(findings, status.reservedFor, STATUS.child('reservedFor'), {
    max: MAX_CONSUMERS,
    key: (consumer) => consumer.uid ?? '',
    check(consumer, path) {
      for (const field of ['resource', 'name', 'uid'] as const) if (!consumer[field]) findings.push(fieldRequired(path.child(field)));
    },
  });
}

/** Only what is allocated can be reserved, and nobody joins in while the claim goes away. */
function checkReservations(findings: Findings, change: { readonly status: ClaimStatus; readonly old: ClaimStatus; readonly deleted: boolean }): void {
  const { status, old, deleted } = change;
  const reserved = status.reservedFor ?? [];
  if (reserved.length === 0) return;
  const path = STATUS.child('reservedFor');
  if (status.allocation === undefined) findings.push(fieldForbidden(path, 'may not be specified when `allocated` is not set'));
  else if (deleted && reserved.some((consumer) => !(old.reservedFor ?? []).some((known) => equalJson(known, consumer)))) {
    findings.push(fieldForbidden(path, 'new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set'));
  }
}
