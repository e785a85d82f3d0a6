import { FieldPath, fieldInvalid, fieldRequired, fieldTooLong, type FieldError } from '../../../machinery/field-error.ts';
import { getOwn, isJsonObject } from '../../../machinery/json.ts';
import { jsonKind } from '../../../machinery/go-format.ts';
import { isConfigMapKey } from '../../../machinery/names.ts';
import { parseJson } from '../../../machinery/parse-json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { reportTexts } from '../../pod-template/findings.ts';
import { MAX_DATA_SIZE } from '../configmaps/strategy.ts';

export interface Secret extends KubeObject {
  type?: string;
  /** Base64. */
  data?: Record<string, string>;
  stringData?: Record<string, string>;
  immutable?: boolean;
}

const DATA = FieldPath.root('data');
const REDACTED = '<secret contents redacted>';
const SERVICE_ACCOUNT_NAME = 'kubernetes.io/service-account.name';

export function validate(object: KubeObject): FieldError[] {
  const secret = object as Secret;
  const data = secret.data ?? {};
  const findings: FieldError[] = [];
  let size = 0;
  for (const [key, value] of Object.entries(data)) {
    reportTexts(findings, DATA.key(key), key, isConfigMapKey(key));
    size += Buffer.byteLength(value, 'base64');
  }
  if (size > MAX_DATA_SIZE) findings.push(fieldTooLong(DATA, MAX_DATA_SIZE));
  checkByType(findings, secret, data);
  return findings;
}

/** Types that Kubernetes itself reads must hold what it looks for. */
function checkByType(findings: FieldError[], secret: Secret, data: Record<string, string>): void {
  switch (secret.type ?? '') {
    case 'kubernetes.io/service-account-token':
      if (!secret.metadata.annotations?.[SERVICE_ACCOUNT_NAME]) findings.push(fieldRequired(FieldPath.root('metadata').child('annotations').key(SERVICE_ACCOUNT_NAME)));
      return;
    case 'kubernetes.io/dockercfg':
      checkJson(findings, '.dockercfg', data);
      return;
    case 'kubernetes.io/dockerconfigjson':
      checkJson(findings, '.dockerconfigjson', data);
      return;
    case 'kubernetes.io/basic-auth':
      if (!Object.hasOwn(data, 'username') && !Object.hasOwn(data, 'password')) findings.push(fieldRequired(DATA.key('username')), fieldRequired(DATA.key('password')));
      return;
    case 'kubernetes.io/ssh-auth':
      if (!getOwn(data, 'ssh-privatekey')) findings.push(fieldRequired(DATA.key('ssh-privatekey')));
      return;
    case 'kubernetes.io/tls':
      for (const key of ['tls.crt', 'tls.key']) if (!Object.hasOwn(data, key)) findings.push(fieldRequired(DATA.key(key)));
      return;
    default:
  }
}

function checkJson(findings: FieldError[], key: string, data: Record<string, string>): void {
  const encoded = getOwn(data, key);
  if (encoded === undefined) {
    findings.push(fieldRequired(DATA.key(key)));
    return;
  }
  const problem = jsonProblem(Buffer.from(encoded, 'base64'));
  if (problem !== undefined) findings.push(fieldInvalid(DATA.key(key), REDACTED, problem));
}

function jsonProblem(bytes: Uint8Array): string | undefined {
  try {
    const { value } = parseJson(bytes);
    return isJsonObject(value) || value === null ? undefined : `json: cannot unmarshal ${jsonKind(value)} into Go value of type map[string]interface {}`;
  } catch (error) {
    return error instanceof Error ? error.message : 'invalid JSON';
  }
}
