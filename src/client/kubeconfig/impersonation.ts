import { isJsonObject, type JsonObject } from '../../machinery/json.ts';
import { KubeconfigError } from './kubeconfig.ts';
import { scalarText, scalarTexts } from './scalar-text.ts';

/** The headers that `as`, `as-uid`, `as-groups` and `as-user-extra` of a kubeconfig's user stand for. */
export function impersonationHeaders(fields: JsonObject): Record<string, string | readonly string[]> {
  const headers: Record<string, string | readonly string[]> = {};
  const user = scalarText(fields['as']);
  const groups = scalarTexts(fields['as-groups']);
  const uid = scalarText(fields['as-uid']);
  const extra = isJsonObject(fields['as-user-extra']) ? Object.entries(fields['as-user-extra']) : [];
  if (user === '') {
    if (groups.length === 0 && uid === '' && extra.length === 0) return headers;
    throw new KubeconfigError('requesting uid, groups or user-extra without impersonating a user is not allowed');
  }
  headers['impersonate-user'] = user;
  if (groups.length > 0) headers['impersonate-group'] = groups;
  if (uid !== '') headers['impersonate-uid'] = uid;
  for (const [key, values] of extra) headers[`impersonate-extra-${escapeHeaderKey(key)}`] = scalarTexts(values);
  return headers;
}

/** Header names hold few characters; the others of a key travel percent-encoded. */
function escapeHeaderKey(key: string): string {
  let escaped = '';
  for (const byte of Buffer.from(key)) {
    const char = String.fromCharCode(byte);
    escaped += /[A-Za-z0-9!#$&'*+\-.^_`|~]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return escaped;
}
