import { fieldDuplicate, fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, FieldPath, type FieldError } from '../../../machinery/field-error.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { Findings } from '../../pod-template/findings.ts';
import { checkImmutable } from '../immutable.ts';
import type { CsiDriver, CsiDriverSpec } from '../shapes.ts';

const SPEC = FieldPath.root('spec');
const FS_GROUP_POLICIES = ['File', 'None', 'ReadWriteOnceWithFSType'];
const LIFECYCLE_MODES = ['Persistent', 'Ephemeral'];
const MIN_TOKEN_SECONDS = 600;
const MAX_TOKEN_SECONDS = 2 ** 32;
const MIN_ALLOCATABLE_UPDATE_SECONDS = 10;

export function validate(object: KubeObject): FieldError[] {
  const findings: Findings = [];
  checkSpec(findings, (object as CsiDriver).spec ?? {});
  return findings;
}

/** How volumes are attached and how long they live does not change; Kubernetes calls the former `attachedRequired`. */
export function validateUpdate(object: KubeObject, oldObject: KubeObject): FieldError[] {
  const spec = (object as CsiDriver).spec ?? {};
  const old = (oldObject as CsiDriver).spec ?? {};
  const findings = validate(object);
  checkImmutable(findings, SPEC.child('attachedRequired'), spec.attachRequired, old.attachRequired);
  checkImmutable(findings, SPEC.child('volumeLifecycleModes'), spec.volumeLifecycleModes, old.volumeLifecycleModes);
  return findings;
}

/** Tokens among the volume's attributes end up in logs more easily than those among its secrets. */
export function warnings(object: KubeObject): string[] {
  const { tokenRequests = [], serviceAccountTokenInSecrets } = (object as CsiDriver).spec ?? {};
  if (tokenRequests.length === 0 || serviceAccountTokenInSecrets !== undefined) return [];
  return ['spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes'];
}

function checkSpec(findings: Findings, spec: CsiDriverSpec): void {
  for (const [name, value] of [
    ['attachedRequired', spec.attachRequired],
    ['podInfoOnMount', spec.podInfoOnMount],
    ['storageCapacity', spec.storageCapacity],
  ] as const) {
    if (value === undefined) findings.push(fieldRequired(SPEC.child(name)));
  }
  if (spec.fsGroupPolicy !== undefined && !FS_GROUP_POLICIES.includes(spec.fsGroupPolicy)) {
    findings.push(fieldNotSupported(SPEC.child('fsGroupPolicy'), spec.fsGroupPolicy, FS_GROUP_POLICIES));
  }
  checkTokenRequests(findings, spec.tokenRequests ?? [], SPEC.child('tokenRequests'));
  for (const mode of spec.volumeLifecycleModes ?? []) {
    if (!LIFECYCLE_MODES.includes(mode)) findings.push(fieldNotSupported(SPEC.child('volumeLifecycleModes'), mode, LIFECYCLE_MODES));
  }
  if (spec.seLinuxMount === undefined) findings.push(fieldRequired(SPEC.child('seLinuxMount')));
  const period = spec.nodeAllocatableUpdatePeriodSeconds;
  if (period !== undefined && period < MIN_ALLOCATABLE_UPDATE_SECONDS) {
    findings.push(fieldInvalid(SPEC.child('nodeAllocatableUpdatePeriodSeconds'), period, 'must be greater than or equal to 10 seconds'));
  }
  if (spec.serviceAccountTokenInSecrets !== undefined && (spec.tokenRequests ?? []).length === 0) {
    findings.push(fieldForbidden(SPEC.child('serviceAccountTokenInSecrets'), 'must not be set when tokenRequests is not specified'));
  }
}

function checkTokenRequests(findings: Findings, requests: NonNullable<CsiDriverSpec['tokenRequests']>, path: FieldPath): void {
  const audiences = new Set<string>();
  requests.forEach(({ audience = '', expirationSeconds }, i) => {
    const at = path.index(i);
    if (audiences.has(audience)) {
      findings.push(fieldDuplicate(at.child('audience'), audience));
      return;
    }
    audiences.add(audience);
    if (expirationSeconds === undefined) return;
    if (expirationSeconds < MIN_TOKEN_SECONDS) {
      findings.push(fieldInvalid(at.child('expirationSeconds'), expirationSeconds, 'may not specify a duration less than 10 minutes'));
    }
    if (expirationSeconds > MAX_TOKEN_SECONDS) {
      findings.push(fieldInvalid(at.child('expirationSeconds'), expirationSeconds, 'may not specify a duration larger than 2^32 seconds'));
    }
  });
}
