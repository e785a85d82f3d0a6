import { fieldInvalid, fieldNotSupported, fieldRequired, FieldPath, type FieldError } from '../../../machinery/field-error.ts';
import { equalJson } from '../../../machinery/json.ts';
import { isDns1123Subdomain } from '../../../machinery/names.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { reportTexts, type Findings } from '../../pod-template/findings.ts';
import { internalForm } from '../../pod-template/internal-form.ts';
import { FLOW_LAYOUTS } from '../internal-layouts.ts';
import { EXEMPT, MANDATORY_FLOW_SCHEMAS } from '../mandatory.ts';
import type { FlowSchema, FlowSchemaSpec } from '../shapes.ts';
import { validateStatus } from '../validate-status.ts';
import { checkRule } from './validate-rules.ts';

const SPEC = FieldPath.root('spec');
const MAX_PRECEDENCE = 10_000;
const DISTINGUISHER_METHODS = ['ByNamespace', 'ByUser'];

export function validate(object: KubeObject): FieldError[] {
  const findings: Findings = [];
  const { metadata, spec = {} } = object as FlowSchema;
  const name = metadata.name ?? '';
  checkSpec(findings, spec, name);
  const fixed = MANDATORY_FLOW_SCHEMAS.get(name);
  if (fixed !== undefined && !equalJson(spec, fixed)) {
    findings.push(fieldInvalid(SPEC, internalForm(spec, 'FlowSchemaSpec', FLOW_LAYOUTS), `spec of '${name}' must equal the fixed value`));
  }
  return [...findings, ...validateStatus(object)];
}

function checkSpec(findings: Findings, spec: FlowSchemaSpec, name: string): void {
  const precedence = spec.matchingPrecedence ?? 0;
  const at = SPEC.child('matchingPrecedence');
  if (precedence <= 0) findings.push(fieldInvalid(at, precedence, 'must be a positive value'));
  if (precedence > MAX_PRECEDENCE) findings.push(fieldInvalid(at, precedence, `must not be greater than ${MAX_PRECEDENCE}`));
  if (precedence === 1 && name !== EXEMPT) findings.push(fieldInvalid(at, precedence, "only the schema named 'exempt' may have matchingPrecedence 1"));
  const method = spec.distinguisherMethod;
  if (method !== undefined && !DISTINGUISHER_METHODS.includes(method.type ?? '')) {
    findings.push(fieldNotSupported(SPEC.child('distinguisherMethod', 'type'), internalForm(method, 'DistinguisherMethod', FLOW_LAYOUTS), DISTINGUISHER_METHODS));
  }
  const level = spec.priorityLevelConfiguration?.name ?? '';
  const levelPath = SPEC.child('priorityLevelConfiguration', 'name');
  if (level === '') findings.push(fieldRequired(levelPath, 'must reference a priority level'));
  else reportTexts(findings, levelPath, level, isDns1123Subdomain(level));
  (spec.rules ?? []).forEach((rule, i) => checkRule(findings, rule, SPEC.child('rules').index(i)));
}
