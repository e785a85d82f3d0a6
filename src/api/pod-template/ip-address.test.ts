import { describe, expect, test } from 'vitest';
import { FieldPath } from '../../machinery/field-error.ts';
import type { Findings } from './findings.ts';
import { checkCidr, checkIpAddress, cidrWarnings, formatIpAddress, ipWarnings, parseIpAddress } from './ip-address.ts';

const PATH = FieldPath.root('ip');
const texts = (check: (findings: Findings) => unknown): string[] => {
  const findings: Findings = [];
  check(findings);
  return findings.map((finding) => finding.message);
};

describe('an IP address', () => {
  test.each([
    ['10.9.8.7', '10.9.8.7'],
    ['010.9.8.7', '10.9.8.7'],
    ['2001:db8:0:0::1', '2001:db8::1'],
    ['::', '::'],
    ['1::', '1::'],
    ['::1', '::1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['2001:DB8::A', '2001:db8::a'],
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['64:ff9b::1.2.3.4', '64:ff9b::102:304'],
  ])('%s is %s in its canonical form', (text, canonical) => {
    const address = parseIpAddress(text);
    expect(address && formatIpAddress(address)).toBe(canonical);
  });

  test.each(['', 'x', '1.2.3', '1.2.3.4.5', '256.1.1.1', '1:2', ':::', '1::2::3', '1:2:3:4:5:6:7:8:9', '12345::', '1.2.3.4::', 'fe80::1%eth0'])('%j is none', (text) => {
    expect(parseIpAddress(text)).toBeUndefined();
  });

  test.each([
    ['10.0.0.1', []],
    ['x', ['Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']],
    ['203.0.113.009', ['Invalid value: "203.0.113.009": must not have leading 0s']],
    ['::ffff:1.2.3.4', ['Invalid value: "::ffff:1.2.3.4": must not be an IPv4-mapped IPv6 address']],
  ])('%s is judged', (text, expected) => {
    expect(texts((findings) => checkIpAddress(findings, PATH, text))).toEqual(expected);
  });

  test('draws a warning when it is spelled unusually', () => {
    expect(ipWarnings(PATH, '2001:db8:0:0::1')).toEqual(['ip: IPv6 address "2001:db8:0:0::1" should be in RFC 5952 canonical format ("2001:db8::1")']);
    expect(ipWarnings(PATH, '2001:db8::1')).toEqual([]);
    expect(ipWarnings(PATH, '1.2.3.04')[0]).toContain('use "1.2.3.4"');
  });
});

describe('a range', () => {
  test.each([
    ['10.0.0.0/8', []],
    ['2001:db8::/64', []],
    ['nope', ['Invalid value: "nope": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']],
    ['10.0.0.0/33', ['Invalid value: "10.0.0.0/33": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']],
    ['10.0.0.1/8', ['Invalid value: "10.0.0.1/8": must not have bits set beyond the prefix length']],
    ['10.0.0.0/08', ['Invalid value: "10.0.0.0/08": must not have leading 0s in IP or prefix length']],
  ])('%s is judged', (text, expected) => {
    expect(texts((findings) => checkCidr(findings, PATH, text))).toEqual(expected);
  });

  test('draws a warning when it is spelled unusually', () => {
    expect(cidrWarnings(PATH, '2001:db8:0::/64')[0]).toContain('("2001:db8::/64")');
    expect(cidrWarnings(PATH, '10.0.0.1/8')[0]).toContain('use "10.0.0.0/8"');
  });
});
