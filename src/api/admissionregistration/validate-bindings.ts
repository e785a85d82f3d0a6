import { fieldDuplicate, fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, FieldPath, type FieldError } from '../../machinery/field-error.ts';
import { isDns1123Subdomain, isPathSegmentName } from '../../machinery/names.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { reportTexts, type Findings } from '../pod-template/findings.ts';
import type { MutatingBinding, ParamRef, ValidatingBinding } from './shapes.ts';
import { checkMatchResources, checkSelector } from './validate-match-rules.ts';

const SPEC = FieldPath.root('spec');
const EXCLUSIVE = 'name and selector are mutually exclusive';
const ACTIONS = ['Audit', 'Deny', 'Warn'];

export function validateMutatingBinding(object: KubeObject): FieldError[] {
  const findings: Findings = [];
  checkBindingSpec(findings, (object as MutatingBinding).spec ?? {});
  return findings;
}

export function validateValidatingBinding(object: KubeObject): FieldError[] {
  const findings: Findings = [];
  const { spec = {} } = object as ValidatingBinding;
  checkBindingSpec(findings, spec);
  checkActions(findings, spec.validationActions ?? [], SPEC.child('validationActions'));
  return findings;
}

/** What bindings of both kinds have in common. */
function checkBindingSpec(findings: Findings, spec: NonNullable<MutatingBinding['spec']>): void {
  const { policyName = '', paramRef, matchResources } = spec;
  if (policyName === '') findings.push(fieldRequired(SPEC.child('policyName')));
  else reportTexts(findings, SPEC.child('policyName'), policyName, isDns1123Subdomain(policyName));
  if (paramRef !== undefined) checkParamRef(findings, paramRef, SPEC.child('paramRef'));
  if (matchResources !== undefined) checkMatchResources(findings, matchResources, SPEC.child('matchResources'));
}

function checkParamRef(findings: Findings, paramRef: ParamRef, path: FieldPath): void {
  const { name = '', selector, parameterNotFoundAction = '' } = paramRef;
  if (name !== '') {
    reportTexts(findings, path.child('name'), name, isPathSegmentName(name));
    if (selector !== undefined) findings.push(fieldForbidden(path.child('name'), EXCLUSIVE));
  }
  if (selector !== undefined) {
    checkSelector(findings, selector, path.child('selector'));
    if (name !== '') findings.push(fieldForbidden(path.child('selector'), EXCLUSIVE));
  }
  if (name === '' && selector === undefined) findings.push(fieldRequired(path, 'one of name or selector must be specified'));
  const at = path.child('parameterNotFoundAction');
  if (parameterNotFoundAction === '') findings.push(fieldRequired(at));
  else if (parameterNotFoundAction !== 'Deny' && parameterNotFoundAction !== 'Allow') {
    findings.push(fieldNotSupported(at, parameterNotFoundAction, ['Deny', 'Allow']));
  }
}

function checkActions(findings: Findings, actions: readonly string[], path: FieldPath): void {
  const seen = new Set<string>();
  actions.forEach((action, i) => {
    if (!ACTIONS.includes(action)) findings.push(fieldNotSupported(path.index(i), action, ACTIONS));
    if (seen.has(action)) findings.push(fieldDuplicate(path.index(i), action));
    seen.add(action);
  });
  if (seen.has('Deny') && seen.has('Warn')) {
    findings.push(
      fieldInvalid(path, actions, 'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)'),
    );
  }
  if (seen.size === 0) findings.push(fieldRequired(path));
}
