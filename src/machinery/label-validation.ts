import { fieldInvalid, type FieldError, type FieldPath } from './field-error.ts';
import { isLabelValue, isQualifiedName } from './names.ts';

/** Findings about a map of labels; keys and values are reported at the map's own path. */
export function validateLabels(labels: Readonly<Record<string, string>> | undefined, path: FieldPath): FieldError[] {
  const findings: FieldError[] = [];
  if (labels === undefined) return findings;
  for (const [key, value] of Object.entries(labels)) {
    for (const text of isQualifiedName(key)) findings.push(fieldInvalid(path, key, text));
    for (const text of isLabelValue(value)) findings.push(fieldInvalid(path, value, text));
  }
  return findings;
}

/** Findings about one label's key. */
export function validateLabelName(key: string, path: FieldPath): FieldError[] {
  return isQualifiedName(key).map((text) => fieldInvalid(path, key, text));
}
