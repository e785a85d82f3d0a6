import { fieldInvalid, type FieldPath } from '../../machinery/field-error.ts';
import { validateLabelName } from '../../machinery/label-validation.ts';
import { isLabelValue } from '../../machinery/names.ts';
import { checkOneOf, type Findings } from './findings.ts';
import type { Toleration } from './shapes.ts';

export const TAINT_EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** Without an effect all are tolerated, without an operator the value must be equal. */
export function checkTolerations(findings: Findings, tolerations: readonly Toleration[] | undefined, path: FieldPath): void {
  (tolerations ?? []).forEach((toleration, i) => {
    const operatorPath = path.index(i).child('operator');
    const effectPath = path.index(i).child('effect');
    const key = toleration.key ?? '';
    const operator = toleration.operator ?? '';
    const value = toleration.value ?? '';
    if (key !== '') findings.push(...validateLabelName(key, path.index(i).child('key')));
    if (key === '' && operator !== 'Exists') {
      findings.push(fieldInvalid(operatorPath, operator, 'operator must be Exists when `key` is empty, which means "match all values and all keys"'));
    }
    if (toleration.tolerationSeconds !== undefined && toleration.effect !== 'NoExecute') {
      findings.push(fieldInvalid(effectPath, toleration.effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    }
    if (operator === 'Equal' || operator === '') {
      const texts = isLabelValue(value);
      if (texts.length > 0) findings.push(fieldInvalid(operatorPath, value, texts.join(';')));
    } else if (operator === 'Exists') {
      if (value !== '') findings.push(fieldInvalid(operatorPath, value, "value must be empty when `operator` is 'Exists'"));
    } else {
      checkOneOf(findings, operatorPath, operator, ['Equal', 'Exists']);
    }
    if (toleration.effect) checkOneOf(findings, effectPath, toleration.effect, TAINT_EFFECTS);
  });
}
