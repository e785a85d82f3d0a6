import { FieldPath, fieldForbidden, fieldInvalid, fieldTooLong, type FieldError } from '../../../machinery/field-error.ts';
import { equalJson } from '../../../machinery/json.ts';
import { isConfigMapKey } from '../../../machinery/names.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { KindRules } from '../../kind-rules.ts';
import { ageOf } from '../../pod-template/age.ts';
import { reportTexts } from '../../pod-template/findings.ts';

interface ConfigMap extends KubeObject {
  data?: Record<string, string>;
  binaryData?: Record<string, string>;
  immutable?: boolean;
}

/** Of all values together, in bytes. Secrets have the same limit. */
export const MAX_DATA_SIZE = 1024 * 1024;
export const IMMUTABLE = 'field is immutable when `immutable` is set';

export const rules: KindRules = {
  validate,
  validateUpdate(object, oldObject) {
    const now = object as ConfigMap;
    const old = oldObject as ConfigMap;
    const findings: FieldError[] = [];
    if (old.immutable === true) {
      if (now.immutable !== true) findings.push(fieldForbidden('immutable', IMMUTABLE));
      if (!equalJson(now.data ?? {}, old.data ?? {})) findings.push(fieldForbidden('data', IMMUTABLE));
      if (!equalJson(now.binaryData ?? {}, old.binaryData ?? {})) findings.push(fieldForbidden('binaryData', IMMUTABLE));
    }
    findings.push(...validate(object));
    return findings;
  },
  cells: (object, { nowMs }) => {
    const { data, binaryData } = object as ConfigMap;
    return [object.metadata.name ?? '', Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length, ageOf(object, nowMs)];
  },
};

function validate(object: KubeObject): FieldError[] {
  const { data = {}, binaryData = {} } = object as ConfigMap;
  const findings: FieldError[] = [];
  let size = 0;
  for (const [key, value] of Object.entries(data)) {
    const path = FieldPath.root('data').key(key);
    reportTexts(findings, path, key, isConfigMapKey(key));
    if (Object.hasOwn(binaryData, key)) findings.push(fieldInvalid(path, key, 'duplicate of key present in binaryData'));
    size += Buffer.byteLength(value);
  }
  for (const [key, value] of Object.entries(binaryData)) {
    reportTexts(findings, FieldPath.root('binaryData').key(key), key, isConfigMapKey(key));
    size += Buffer.byteLength(value, 'base64');
  }
  if (size > MAX_DATA_SIZE) findings.push(fieldTooLong('[]', MAX_DATA_SIZE));
  return findings;
}
