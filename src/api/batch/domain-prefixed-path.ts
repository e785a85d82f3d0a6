import { fieldInvalid, fieldRequired, type FieldPath } from '../../machinery/field-error.ts';
import { isDns1123Subdomain, regexText } from '../../machinery/names.ts';
import { reportTexts, type Findings } from '../pod-template/findings.ts';

const HTTP_PATH = String.raw`[A-Za-z0-9/\-._~%!$&'()*+,;=:]+`;
const httpPath = /^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/;

/** The name of a controller or signer: `example.com/some/path`. */
export function checkDomainPrefixedPath(findings: Findings, path: FieldPath, value: string): void {
  if (value === '') {
    findings.push(fieldRequired(path));
    return;
  }
  const slash = value.indexOf('/');
  const host = slash < 0 ? '' : value.slice(0, slash);
  const rest = slash < 0 ? '' : value.slice(slash + 1);
  if (host === '' || rest === '') {
    findings.push(fieldInvalid(path, value, 'must be a domain-prefixed path (such as "acme.io/foo")'));
    return;
  }
  reportTexts(findings, path, host, isDns1123Subdomain(host));
  if (!httpPath.test(rest)) findings.push(fieldInvalid(path, rest, regexText('Invalid path', HTTP_PATH)));
}
