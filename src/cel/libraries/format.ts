import { noSuchOverload } from '../evaluation-error.ts';
import { declare, overload } from '../functions.ts';
import type { Library } from '../functions.ts';
import { parseTimestamp } from '../time.ts';
import { opaque, typeOf } from '../types.ts';
import type { CelType } from '../types.ts';
import { CelList, CelOptional, CelTypeValue } from '../values.ts';
import type { CelValue, OpaqueValue } from '../values.ts';
import { parseRequestUri } from './url.ts';

const FORMAT_TYPE = opaque('kubernetes.NamedFormat');

/** Texts that say why a value does not have the format; none if it has. */
type Validate = (value: string) => readonly string[];

export class FormatValue implements OpaqueValue {
  readonly celType: CelType = FORMAT_TYPE;
  readonly name: string;
  readonly validate: Validate;
  /** How long a pattern matching it would be: what costs are counted by. */
  readonly patternSize: number;
  constructor(name: string, validate: Validate, patternSize: number) {
    this.name = name;
    this.validate = validate;
    this.patternSize = patternSize;
  }
  equals(other: OpaqueValue): boolean {
    return other instanceof FormatValue && other.name === this.name;
  }
}

/** The text of a pattern rule as Kubernetes writes it: what is wrong, examples, the pattern. */
function patternText(message: string, pattern: string, ...examples: string[]): string {
  const shown = examples.map((example) => `'${example}'`).join(',  or ');
  return `${message} (${shown === '' ? '' : `e.g. ${shown}, `}regex used for validation is '${pattern}')`;
}

const tooLong = (max: number): string => `must be no more than ${max} characters`;
const bytes = (value: string): number => Buffer.byteLength(value, 'utf8');

function matching(max: number, pattern: string, message: string, examples: readonly string[]): Validate {
  const regex = new RegExp(`^(?:${pattern})$`);
  const text = patternText(message, pattern, ...examples);
  return (value) => {
    const wrong: string[] = [];
    if (bytes(value) > max) wrong.push(tooLong(max));
    // Beyond its greatest length a value is wrong whatever it matches, and matching stays short.
    if (bytes(value) > 4 * max || !regex.test(value)) wrong.push(text);
    return wrong;
  };
}

/** A prefix of a generated name may end in a dash. */
const prefix = (validate: Validate): Validate => (value) => validate(value.length > 1 && value.endsWith('-') ? `${value.slice(0, -2)}a` : value);

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const label = matching(63, LABEL, "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character", ['my-name', '123-abc']);
const subdomain = matching(253, SUBDOMAIN, "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character", ['example.com']);
const label1035 = matching(63, '[a-z]([-a-z0-9]*[a-z0-9])?', "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character", ['my-name', 'abc-123']);
const labelValue = matching(63, '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?', "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character", ['MyValue', 'my_value', '12345']);

const NAME_PART = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const NAME_MESSAGE = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const NAME_EXAMPLES = ['MyName', 'my.name', '123-abc'];
const namePart = new RegExp(`^(?:${NAME_PART})$`);

const qualifiedName: Validate = (value) => {
  const parts = value.split('/');
  const wrong: string[] = [];
  if (parts.length > 2) {
    return [`a qualified name ${patternText(NAME_MESSAGE, NAME_PART, ...NAME_EXAMPLES)} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const name = parts.at(-1) ?? '';
  if (parts.length === 2) {
    const domain = parts[0] ?? '';
    if (domain === '') wrong.push('prefix part must be non-empty');
    else wrong.push(...subdomain(domain).map((text) => `prefix part ${text}`));
  }
  if (name === '') wrong.push('name part must be non-empty');
  else if (bytes(name) > 63) wrong.push(`name part ${tooLong(63)}`);
  if (bytes(name) > 252 || !namePart.test(name)) wrong.push(`name part ${patternText(NAME_MESSAGE, NAME_PART, ...NAME_EXAMPLES)}`);
  return wrong;
};

const uri: Validate = (value) => {
  const parsed = parseRequestUri(value);
  return 'error' in parsed ? [parsed.error] : [];
};

const simple = (valid: (value: string) => boolean, message: string): Validate => (value) => (valid(value) ? [] : [message]);
const isUuid = (value: string): boolean => /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(value);
const isBase64 = (value: string): boolean => /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value);
const isDate = (value: string): boolean => /^\d{4}-\d\d-\d\d$/.test(value) && parseTimestamp(`${value}T00:00:00Z`) !== undefined;

const FORMATS: readonly FormatValue[] = [
  new FormatValue('dns1123Label', label, 30),
  new FormatValue('dns1123Subdomain', subdomain, 60),
  new FormatValue('dns1035Label', label1035, 30),
  new FormatValue('qualifiedName', qualifiedName, 60),
  new FormatValue('dns1123LabelPrefix', prefix(label), 30),
  new FormatValue('dns1123SubdomainPrefix', prefix(subdomain), 60),
  new FormatValue('dns1035LabelPrefix', prefix(label1035), 30),
  new FormatValue('labelValue', labelValue, 40),
  new FormatValue('uri', uri, 1000),
  new FormatValue('uuid', simple(isUuid, 'does not match the UUID format'), 60),
  new FormatValue('byte', simple(isBase64, 'invalid base64'), 200),
  new FormatValue('date', simple(isDate, 'invalid date'), 60),
  new FormatValue('datetime', simple((value) => parseTimestamp(value) !== undefined, 'invalid datetime'), 60),
];
const BY_NAME: ReadonlyMap<string, FormatValue> = new Map(FORMATS.map((format) => [format.name, format]));

/** Named formats: `format.dns1123Label().validate(x)` answers what is wrong, or none. */
export const format: Library = {
  name: 'kubernetes.format',
  constants: [{ name: FORMAT_TYPE.name, type: typeOf(FORMAT_TYPE), value: new CelTypeValue(FORMAT_TYPE) }],
  functions: [
    ...FORMATS.map((value) => declare(`format.${value.name}`, overload(`format-${value.name}`, '() -> kubernetes.NamedFormat', () => value))),
    declare(
      'format.named',
      overload('format-named', '(string) -> optional(kubernetes.NamedFormat)', (name) => {
        const found = typeof name === 'string' ? BY_NAME.get(name) : noSuchOverload();
        return found === undefined ? CelOptional.none : new CelOptional(found);
      }),
    ),
    declare(
      'validate',
      overload('format-validate', 'kubernetes.NamedFormat . (string) -> optional(list(string))', (value, text): CelValue => {
        if (!(value instanceof FormatValue) || typeof text !== 'string') return noSuchOverload();
        const wrong = value.validate(text);
        return wrong.length === 0 ? CelOptional.none : new CelOptional(new CelList(wrong));
      }),
    ),
  ],
};
