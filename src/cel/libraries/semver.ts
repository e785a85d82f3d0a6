import { fail, noSuchOverload } from '../evaluation-error.ts';
import { declare, overload } from '../functions.ts';
import type { Implementation, Library } from '../functions.ts';
import { canonical } from '../numbers.ts';
import { opaque, typeOf } from '../types.ts';
import type { CelType } from '../types.ts';
import { CelTypeValue } from '../values.ts';
import type { CelValue, OpaqueValue } from '../values.ts';

export const SEMVER_TYPE = opaque('kubernetes.Semver');

interface Version {
  readonly numbers: readonly [bigint, bigint, bigint];
  /** Parts of the pre-release; numbers where they are numeric. */
  readonly preRelease: readonly (string | bigint)[];
  readonly build: readonly string[];
}

export class SemverValue implements OpaqueValue {
  readonly celType: CelType = SEMVER_TYPE;
  readonly version: Version;
  constructor(version: Version) {
    this.version = version;
  }
  equals(other: OpaqueValue): boolean {
    return other instanceof SemverValue && compareVersions(this.version, other.version) === 0;
  }
}

const MAX_UINT = 2n ** 64n - 1n;
const NAMES = ['major', 'minor', 'patch'];

function parse(text: string): Version | { readonly error: string } {
  if (text === '') return { error: 'Version string empty' };
  const [withPre = '', ...builds] = text.split('+');
  const dash = withPre.indexOf('-');
  const core = dash < 0 ? withPre : withPre.slice(0, dash);
  const parts = core.split('.');
  if (parts.length !== 3) return { error: 'No Major.Minor.Patch elements found' };
  const numbers: bigint[] = [];
  for (const [i, part] of parts.entries()) {
    const name = NAMES[i] ?? '';
    const title = name.charAt(0).toUpperCase() + name.slice(1);
    if (!/^\d+$/.test(part)) return { error: part === '' ? 'strconv.ParseUint: parsing "": invalid syntax' : `Invalid character(s) found in ${name} number ${JSON.stringify(part)}` };
    if (part.length > 1 && part.startsWith('0')) return { error: `${title} number must not contain leading zeroes ${JSON.stringify(part)}` };
    const number = BigInt(part);
    if (number > MAX_UINT) return { error: `strconv.ParseUint: parsing ${JSON.stringify(part)}: value out of range` };
    numbers.push(number);
  }
  const preRelease: (string | bigint)[] = [];
  for (const part of dash < 0 ? [] : withPre.slice(dash + 1).split('.')) {
    if (part === '') return { error: 'Prerelease is empty' };
    if (!/^[0-9A-Za-z-]+$/.test(part)) return { error: `Invalid character(s) found in prerelease ${JSON.stringify(part)}` };
    if (/^0\d+$/.test(part)) return { error: `Numeric PreRelease version must not contain leading zeroes ${JSON.stringify(part)}` };
    preRelease.push(/^\d+$/.test(part) ? BigInt(part) : part);
  }
  const build = builds.length === 0 ? [] : builds.join('+').split('.');
  for (const part of build) {
    if (part === '') return { error: 'Build meta data is empty' };
    if (!/^[0-9A-Za-z-]+$/.test(part)) return { error: `Invalid character(s) found in build meta data ${JSON.stringify(part)}` };
  }
  return { numbers: numbers as [bigint, bigint, bigint], preRelease, build };
}

/** Lets versions be written as people write them: `v1.2`, `01.0`. */
function normalize(text: string): string {
  const trimmed = text.startsWith('v') ? text.slice(1) : text;
  const end = trimmed.search(/[-+]/);
  const core = end < 0 ? trimmed : trimmed.slice(0, end);
  const parts = core.split('.').map((part) => part.replace(/^0+(?=\d)/, ''));
  while (parts.length < 3) parts.push('0');
  return parts.join('.') + (end < 0 ? '' : trimmed.slice(end));
}

function compareVersions(a: Version, b: Version): number {
  for (const i of [0, 1, 2] as const) if (a.numbers[i] !== b.numbers[i]) return a.numbers[i] < b.numbers[i] ? -1 : 1;
  if (a.preRelease.length === 0 || b.preRelease.length === 0) return Math.sign(b.preRelease.length - a.preRelease.length);
  for (let i = 0; i < Math.min(a.preRelease.length, b.preRelease.length); i++) {
    const [x, y] = [a.preRelease[i], b.preRelease[i]];
    if (x === undefined || y === undefined || x === y) continue;
    if (typeof x !== typeof y) return typeof x === 'bigint' ? -1 : 1;
    return x < y ? -1 : 1;
  }
  return Math.sign(a.preRelease.length - b.preRelease.length);
}

function read(text: CelValue | undefined, lenient: CelValue | undefined): Version | { readonly error: string } {
  if (typeof text !== 'string' || (lenient !== undefined && typeof lenient !== 'boolean')) return noSuchOverload();
  return parse(lenient === true ? normalize(text) : text);
}

const versionOf = (value: CelValue | undefined): Version => (value instanceof SemverValue ? value.version : noSuchOverload());
const make: Implementation = (text, lenient) => {
  const parsed = read(text, lenient);
  return 'error' in parsed ? fail(parsed.error) : new SemverValue(parsed);
};
const isValid: Implementation = (text, lenient) => !('error' in read(text, lenient));
const component = (index: 0 | 1 | 2): Implementation => (value) => canonical(versionOf(value).numbers[index]);
const order = (call: (order: number) => CelValue): Implementation => (a, b) => call(compareVersions(versionOf(a), versionOf(b)));

/** Kubernetes' semantic versions. */
export const semver: Library = {
  name: 'kubernetes.Semver',
  constants: [{ name: SEMVER_TYPE.name, type: typeOf(SEMVER_TYPE), value: new CelTypeValue(SEMVER_TYPE) }],
  functions: [
    declare('semver', overload('string_to_semver', '(string) -> kubernetes.Semver', make), overload('string_bool_to_semver', '(string, bool) -> kubernetes.Semver', make)),
    declare('isSemver', overload('is_semver_string', '(string) -> bool', isValid), overload('is_semver_string_bool', '(string, bool) -> bool', isValid)),
    declare('major', overload('semver_major', 'kubernetes.Semver . () -> int', component(0))),
    declare('minor', overload('semver_minor', 'kubernetes.Semver . () -> int', component(1))),
    declare('patch', overload('semver_patch', 'kubernetes.Semver . () -> int', component(2))),
    declare('isGreaterThan', overload('semver_is_greater_than', 'kubernetes.Semver . (kubernetes.Semver) -> bool', order((o) => o > 0))),
    declare('isLessThan', overload('semver_is_less_than', 'kubernetes.Semver . (kubernetes.Semver) -> bool', order((o) => o < 0))),
    declare('compareTo', overload('semver_compare_to', 'kubernetes.Semver . (kubernetes.Semver) -> int', order((o) => o))),
  ],
};
