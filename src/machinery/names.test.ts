import { describe, expect, test } from 'vitest';
import * as names from './names.ts';

const LABEL = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const SUBDOMAIN = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const NAME_PART = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const VALUE = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

describe('names', () => {
  test.each([
    ['my-name', []],
    ['Bad_Name', [LABEL]],
    ['a.b', ['must not contain dots']],
    ['', [LABEL]],
    ['a'.repeat(64), ['must be no more than 63 characters']],
    ['-'.repeat(64), ['must be no more than 63 characters', LABEL]],
    ['a\n', [LABEL]],
  ])('as a DNS label, %j has %d findings', (name, findings) => {
    expect(names.isDns1123Label(name)).toEqual(findings);
  });

  test.each([
    ['a.b-c.d', []],
    ['..', [SUBDOMAIN]],
    ['a/b', [SUBDOMAIN]],
    ['a'.repeat(254), ['must be no more than 253 characters']],
  ])('as a DNS subdomain, %j', (name, findings) => {
    expect(names.isDns1123Subdomain(name)).toEqual(findings);
  });

  test.each([
    ['app', []],
    ['example.com/Some_Name.x', []],
    ['-x', [NAME_PART]],
    ['/y', ['prefix part must be non-empty']],
    ['Bad_Prefix/x', [`prefix part ${SUBDOMAIN}`]],
    ['', ['name part must be non-empty', NAME_PART]],
    ['a/', ['name part must be non-empty', NAME_PART]],
    ['x'.repeat(64), ['name part must be no more than 63 bytes']],
    [`${'x'.repeat(254)}/y`, ['prefix part must be no more than 253 bytes']],
    ['a/b/c', [`a valid label key ${NAME_PART.slice('name part '.length)} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`]],
  ])('as a qualified name, %j', (name, findings) => {
    expect(names.isQualifiedName(name)).toEqual(findings);
  });

  test.each([
    ['', []],
    ['v1.2_x-y', []],
    ['not valid!', [VALUE]],
    ['v'.repeat(64), ['must be no more than 63 bytes']],
    ['-'.repeat(64), ['must be no more than 63 bytes', VALUE]],
    ['é', [VALUE]],
  ])('as a label value, %j', (name, findings) => {
    expect(names.isLabelValue(name)).toEqual(findings);
  });

  test.each([
    ['.', ["may not be '.'"]],
    ['..', ["may not be '..'"]],
    ['a/b%c', ["may not contain '/'", "may not contain '%'"]],
    ['system:a', []],
  ])('as a path segment, %j', (name, findings) => {
    expect(names.isPathSegmentName(name)).toEqual(findings);
  });

  test.each([
    ['key.name', []],
    ['..', ["must not be '..'"]],
    ['..a', ["must not start with '..'"]],
    ['a b', ["a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"]],
    ['k'.repeat(254), ['must be no more than 253 characters']],
  ])('as a key of a ConfigMap, %j', (name, findings) => {
    expect(names.isConfigMapKey(name)).toEqual(findings);
  });

  test.each([
    ['http', []],
    ['8080', ['must contain at least one letter (a-z)']],
    ['Not_A_Port_Name_Here', ['must be no more than 15 characters', 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)']],
    ['-a--b-', ['must not contain consecutive hyphens', 'must not begin or end with a hyphen']],
  ])('as a name of a port, %j', (name, findings) => {
    expect(names.isPortName(name)).toEqual(findings);
  });

  test('a generateName may end with the dash that a suffix follows', () => {
    expect(names.nameIsDnsLabel('web-', true)).toEqual([]);
    expect(names.nameIsDnsLabel('web-', false)).toEqual([LABEL]);
    expect(names.nameIsDnsSubdomain('Web-', true)).toEqual([SUBDOMAIN]);
    expect(names.nameIsPathSegment('..', true)).toEqual([]);
  });

  test('long hostile names are judged', () => {
    for (const judge of [names.isDns1123Subdomain, names.isQualifiedName, names.isLabelValue, names.isDns1123Label, names.isConfigMapKey]) {
      for (const text of ['a-', 'a.']) expect([judge.name, judge(`${text.repeat(100_000)}!`).length > 0]).toEqual([judge.name, true]);
    }
  });
});
