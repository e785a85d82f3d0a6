/**
 * The forms of names. Every function answers with the findings' texts, empty when the name is well formed; validators
 * give them a path and the value.
 */

const DNS1123_LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const DNS1123_SUBDOMAIN = String.raw`${DNS1123_LABEL}(\.${DNS1123_LABEL})*`;
const UNDERSCORE_LABEL = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const UNDERSCORE_SUBDOMAIN = String.raw`${UNDERSCORE_LABEL}(\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*`;
const DNS1035_LABEL = '[a-z]([-a-z0-9]*[a-z0-9])?';
const QUALIFIED_NAME = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE = `(${QUALIFIED_NAME})?`;
const C_IDENTIFIER = '[A-Za-z_][A-Za-z0-9_]*';
const CONFIG_MAP_KEY = '[-._a-zA-Z0-9]+';
const HTTP_PATH = String.raw`[A-Za-z0-9/\-._~%!$&'()*+,;=:]+`;
const PERCENT = '[0-9]+%';

export const DNS1123_LABEL_MAX_LENGTH = 63;
export const DNS1123_SUBDOMAIN_MAX_LENGTH = 253;
export const QUALIFIED_NAME_MAX_LENGTH = 63;
export const LABEL_VALUE_MAX_LENGTH = 63;

const whole = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`);
const dns1123Label = whole(DNS1123_LABEL);
const dns1123Subdomain = whole(DNS1123_SUBDOMAIN);
const underscoreSubdomain = whole(UNDERSCORE_SUBDOMAIN);
const dns1035Label = whole(DNS1035_LABEL);
const qualifiedName = whole(QUALIFIED_NAME);
const cIdentifier = whole(C_IDENTIFIER);
const configMapKey = whole(CONFIG_MAP_KEY);
const httpPath = whole(HTTP_PATH);
const percent = whole(PERCENT);

/** A well-formed name that is quickly told apart: what nearly every name is. */
const plainName = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

const byteLength = (text: string): number => Buffer.byteLength(text);

export function maxLengthText(maxLength: number): string {
  return `must be no more than ${maxLength} characters`;
}

/** The wording of label keys and values, which count bytes. */
function maxBytesText(maxLength: number): string {
  return `must be no more than ${maxLength} bytes`;
}

/** `… (e.g. 'a',  or 'b', regex used for validation is '…')`: the two blanks are Kubernetes' own. */
export function regexText(message: string, pattern: string, ...examples: readonly string[]): string {
  const example = examples.map((e, i) => `${i === 0 ? '' : ' or '}'${e}', `).join('');
  return `${message} (${example === '' ? '' : `e.g. ${example}`}regex used for validation is '${pattern}')`;
}

const DNS1123_LABEL_TEXT = regexText(
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  DNS1123_LABEL,
  'my-name',
  '123-abc',
);
const DNS1123_SUBDOMAIN_TEXT = regexText(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  DNS1123_SUBDOMAIN,
  'example.com',
);
const QUALIFIED_NAME_MESSAGE = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const QUALIFIED_NAME_TEXT = regexText(QUALIFIED_NAME_MESSAGE, QUALIFIED_NAME, 'MyName', 'my.name', '123-abc');
const LABEL_VALUE_TEXT = regexText(
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  LABEL_VALUE,
  'MyValue',
  'my_value',
  '12345',
);

/** The name of a namespace, a container, a port's host. */
export function isDns1123Label(value: string): string[] {
  const findings: string[] = [];
  if (byteLength(value) > DNS1123_LABEL_MAX_LENGTH) findings.push(maxLengthText(DNS1123_LABEL_MAX_LENGTH));
  if (!dns1123Label.test(value)) {
    findings.push(dns1123Subdomain.test(value) ? 'must not contain dots' : DNS1123_LABEL_TEXT);
  }
  return findings;
}

/** The name of most objects. */
export function isDns1123Subdomain(value: string): string[] {
  const findings: string[] = [];
  if (byteLength(value) > DNS1123_SUBDOMAIN_MAX_LENGTH) findings.push(maxLengthText(DNS1123_SUBDOMAIN_MAX_LENGTH));
  if (!dns1123Subdomain.test(value)) findings.push(DNS1123_SUBDOMAIN_TEXT);
  return findings;
}

/** What a pod's DNS search path may hold: subdomains whose labels may have underscores. */
export function isDns1123SubdomainWithUnderscore(value: string): string[] {
  const findings: string[] = [];
  if (byteLength(value) > DNS1123_SUBDOMAIN_MAX_LENGTH) findings.push(maxLengthText(DNS1123_SUBDOMAIN_MAX_LENGTH));
  if (!underscoreSubdomain.test(value)) {
    findings.push(
      regexText(
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
        UNDERSCORE_SUBDOMAIN,
        'example.com',
      ),
    );
  }
  return findings;
}

/** The name of a Service before 1.34, and of kinds: begins with a letter. */
export function isDns1035Label(value: string): string[] {
  const findings: string[] = [];
  if (byteLength(value) > DNS1123_LABEL_MAX_LENGTH) findings.push(maxLengthText(DNS1123_LABEL_MAX_LENGTH));
  if (!dns1035Label.test(value)) {
    findings.push(
      regexText(
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
        DNS1035_LABEL,
        'my-name',
        'abc-123',
      ),
    );
  }
  return findings;
}

/** `*.` and a subdomain. */
export function isWildcardDns1123Subdomain(value: string): string[] {
  const pattern = String.raw`\*\.${DNS1123_SUBDOMAIN}`;
  const findings: string[] = [];
  if (byteLength(value) > DNS1123_SUBDOMAIN_MAX_LENGTH) findings.push(maxLengthText(DNS1123_SUBDOMAIN_MAX_LENGTH));
  if (!value.startsWith('*.') || !dns1123Subdomain.test(value.slice(2))) {
    findings.push(
      regexText(
        "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
        pattern,
        '*.example.com',
      ),
    );
  }
  return findings;
}

/** A label's or annotation's key, a finalizer, a resource's name: `name`, or `prefix.example.com/name`. */
export function isQualifiedName(value: string): string[] {
  if (plainName.test(value)) return [];
  const findings: string[] = [];
  const parts = value.split('/');
  let name = parts[0] ?? '';
  if (parts.length === 2) {
    const prefix = name;
    name = parts[1] ?? '';
    if (prefix === '') findings.push('prefix part must be non-empty');
    else findings.push(...prefixFindings(prefix));
  } else if (parts.length !== 1) {
    const example = regexText(`a valid label key ${QUALIFIED_NAME_MESSAGE}`, QUALIFIED_NAME, 'MyName', 'my.name', '123-abc');
    return [`${example} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  if (name === '') findings.push('name part must be non-empty');
  else if (byteLength(name) > QUALIFIED_NAME_MAX_LENGTH) findings.push(`name part ${maxBytesText(QUALIFIED_NAME_MAX_LENGTH)}`);
  if (!qualifiedName.test(name)) findings.push(`name part ${QUALIFIED_NAME_TEXT}`);
  return findings;
}

function prefixFindings(prefix: string): string[] {
  const findings: string[] = [];
  if (byteLength(prefix) > DNS1123_SUBDOMAIN_MAX_LENGTH) findings.push(`prefix part ${maxBytesText(DNS1123_SUBDOMAIN_MAX_LENGTH)}`);
  if (!dns1123Subdomain.test(prefix)) findings.push(`prefix part ${DNS1123_SUBDOMAIN_TEXT}`);
  return findings;
}

export function isLabelValue(value: string): string[] {
  if (value === '' || plainName.test(value)) return [];
  const findings: string[] = [];
  if (byteLength(value) > LABEL_VALUE_MAX_LENGTH) findings.push(maxBytesText(LABEL_VALUE_MAX_LENGTH));
  if (!qualifiedName.test(value)) findings.push(LABEL_VALUE_TEXT);
  return findings;
}

/** `example.com/some/path`: a job's managedBy, a signer's name. */
export function isDomainPrefixedPath(value: string, field: string): string[] {
  if (value === '') return [`${field} must be non-empty`];
  const slash = value.indexOf('/');
  const host = slash < 0 ? '' : value.slice(0, slash);
  const path = slash < 0 ? '' : value.slice(slash + 1);
  if (host === '' || path === '') return ['must be a domain-prefixed path (such as "acme.io/foo")'];
  const findings = isDns1123Subdomain(host);
  if (!httpPath.test(path)) findings.push(`Invalid path (${regexText('must be a valid path', HTTP_PATH)})`);
  return findings;
}

/** A host's name with at least two labels, a dot at the end allowed. */
export function isFullyQualifiedDomainName(value: string): string[] {
  if (value === '') return ['must not be empty'];
  const name = value.endsWith('.') ? value.slice(0, -1) : value;
  const findings = isDns1123Subdomain(name);
  if (findings.length > 0) return findings;
  for (const label of name.split('.')) {
    const labelFindings = isDns1123Label(label);
    if (labelFindings.length > 0) return labelFindings;
  }
  return name.includes('.') ? [] : ['should be a domain with at least two segments separated by dots'];
}

export function isCIdentifier(value: string): string[] {
  if (cIdentifier.test(value)) return [];
  return [regexText("a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'", C_IDENTIFIER, 'my_name', 'MY_NAME', 'MyName')];
}

/** A key of a ConfigMap or Secret: it may become the name of a file. */
export function isConfigMapKey(value: string): string[] {
  const findings: string[] = [];
  if (byteLength(value) > DNS1123_SUBDOMAIN_MAX_LENGTH) findings.push(maxLengthText(DNS1123_SUBDOMAIN_MAX_LENGTH));
  if (!configMapKey.test(value)) {
    findings.push(regexText("a valid config key must consist of alphanumeric characters, '-', '_' or '.'", CONFIG_MAP_KEY, 'key.name', 'KEY_NAME', 'key-name'));
  }
  findings.push(...pathFindings(value));
  return findings;
}

function pathFindings(value: string): string[] {
  if (value === '.') return ["must not be '.'"];
  if (value === '..') return ["must not be '..'"];
  return value.startsWith('..') ? ["must not start with '..'"] : [];
}

/** An environment variable's name as containers may have it since 1.34: printable ASCII without `=`. */
export function isEnvVarName(value: string): string[] {
  if (value === '') return ['environment variable name must not be empty'];
  if (/^[ -<>-~]+$/.test(value)) return [];
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

/** The path of an HTTP probe or header-like field. */
export function isHttpHeaderName(value: string): string[] {
  if (/^[-A-Za-z0-9]+$/.test(value)) return [];
  return [regexText("a valid HTTP header must consist of alphanumeric characters or '-'", '[-A-Za-z0-9]+', 'X-Header-Name')];
}

export function isPortNumber(value: number): string[] {
  return value >= 1 && value <= 65_535 ? [] : ['must be between 1 and 65535, inclusive'];
}

/** A port's name (IANA_SVC_NAME). */
export function isPortName(value: string): string[] {
  const findings: string[] = [];
  if (byteLength(value) > 15) findings.push(maxLengthText(15));
  if (!/^[-a-z0-9]+$/.test(value)) findings.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(value)) findings.push('must contain at least one letter (a-z)');
  if (value.includes('--')) findings.push('must not contain consecutive hyphens');
  if (value !== '' && (value.startsWith('-') || value.endsWith('-'))) findings.push('must not begin or end with a hyphen');
  return findings;
}

export function isPercent(value: string): string[] {
  if (percent.test(value)) return [];
  return [regexText('a valid percent string must be a numeric string followed by an ending \'%\'', PERCENT, '1%', '93%')];
}

/** What may stand between two slashes of a request's path; names of roles and the like only have to be that. */
export function isPathSegmentName(value: string): string[] {
  if (value === '.') return ["may not be '.'"];
  if (value === '..') return ["may not be '..'"];
  return isPathSegmentPrefix(value);
}

/** As isPathSegmentName, for a generateName. */
export function isPathSegmentPrefix(value: string): string[] {
  return ['/', '%'].filter((illegal) => value.includes(illegal)).map((illegal) => `may not contain '${illegal}'`);
}

/** A generateName is judged as a name whose trailing dash is replaced by what will follow it. */
export function maskTrailingDash(name: string): string {
  return name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name;
}

/** How a kind judges the names of its objects; `prefix` asks about a generateName. */
export type ValidateName = (name: string, prefix: boolean) => string[];

export const nameIsDnsSubdomain: ValidateName = (name, prefix) => isDns1123Subdomain(prefix ? maskTrailingDash(name) : name);
export const nameIsDnsLabel: ValidateName = (name, prefix) => isDns1123Label(prefix ? maskTrailingDash(name) : name);
export const nameIsDns1035Label: ValidateName = (name, prefix) => isDns1035Label(prefix ? maskTrailingDash(name) : name);
export const nameIsPathSegment: ValidateName = (name, prefix) => (prefix ? isPathSegmentPrefix(name) : isPathSegmentName(name));
