/** What plain YAML scalars mean to Kubernetes' YAML library: YAML 1.1 words, Go's number forms. */

export type YamlScalar = string | number | bigint | boolean | null;

/** Every word in lower case, capitalized and in upper case. */
function words(value: YamlScalar, ...given: readonly string[]): [string, YamlScalar][] {
  return given.flatMap((word) => {
    const start = word.search(/[a-z]/);
    const capitalized = start < 0 ? word : word.slice(0, start) + word.charAt(start).toUpperCase() + word.slice(start + 1);
    return [word, capitalized, word.toUpperCase()].map((form): [string, YamlScalar] => [form, value]);
  });
}

const WORDS: ReadonlyMap<string, YamlScalar> = new Map([
  ...words(true, 'y', 'yes', 'true', 'on'),
  ...words(false, 'n', 'no', 'false', 'off'),
  ...words(null, '', '~', 'null'),
  ['.nan', NaN],
  ['.NaN', NaN],
  ['.NAN', NaN],
  ...words(Infinity, '.inf', '+.inf'),
  ...words(-Infinity, '-.inf'),
]);

const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const DECIMAL = /^[-+]?(?:0|[1-9][0-9]*)$/;
const PREFIXED = /^([-+]?)0([xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+|[0-7]+)$/;
const MAX_UINT64 = 2n ** 64n - 1n;
const MIN_INT64 = -(2n ** 63n);
/** Longer digits are no int64, and their float is Infinity or exact enough from its head. */
const MAX_NUMBER_LENGTH = 512;

/** The value of a plain scalar; timestamps stay text. Infinities and NaN are possible: JSON has no place for them. */
export function resolvePlainScalar(text: string): YamlScalar {
  const first = text.charCodeAt(0);
  const mayBeNumber = (first >= 0x30 && first <= 0x39) || first === 0x2b || first === 0x2d || first === 0x2e;
  if (!mayBeNumber || text.length <= 5) {
    const word = WORDS.get(text);
    if (word !== undefined) return word;
    if (!mayBeNumber) return text;
  }
  if (text.length > MAX_NUMBER_LENGTH) return text;
  const plain = text.replaceAll('_', '');
  // A leading dot can only begin a fraction; underscores do not count there.
  if (first === 0x2e) return FLOAT.test(text) ? Number(text) : text;
  return resolveInteger(plain) ?? (FLOAT.test(plain) ? Number(plain) : text);
}

function resolveInteger(text: string): number | bigint | undefined {
  let value: bigint;
  if (DECIMAL.test(text)) {
    if (text.length < 15) return Number(text);
    value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  } else {
    const match = PREFIXED.exec(text);
    if (match === null) return undefined;
    const [, sign, digits = ''] = match;
    const magnitude = BigInt(/^[0-7]/.test(digits) ? `0o${digits}` : `0${digits.toLowerCase()}`);
    value = sign === '-' ? -magnitude : magnitude;
  }
  if (value > MAX_UINT64 || value < MIN_INT64) return undefined;
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

/** Texts that YAML 1.1 readers take for times. */
export function isYamlTimestamp(text: string): boolean {
  if (!/^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}/.test(text)) return false;
  if (/^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}$/.test(text)) return !Number.isNaN(Date.parse(dashed(text)));
  const match = /^([0-9]{4}-[0-9]{1,2}-[0-9]{1,2})(?:[Tt]| +)([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]+)?(?: *(?:Z|[-+][0-9]{2}:[0-9]{2}))?$/.exec(text);
  if (match === null) return false;
  const [, date = '', hour, minute, second] = match;
  return !Number.isNaN(Date.parse(dashed(date))) && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
}

/** The date with two-digit months and days, which Date.parse takes for a date without a zone. */
function dashed(date: string): string {
  return date.replace(/-([0-9])(?![0-9])/g, '-0$1');
}

/** Texts that YAML 1.1 readers take for base 60 numbers: `1:30`. */
export function isBase60(text: string): boolean {
  return /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/.test(text);
}
