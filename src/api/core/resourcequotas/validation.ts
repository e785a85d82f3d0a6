import { FieldPath, fieldInvalid, fieldRequired, type FieldError } from '../../../machinery/field-error.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { Loose, ResourceList } from '../../pod-template/shapes.ts';
import { isStandardQuotaResource } from '../../pod-template/resource-names.ts';
import { checkAmount, checkResourceName, sortedAmounts } from '../../pod-template/validate-resources.ts';
import type * as v1 from '../../types/generated/core-v1.ts';

export interface ResourceQuota extends KubeObject {
  spec?: Loose<v1.ResourceQuotaSpec>;
  status?: { hard?: ResourceList; used?: ResourceList };
}
type Spec = NonNullable<ResourceQuota['spec']>;

const SPEC = FieldPath.root('spec');
const STATUS = FieldPath.root('status');
const EXISTENCE_SCOPES = ['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'CrossNamespacePodAffinity'];
const SCOPES = new Set([...EXISTENCE_SCOPES, 'PriorityClass', 'VolumeAttributesClass']);
const COMPUTE = new Set(['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory', 'pods']);
const CONFLICTS = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const;

export function validate(object: KubeObject): FieldError[] {
  const { spec = {}, status = {} } = object as ResourceQuota;
  const findings: FieldError[] = [];
  checkAmounts(findings, spec.hard, SPEC.child('hard'));
  checkScopes(findings, spec);
  checkScopeSelector(findings, spec);
  checkAmounts(findings, status.hard, STATUS.child('hard'));
  checkAmounts(findings, status.used, STATUS.child('used'));
  return findings;
}

export function validateUpdate(object: KubeObject, oldObject: KubeObject): FieldError[] {
  const findings = validate({ ...object, status: {} });
  const now = [...((object as ResourceQuota).spec?.scopes ?? [])].sort();
  const before = [...((oldObject as ResourceQuota).spec?.scopes ?? [])].sort();
  if (now.join(',') !== before.join(',')) findings.push(fieldInvalid(SPEC.child('scopes'), now, 'field is immutable'));
  return findings;
}

export function validateStatusUpdate(object: KubeObject): FieldError[] {
  const { status = {} } = object as ResourceQuota;
  const findings: FieldError[] = [];
  checkAmounts(findings, status.hard, STATUS.child('hard'));
  checkAmounts(findings, status.used, STATUS.child('used'));
  return findings;
}

function checkAmounts(findings: FieldError[], list: ResourceList | undefined, path: FieldPath): void {
  for (const [name, amount] of sortedAmounts(list)) {
    const amountPath = path.key(name);
    checkResourceName(findings, name, amountPath);
    if (!name.includes('/') && !isStandardQuotaResource(name)) findings.push(fieldInvalid(amountPath, name, 'must be a standard resource for quota'));
    checkAmount(findings, name, amount, amountPath);
  }
}

/** Pods without any requests are counted, not measured; other scopes narrow any compute resource. */
function isValidForResource(scope: string, resource: string): boolean {
  switch (scope) {
    case 'BestEffort':
      return resource === 'pods';
    case 'Terminating':
    case 'NotTerminating':
    case 'NotBestEffort':
    case 'PriorityClass':
    case 'CrossNamespacePodAffinity':
      return COMPUTE.has(resource);
    default:
      return true;
  }
}

function checkScopes(findings: FieldError[], spec: Spec): void {
  const scopes = spec.scopes ?? [];
  const path = SPEC.child('scopes');
  for (const scope of scopes) {
    if (!SCOPES.has(scope)) findings.push(fieldInvalid(path, scopes, 'unsupported scope'));
    for (const [name] of sortedAmounts(spec.hard)) {
      if (isStandardQuotaResource(name) && !isValidForResource(scope, name)) findings.push(fieldInvalid(path, scopes, 'unsupported scope applied to resource'));
    }
  }
  for (const pair of CONFLICTS) if (pair.every((scope) => scopes.includes(scope))) findings.push(fieldInvalid(path, scopes, 'conflicting scopes'));
}

function checkScopeSelector(findings: FieldError[], spec: Spec): void {
  const requirements = spec.scopeSelector?.matchExpressions ?? [];
  const path = SPEC.child('scopeSelector', 'matchExpressions');
  for (const requirement of requirements) {
    const scope = requirement.scopeName ?? '';
    const operator = requirement.operator ?? '';
    const values = requirement.values ?? [];
    if (!SCOPES.has(scope)) findings.push(fieldInvalid(path.child('scopeName'), scope, 'unsupported scope'));
    for (const [name] of sortedAmounts(spec.hard)) {
      if (isStandardQuotaResource(name) && !isValidForResource(scope, name)) findings.push(fieldInvalid(path, spec.scopeSelector, 'unsupported scope applied to resource'));
    }
    if (EXISTENCE_SCOPES.includes(scope) && operator !== 'Exists') {
      const text =
        "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";
      findings.push(fieldInvalid(path.child('operator'), operator, text));
    }
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0) findings.push(fieldRequired(path.child('values'), "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"));
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0) findings.push(fieldInvalid(path.child('values'), values, "must be no value when `operator` is 'Exists' or 'DoesNotExist' for scope selector"));
    } else {
      findings.push(fieldInvalid(path.child('operator'), operator, 'not a valid selector operator'));
    }
  }
  const scopes = requirements.map((requirement) => requirement.scopeName);
  for (const pair of CONFLICTS) if (pair.every((scope) => scopes.includes(scope))) findings.push(fieldInvalid(path, requirements, 'conflicting scopes'));
}
