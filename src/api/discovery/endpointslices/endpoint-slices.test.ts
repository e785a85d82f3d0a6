import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../machinery/json.ts';
import { create, NOW_MS, objectOf, update } from '../../apps/rule-runs.test-data.ts';
import type { EndpointSlice } from './endpoint-slice.ts';
import { rules } from './strategy.ts';

const slice = (addressType: string, endpoints: JsonObject[], ports: JsonObject[] = []) => objectOf('discovery.k8s.io/v1', 'EndpointSlice', { addressType, endpoints, ports });
const v4 = (...addresses: string[]) => slice('IPv4', [{ addresses }]);

describe('Endpoint slices', () => {
  test('ports have a name and a protocol', () => {
    expect(create(rules, slice('IPv4', [], [{ port: 80 }])).object['ports']).toEqual([{ port: 80, name: '', protocol: 'TCP' }]);
  });

  test.each<[string, EndpointSlice, string[]]>([
    ['no type', slice('', []), ['addressType: Required value']],
    ['another type', slice('IPv5', []), ['addressType: Unsupported value: "IPv5": supported values: "FQDN", "IPv4", "IPv6"']],
    ['no address', slice('IPv4', [{}]), ['endpoints[0].addresses: Required value: must contain at least 1 address']],
    ['the other family', v4('2001:db8::1'), ['endpoints[0].addresses: Invalid value: "2001:db8::1": must be an IPv4 address']],
    ['the other family', slice('IPv6', [{ addresses: ['192.0.2.1'] }]), ['endpoints[0].addresses: Invalid value: "192.0.2.1": must be an IPv6 address']],
    ['addresses that nobody reaches', v4('127.0.0.1', '169.254.1.1', '224.0.0.1', '0.0.0.0', 'x'), [
      'endpoints[0].addresses[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
      'endpoints[0].addresses[1]: Invalid value: "169.254.1.1": may not be in the link-local range (169.254.0.0/16, fe80::/10)',
      'endpoints[0].addresses[2]: Invalid value: "224.0.0.1": may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)',
      'endpoints[0].addresses[3]: Invalid value: "0.0.0.0": may not be unspecified (0.0.0.0)',
      'endpoints[0].addresses[4]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ]],
    ['the same of IPv6', slice('IPv6', [{ addresses: ['::1', 'fe80::1', 'ff02::1', '::'] }]), [
      'endpoints[0].addresses[0]: Invalid value: "::1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
      'endpoints[0].addresses[1]: Invalid value: "fe80::1": may not be in the link-local range (169.254.0.0/16, fe80::/10)',
      'endpoints[0].addresses[2]: Invalid value: "ff02::1": may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)',
      'endpoints[0].addresses[3]: Invalid value: "::": may not be unspecified (::)',
    ]],
    ['two ports of a name', slice('IPv4', [], [{ name: 'a' }, { name: 'a' }]), ['ports[1].name: Duplicate value: "a"']],
    ['any port number', slice('IPv4', [], [{ port: 70000 }]), []],
    ['a zone twice', slice('IPv4', [{ addresses: ['192.0.2.1'], hints: { forZones: [{ name: 'a' }, { name: 'a' }] } }]), ['endpoints[0].hints.forZones[1].name: Duplicate value: "a"']],
    ['too many endpoints', slice('IPv4', Array.from({ length: 1001 }, () => ({}))), ['endpoints: Too many: 1001: must have at most 1000 items']],
  ])('%s', (_, object, findings) => {
    expect(create(rules, object).findings).toEqual(findings);
  });

  test('the type of addresses stays, and so may an address that is spelled in an old way', () => {
    const old = v4('010.0.0.1');
    expect(create(rules, v4('010.0.0.1')).findings).toEqual(['endpoints[0].addresses[0]: Invalid value: "010.0.0.1": must not have leading 0s']);
    expect(update(rules, old, (object) => void (object.metadata.labels = { a: 'b' })).findings).toEqual([]);
    expect(update(rules, old, (object) => void (object['addressType'] = 'FQDN')).findings).toContain('addressType: Invalid value: "FQDN": field is immutable');
  });

  test('topology labels are dropped, but for the name of a node in an older slice', () => {
    const topology = { addresses: ['192.0.2.1'], deprecatedTopology: { 'kubernetes.io/hostname': 'n' } };
    expect(create(rules, slice('IPv4', [topology])).object['endpoints']).toEqual([{ addresses: ['192.0.2.1'] }]);
    const { object } = update(rules, slice('IPv4', [topology]), (changed) => (changed as EndpointSlice).endpoints?.push({ addresses: ['192.0.2.2'] }));
    expect(object['endpoints']).toEqual([{ addresses: ['192.0.2.1'], nodeName: 'n' }, { addresses: ['192.0.2.2'] }]);
  });

  test('warnings', () => {
    expect(create(rules, slice('FQDN', [{ addresses: ['a.example.com'] }])).warnings).toEqual(['spec.addressType: FQDN endpoints are deprecated']);
    expect(create(rules, slice('IPv6', [{ addresses: ['2001:DB8::1'] }])).warnings).toEqual([
      'endpoints[0].addresses[0]: IPv6 address "2001:DB8::1" should be in RFC 5952 canonical format ("2001:db8::1")',
    ]);
  });

  test('table cells', () => {
    const object = slice('IPv4', [{ addresses: ['192.0.2.1'] }, { addresses: ['192.0.2.2', '192.0.2.3', '192.0.2.4'] }], [{ name: 'a', port: 80 }, { name: 'b' }]);
    expect(rules.cells?.(object, { nowMs: NOW_MS })).toEqual(['x', 'IPv4', '80,b', '192.0.2.1,192.0.2.2,192.0.2.3 + 1 more...', '120m']);
    expect(rules.cells?.(slice('IPv4', []), { nowMs: NOW_MS })).toEqual(['x', 'IPv4', '<unset>', '<unset>', '120m']);
  });
});
