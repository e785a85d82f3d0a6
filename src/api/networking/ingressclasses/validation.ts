import { FieldPath, fieldForbidden, fieldInvalid, fieldRequired, fieldTooLong, type FieldError } from '../../../machinery/field-error.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { checkDomainPrefixedPath } from '../../batch/domain-prefixed-path.ts';
import { checkDnsLabel, checkOneOf } from '../../pod-template/findings.ts';
import { checkTypedReference } from '../typed-reference.ts';
import type { IngressClass } from './ingress-class.ts';

type Parameters = NonNullable<NonNullable<IngressClass['spec']>['parameters']>;

const CONTROLLER = FieldPath.root('spec').child('controller');
const PARAMETERS = FieldPath.root('spec').child('parameters');
const MAX_CONTROLLER_LENGTH = 250;

export function validate(object: KubeObject): FieldError[] {
  const { controller = '', parameters } = (object as IngressClass).spec ?? {};
  const findings: FieldError[] = [];
  if (Buffer.byteLength(controller) > MAX_CONTROLLER_LENGTH) findings.push(fieldTooLong(CONTROLLER, MAX_CONTROLLER_LENGTH));
  checkDomainPrefixedPath(findings, CONTROLLER, controller);
  if (parameters !== undefined) checkParameters(findings, parameters);
  return findings;
}

export function validateUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const findings = validate(object);
  const { controller = '' } = (object as IngressClass).spec ?? {};
  if (controller !== ((old as IngressClass).spec?.controller ?? '')) findings.push(fieldInvalid(CONTROLLER, controller, 'field is immutable'));
  return findings;
}

function checkParameters(findings: FieldError[], parameters: Parameters): void {
  checkTypedReference(findings, parameters, PARAMETERS);
  const { scope, namespace } = parameters;
  if (scope === undefined) {
    findings.push(fieldRequired(PARAMETERS.child('scope')));
    return;
  }
  const namespacePath = PARAMETERS.child('namespace');
  checkOneOf(findings, PARAMETERS.child('scope'), scope, ['Cluster', 'Namespace']);
  if (scope === 'Namespace') {
    if (namespace === undefined) findings.push(fieldRequired(namespacePath, "`parameters.scope` is set to 'Namespace'"));
    else checkDnsLabel(findings, namespacePath, namespace);
  }
  if (scope === 'Cluster' && namespace !== undefined) findings.push(fieldForbidden(namespacePath, "`parameters.scope` is set to 'Cluster'"));
}
