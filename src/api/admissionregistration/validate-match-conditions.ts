import { fieldDuplicate, fieldInvalid, fieldRequired, fieldTooMany, type FieldPath } from '../../machinery/field-error.ts';
import { isQualifiedName } from '../../machinery/names.ts';
import { reportTexts, type Findings } from '../pod-template/findings.ts';
import type { ExpressionSession } from './expressions.ts';
import type { MatchCondition } from './shapes.ts';

const MAX_CONDITIONS = 64;

/** Conditions that a request must meet beyond the rules. `session` knows no variables: they come later. */
export function checkMatchConditions(findings: Findings, conditions: readonly MatchCondition[] | undefined, path: FieldPath, session: ExpressionSession): void {
  const list = conditions ?? [];
  if (list.length > MAX_CONDITIONS) findings.push(fieldTooMany(path, list.length, MAX_CONDITIONS));
  const names = new Set<string>();
  list.forEach(({ name = '', expression = '' }, i) => {
    const at = path.index(i);
    const trimmed = expression.trim();
    if (trimmed === '') findings.push(fieldRequired(at.child('expression')));
    else {
      const problem = session.check(trimmed, { type: 'bool', hasAuthorizer: true });
      if (problem !== undefined) findings.push(fieldInvalid(at.child('expression'), trimmed, problem));
    }
    if (name === '') findings.push(fieldRequired(at.child('name')));
    else reportTexts(findings, at.child('name'), name, isQualifiedName(name));
    if (name !== '' && names.has(name)) findings.push(fieldDuplicate(at.child('name'), name));
    names.add(name);
  });
}
