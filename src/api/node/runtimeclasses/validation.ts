import { fieldDuplicate, fieldInvalid, fieldRequired, FieldPath, type FieldError } from '../../../machinery/field-error.ts';
import { validateLabels } from '../../../machinery/label-validation.ts';
import { isDns1123Label } from '../../../machinery/names.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { reportTexts, type Findings } from '../../pod-template/findings.ts';
import { internalForm } from '../../pod-template/internal-form.ts';
import type { Loose, ResourceList } from '../../pod-template/shapes.ts';
import { checkResourceRequirements } from '../../pod-template/validate-resources.ts';
import { checkTolerations } from '../../pod-template/validate-tolerations.ts';
import type * as v1 from '../../types/generated/node-v1.ts';

export type RuntimeClass = KubeObject & { handler?: string; overhead?: { podFixed?: ResourceList }; scheduling?: Loose<v1.Scheduling> };

const ROOT = FieldPath.root();

export function validate(object: KubeObject): FieldError[] {
  const { handler = '', overhead, scheduling } = object as RuntimeClass;
  const findings: Findings = [];
  if (handler === '') findings.push(fieldRequired('handler'));
  else reportTexts(findings, ROOT.child('handler'), handler, isDns1123Label(handler));
  if (overhead !== undefined) checkResourceRequirements(findings, { limits: overhead.podFixed ?? {} } as Parameters<typeof checkResourceRequirements>[1], new Set(), ROOT.child('overhead'));
  if (scheduling !== undefined) checkScheduling(findings, scheduling, ROOT.child('scheduling'));
  return findings;
}

export function validateUpdate(object: KubeObject, oldObject: KubeObject): FieldError[] {
  const findings = validate(object);
  const handler = (object as RuntimeClass).handler ?? '';
  if (handler !== ((oldObject as RuntimeClass).handler ?? '')) findings.push(fieldInvalid('handler', handler, 'field is immutable'));
  return findings;
}

function checkScheduling(findings: Findings, scheduling: NonNullable<RuntimeClass['scheduling']>, path: FieldPath): void {
  findings.push(...validateLabels(scheduling.nodeSelector as Record<string, string> | undefined, path.child('nodeSelector')));
  const tolerations = scheduling.tolerations ?? [];
  const list = path.child('tolerations');
  checkTolerations(findings, tolerations, list);
  const seen = new Set<string>();
  tolerations.forEach((toleration, i) => {
    const key = JSON.stringify([toleration.key ?? '', toleration.operator ?? '', toleration.value ?? '', toleration.effect ?? '']);
    if (seen.has(key)) findings.push(fieldDuplicate(list.index(i), internalForm(toleration, 'Toleration')));
    seen.add(key);
  });
}
