import { fieldForbidden, fieldInvalid, type FieldError } from '../../../machinery/field-error.ts';
import { equalJson, setOwn, type JsonObject } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { KindRules } from '../../kind-rules.ts';
import { ageOf } from '../../pod-template/age.ts';
import { IMMUTABLE } from '../configmaps/strategy.ts';
import { keyPairWarning } from './key-pair.ts';
import { validate, type Secret } from './validation.ts';

export const rules: KindRules = {
  defaults(object) {
    const secret = object as Secret;
    secret.type ||= 'Opaque';
    takeStringData(secret);
  },
  validate,
  warningsOnCreate: warnings,
  validateUpdate(object, oldObject) {
    const now = object as Secret;
    const old = oldObject as Secret;
    const findings: FieldError[] = [];
    if ((now.type ?? '') !== (old.type ?? '')) findings.push(fieldInvalid('type', now.type ?? '', 'field is immutable'));
    if (old.immutable === true) {
      if (now.immutable !== true) findings.push(fieldForbidden('immutable', IMMUTABLE));
      if (!equalJson(now.data ?? {}, old.data ?? {})) findings.push(fieldForbidden('data', IMMUTABLE));
    }
    findings.push(...validate(object));
    return findings;
  },
  warningsOnUpdate: warnings,
  selectableFields: { type: (object) => (object as Secret).type ?? '' },
  cells: (object, { nowMs }) => {
    const { type, data } = object as Secret;
    return [object.metadata.name ?? '', type ?? '', Object.keys(data ?? {}).length, ageOf(object, nowMs)];
  },
};

/** stringData is for writing only: it goes into data, over what is there. */
function takeStringData(secret: Secret): void {
  const texts = secret.stringData;
  if (texts === undefined) return;
  delete secret.stringData;
  if (Object.keys(texts).length === 0) return;
  const data = (secret.data ??= {});
  for (const [key, text] of Object.entries(texts)) setOwn(data as JsonObject, key, Buffer.from(text).toString('base64'));
}

function warnings(object: KubeObject): string[] {
  const { type, data = {} } = object as Secret;
  if (type !== 'kubernetes.io/tls') return [];
  const text = keyPairWarning(decode(data['tls.crt']), decode(data['tls.key']));
  return text === undefined ? [] : [text];
}

function decode(value: string | undefined): string {
  return Buffer.from(value ?? '', 'base64').toString();
}
