import { fieldInvalid, fieldRequired, fieldTooLong, type FieldPath } from '../../../machinery/field-error.ts';
import { quoteGo } from '../../../machinery/go-format.ts';
import { isDns1123Label, isDns1123Subdomain } from '../../../machinery/names.ts';
import type { Findings } from '../../pod-template/findings.ts';

const MAX_SEGMENT_LENGTH = 253;
/** A domain, a slash, and two names with a dot between them. */
const MAX_SIGNER_NAME_LENGTH = 253 + 1 + 63 + 1 + 253;

/** `example.com/signer-name`: a domain of at least two labels, and a name. */
export function checkSignerName(findings: Findings, name: string, path: FieldPath): void {
  if (name === '') {
    findings.push(fieldRequired(path));
    return;
  }
  const segments = name.split('/');
  const [domain = '', signer = ''] = segments;
  if (segments.length !== 2) {
    findings.push(fieldInvalid(path, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'"));
    return;
  }
  if (Buffer.byteLength(domain) > MAX_SEGMENT_LENGTH) findings.push(fieldTooLong(path, MAX_SEGMENT_LENGTH));
  checkLabels(findings, domain, isDns1123Label, path);
  if (!domain.includes('.')) findings.push(fieldInvalid(path, domain, 'should be a domain with at least two segments separated by dots'));
  checkLabels(findings, signer, isDns1123Subdomain, path);
  if (Buffer.byteLength(name) > MAX_SIGNER_NAME_LENGTH) findings.push(fieldTooLong(path, MAX_SIGNER_NAME_LENGTH));
}

/** Only the first label that is wrong is reported: the others would say the same of the same value. */
function checkLabels(findings: Findings, segment: string, check: (label: string) => string[], path: FieldPath): void {
  for (const label of segment.split('.')) {
    const texts = check(label);
    for (const text of texts) findings.push(fieldInvalid(path, segment, `validating label ${quoteGo(label)}: ${text}`));
    if (texts.length > 0) return;
  }
}
