import { describe, expect, test } from 'vitest';
import { formatIpSlot, isInNetwork, parseIpRange, parseIpSlot } from './ip-range.ts';
import { parsePortRange } from './node-ports.ts';

const shown = (family: 'IPv4' | 'IPv6', value: bigint): string => formatIpSlot({ family, value });

describe('a range of addresses', () => {
  test.each([
    ['10.0.0.0/16', '10.0.0.1', '10.0.255.254', '10.0.1.1'],
    ['10.96.0.0/24', '10.96.0.1', '10.96.0.254', '10.96.0.17'],
    ['192.0.2.0/28', '192.0.2.1', '192.0.2.14', '192.0.2.1'],
    ['192.0.2.9/30', '192.0.2.9', '192.0.2.10', '192.0.2.9'],
    ['2001:db8::/112', '2001:db8::1', '2001:db8::ffff', '2001:db8::101'],
    ['fd00::/64', 'fd00::1', 'fd00::ffff:ffff:ffff:ffff', 'fd00::101'],
  ])('%s goes from %s to %s, and is used from %s on', (cidr, first, last, preferred) => {
    const range = parseIpRange(cidr);
    if (!range) throw new Error(cidr);
    expect([range.first, range.last, range.preferredFrom].map((value) => shown(range.family, value))).toEqual([first, last, preferred]);
  });

  test.each(['', '10.0.0.0', '10.0.0.0/33', 'x/8', '2001:db8::/129', '::ffff:10.0.0.0/64'])('%j is none', (cidr) => {
    expect(parseIpRange(cidr)).toBeUndefined();
  });

  test('has its network and broadcast addresses in it, but not those of other families', () => {
    const range = parseIpRange('10.0.0.0/24');
    const holds = (text: string): boolean => {
      const slot = parseIpSlot(text);
      return range !== undefined && slot !== undefined && isInNetwork(range, slot);
    };
    expect(['10.0.0.0', '10.0.0.255', '10.0.1.0', '::a00:1'].map(holds)).toEqual([true, true, false, false]);
  });
});

test.each([
  ['30000-32767', { first: 30000, last: 32767 }],
  ['8080', { first: 8080, last: 8080 }],
  ['0-10', undefined],
  ['10-5', undefined],
  ['1-65536', undefined],
  ['a-b', undefined],
])('the range of ports %j', (text, range) => {
  expect(parsePortRange(text)).toEqual(range);
});
