import { fieldInvalid, fieldNotSupported, fieldRequired, type FieldPath } from '../../machinery/field-error.ts';
import { equalJson } from '../../machinery/json.ts';
import { parseApiVersion } from '../../machinery/group-version.ts';
import { isCIdentifier, isDns1035Label, isDns1123Subdomain } from '../../machinery/names.ts';
import type { Findings } from '../pod-template/findings.ts';
import type { ExpressionChecker, ExpressionSession } from './expressions.ts';
import type { MutatingPolicy, ParamKind, Variable } from './shapes.ts';
import { checkMatchConditions } from './validate-match-conditions.ts';
import { checkMatchResources, FAILURE_POLICIES } from './validate-match-rules.ts';

/** Words that the expression language keeps for itself. */
const RESERVED = new Set([
  ...['true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let', 'loop', 'package'],
  ...['namespace', 'return', 'var', 'void', 'while'],
]);

type PolicySpec = Omit<NonNullable<MutatingPolicy['spec']>, 'mutations' | 'reinvocationPolicy'>;

export interface PolicyChecks {
  readonly checker: ExpressionChecker;
  /** Before an update; its match conditions are not judged again. */
  readonly old: PolicySpec | undefined;
}

/** What policies of both kinds have in common, up to their variables; gives the session that knows these. */
export function checkPolicySpec(findings: Findings, spec: PolicySpec, path: FieldPath, checks: PolicyChecks): ExpressionSession {
  const hasParams = spec.paramKind !== undefined;
  if (spec.failurePolicy === undefined) findings.push(fieldRequired(path.child('failurePolicy')));
  else if (!FAILURE_POLICIES.includes(spec.failurePolicy)) findings.push(fieldNotSupported(path.child('failurePolicy'), spec.failurePolicy, FAILURE_POLICIES));
  if (spec.paramKind !== undefined) checkParamKind(findings, spec.paramKind, path.child('paramKind'));
  checkMatchConstraints(findings, spec, path.child('matchConstraints'));
  const sameConditions = checks.old !== undefined && equalJson(spec.matchConditions ?? [], checks.old.matchConditions ?? []);
  if (!sameConditions) checkMatchConditions(findings, spec.matchConditions, path.child('matchConditions'), checks.checker.begin({ hasParams }));
  const session = checks.checker.begin({ hasParams });
  (spec.variables ?? []).forEach((variable, i) => checkVariable(findings, variable, path.child('variables').index(i), session));
  return session;
}

function checkMatchConstraints(findings: Findings, spec: PolicySpec, path: FieldPath): void {
  const { matchConstraints } = spec;
  if (matchConstraints === undefined) {
    findings.push(fieldRequired(path));
    return;
  }
  checkMatchResources(findings, matchConstraints, path);
  if ((matchConstraints.resourceRules ?? []).length === 0) findings.push(fieldRequired(path.child('resourceRules')));
}

function checkParamKind(findings: Findings, paramKind: ParamKind, path: FieldPath): void {
  const { apiVersion = '', kind = '' } = paramKind;
  if (apiVersion === '') findings.push(fieldRequired(path.child('apiVersion')));
  else checkApiVersion(findings, apiVersion, path.child('apiVersion'));
  if (kind === '') {
    findings.push(fieldRequired(path.child('kind')));
    return;
  }
  const texts = isDns1035Label(kind.toLowerCase());
  if (texts.length > 0) findings.push(fieldInvalid(path.child('kind'), kind, `may have mixed case, but should otherwise match: ${texts.join(',')}`));
}

function checkApiVersion(findings: Findings, apiVersion: string, path: FieldPath): void {
  const parsed = parseApiVersion(apiVersion);
  if (parsed === undefined) {
    findings.push(fieldInvalid(path, apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
    return;
  }
  const { group, version } = parsed;
  const groupTexts = group === '' ? [] : isDns1123Subdomain(group);
  if (groupTexts.length > 0) findings.push(fieldInvalid(path, group, groupTexts.join(',')));
  const versionTexts = isDns1035Label(version);
  if (version === '') findings.push(fieldInvalid(path, apiVersion, 'version must be specified'));
  else if (versionTexts.length > 0) findings.push(fieldInvalid(path, version, versionTexts.join(',')));
}

function checkVariable(findings: Findings, variable: Variable, path: FieldPath, session: ExpressionSession): void {
  const { name = '', expression = '' } = variable;
  if (name.trim() === '') findings.push(fieldRequired(path.child('name'), 'name is not specified'));
  else if (isCIdentifier(name).length > 0 || RESERVED.has(name)) findings.push(fieldInvalid(path.child('name'), name, 'must be a valid CEL identifier'));
  if (expression.trim() === '') {
    findings.push(fieldRequired(path.child('expression'), 'expression is not specified'));
    return;
  }
  const problem = session.addVariable(name, expression);
  if (problem !== undefined) findings.push(fieldInvalid(path.child('expression'), expression, problem));
}
