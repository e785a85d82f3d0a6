import { fieldDuplicate, fieldInvalid, fieldNotSupported, fieldRequired, fieldTooMany, type FieldError, type FieldPath } from '../../../machinery/field-error.ts';
import { checkQualifiedName } from '../../pod-template/findings.ts';
import type { JobSpec } from './job.ts';

type Rule = NonNullable<NonNullable<JobSpec['podFailurePolicy']>['rules']>[number];

const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const OPERATORS = ['In', 'NotIn'];
const STATUSES = ['False', 'True', 'Unknown'];
const MAX_RULES = 20;
const MAX_PATTERNS = 20;
const MAX_EXIT_CODES = 255;

export function checkPodFailurePolicy(findings: FieldError[], spec: JobSpec, path: FieldPath): void {
  const rules = spec.podFailurePolicy?.rules ?? [];
  const rulesPath = path.child('rules');
  if (rules.length > MAX_RULES) findings.push(fieldTooMany(rulesPath, rules.length, MAX_RULES));
  const pod = spec.template?.spec;
  const containers = new Set([...(pod?.containers ?? []), ...(pod?.initContainers ?? [])].map((container) => container.name ?? ''));
  rules.forEach((rule, i) => checkRule(findings, rule, rulesPath.index(i), { spec, containers }));
}

function checkRule(findings: FieldError[], rule: Rule, path: FieldPath, { spec, containers }: { spec: JobSpec; containers: ReadonlySet<string> }): void {
  const actionPath = path.child('action');
  if (!rule.action) findings.push(fieldRequired(actionPath, validValues(ACTIONS)));
  else if (rule.action === 'FailIndex') {
    if (spec.backoffLimitPerIndex === undefined) findings.push(fieldInvalid(actionPath, rule.action, 'requires the backoffLimitPerIndex to be set'));
  } else if (!ACTIONS.includes(rule.action)) findings.push(fieldNotSupported(actionPath, rule.action, ACTIONS));
  const patterns = rule.onPodConditions ?? [];
  if (rule.onExitCodes !== undefined) checkExitCodes(findings, rule.onExitCodes, path.child('onExitCodes'), containers);
  if (patterns.length > 0) checkPatterns(findings, patterns, path.child('onPodConditions'));
  if (rule.onExitCodes !== undefined && patterns.length > 0) findings.push(invalidAsAWhole(path, 'specifying both OnExitCodes and OnPodConditions is not supported'));
  if (rule.onExitCodes === undefined && patterns.length === 0) findings.push(invalidAsAWhole(path, 'specifying one of OnExitCodes and OnPodConditions is required'));
}

function checkExitCodes(findings: FieldError[], { operator, containerName, values: given }: NonNullable<Rule['onExitCodes']>, path: FieldPath, containers: ReadonlySet<string>): void {
  const operatorPath = path.child('operator');
  // A body without them leaves null.
  const values = given ?? [];
  if (!operator) findings.push(fieldRequired(operatorPath, validValues(OPERATORS)));
  else if (!OPERATORS.includes(operator)) findings.push(fieldNotSupported(operatorPath, operator, OPERATORS));
  if (containerName !== undefined && !containers.has(containerName)) {
    findings.push(fieldInvalid(path.child('containerName'), containerName, 'must be one of the container or initContainer names in the pod template'));
  }
  const valuesPath = path.child('values');
  if (values.length === 0) findings.push(fieldInvalid(valuesPath, values, 'at least one value is required'));
  else if (values.length > MAX_EXIT_CODES) findings.push(fieldTooMany(valuesPath, values.length, MAX_EXIT_CODES));
  const seen = new Set<number>();
  values.forEach((value, i) => {
    if (operator === 'In' && value === 0) findings.push(fieldInvalid(valuesPath.index(i), value, 'must not be 0 for the In operator'));
    if (seen.has(value)) findings.push(fieldDuplicate(valuesPath.index(i), value));
    seen.add(value);
  });
  if (values.some((value, i) => i > 0 && (values[i - 1] ?? 0) > value)) findings.push(fieldInvalid(valuesPath, values, 'must be ordered'));
}

function checkPatterns(findings: FieldError[], patterns: NonNullable<Rule['onPodConditions']>, path: FieldPath): void {
  if (patterns.length > MAX_PATTERNS) findings.push(fieldTooMany(path, patterns.length, MAX_PATTERNS));
  patterns.forEach((pattern, i) => {
    const statusPath = path.index(i).child('status');
    checkQualifiedName(findings, path.index(i).child('type'), pattern.type ?? '');
    if (!pattern.status) findings.push(fieldRequired(statusPath, validValues(STATUSES)));
    else if (!STATUSES.includes(pattern.status)) findings.push(fieldNotSupported(statusPath, pattern.status, STATUSES));
  });
}

const validValues = (values: readonly string[]): string => `valid values: [${values.map((value) => JSON.stringify(value)).join(' ')}]`;

/** A finding that does not show the value. */
export function invalidAsAWhole(path: FieldPath, detail: string): FieldError {
  return { type: 'FieldValueInvalid', field: path.text, message: `Invalid value: ${detail}` };
}
