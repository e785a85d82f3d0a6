import { fieldDuplicate, fieldRequired, FieldPath, type FieldError } from '../../machinery/field-error.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { FlowSchema } from './shapes.ts';

const CONDITIONS = FieldPath.root('status').child('conditions');

/** Conditions have a type, and each type once. */
export function validateStatus(object: KubeObject): FieldError[] {
  const findings: FieldError[] = [];
  const seen = new Set<string>();
  ((object as FlowSchema).status?.conditions ?? []).forEach(({ type = '' }, i) => {
    const path = CONDITIONS.index(i).child('type');
    if (seen.has(type)) findings.push(fieldDuplicate(path, type));
    seen.add(type);
    if (type === '') findings.push(fieldRequired(path));
  });
  return findings;
}
