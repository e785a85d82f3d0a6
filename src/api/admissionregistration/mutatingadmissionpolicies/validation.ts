import { fieldInvalid, fieldNotSupported, fieldRequired, FieldPath, type FieldError } from '../../../machinery/field-error.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { checkRequiredOneOf, type Findings } from '../../pod-template/findings.ts';
import type { ExpressionChecker, ExpressionSession } from '../expressions.ts';
import type { Mutation, MutatingPolicy } from '../shapes.ts';
import { OPERATIONS } from '../validate-match-rules.ts';
import { checkPolicySpec } from '../validate-policies.ts';

const SPEC = FieldPath.root('spec');
const REINVOCATION_POLICIES = ['IfNeeded', 'Never'];
const PATCH_TYPES = ['ApplyConfiguration', 'JSONPatch'];
/** There is nothing to change in what goes away. */
const MUTATING_OPERATIONS = OPERATIONS.filter((operation) => operation !== 'DELETE');

export function validatePolicy(object: KubeObject, old: KubeObject | undefined, checker: ExpressionChecker): FieldError[] {
  const findings: Findings = [];
  const { spec = {} } = object as MutatingPolicy;
  const session = checkPolicySpec(findings, spec, SPEC, { checker, old: (old as MutatingPolicy | undefined)?.spec });
  for (const rule of spec.matchConstraints?.resourceRules ?? []) {
    if ((rule.operations ?? []).includes('DELETE')) {
      findings.push(fieldNotSupported(SPEC.child('matchConstraints', 'resourceRules', 'operations'), 'DELETE', MUTATING_OPERATIONS));
    }
  }
  const mutations = spec.mutations ?? [];
  if (mutations.length === 0) findings.push(fieldRequired(SPEC.child('mutations'), 'mutations must contain at least one item'));
  mutations.forEach((mutation, i) => checkMutation(findings, mutation, SPEC.child('mutations').index(i), session));
  checkRequiredOneOf(findings, SPEC.child('reinvocationPolicy'), spec.reinvocationPolicy, REINVOCATION_POLICIES);
  return findings;
}

/** The patch type names the one member that is set. */
function checkMutation(findings: Findings, mutation: Mutation, path: FieldPath, session: ExpressionSession): void {
  const { patchType = '' } = mutation;
  checkRequiredOneOf(findings, path.child('patchType'), patchType, PATCH_TYPES);
  if (patchType === 'ApplyConfiguration') checkPatch(findings, mutation.applyConfiguration, path.child('applyConfiguration'), { session, type: 'Object', patchType });
  if (patchType === 'JSONPatch') checkPatch(findings, mutation.jsonPatch, path.child('jsonPatch'), { session, type: 'list(JSONPatch)', patchType });
}

interface PatchChecks {
  readonly session: ExpressionSession;
  readonly type: 'Object' | 'list(JSONPatch)';
  readonly patchType: string;
}

function checkPatch(findings: Findings, patch: { expression?: string | undefined } | undefined, path: FieldPath, checks: PatchChecks): void {
  if (patch === undefined) {
    findings.push(fieldRequired(path, `must be specified when patchType is ${checks.patchType}`));
    return;
  }
  const { expression = '' } = patch;
  if (expression.trim() === '') {
    findings.push(fieldRequired(path.child('expression')));
    return;
  }
  const problem = checks.session.check(expression, { type: checks.type, hasAuthorizer: true });
  if (problem !== undefined) findings.push(fieldInvalid(path.child('expression'), expression, problem));
}
