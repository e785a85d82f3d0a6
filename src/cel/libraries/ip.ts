import { fail, noSuchOverload } from '../evaluation-error.ts';
import { declare, overload } from '../functions.ts';
import type { Implementation, Library } from '../functions.ts';
import { opaque, typeOf } from '../types.ts';
import type { CelType } from '../types.ts';
import { CelTypeValue } from '../values.ts';
import type { OpaqueValue } from '../values.ts';
import * as address from './ip-address.ts';
import type { Address, Parsed } from './ip-address.ts';

export const IP_TYPE = opaque('net.IP');

export class IpValue implements OpaqueValue {
  readonly celType: CelType = IP_TYPE;
  readonly address: Address;
  constructor(value: Address) {
    this.address = value;
  }
  /** Bytes: what costs are counted by. */
  get size(): number {
    return this.address.bytes.length;
  }
  equals(other: OpaqueValue): boolean {
    return other instanceof IpValue && address.formatAddress(other.address) === address.formatAddress(this.address);
  }
}

/** An address as Kubernetes takes it: without a zone, and IPv4 written as IPv4. */
export function parseIp(text: string): Parsed<Address> {
  const parsed = address.parseAddress(text);
  const shown = JSON.stringify(text);
  if ('error' in parsed) return { error: `IP Address ${shown} parse error during conversion from string: ${parsed.error}` };
  if (text.includes('%')) return { error: `IP address ${shown} with zone value is not allowed` };
  return address.isMapped(parsed.value) ? { error: `IPv4-mapped IPv6 address ${shown} is not allowed` } : parsed;
}

const onText = (call: (text: string) => ReturnType<Implementation>): Implementation => (text) => (typeof text === 'string' ? call(text) : noSuchOverload());
const property = (read: (value: Address) => boolean | number | string): Implementation => (ip) => (ip instanceof IpValue ? read(ip.address) : noSuchOverload());

/** Kubernetes' IP addresses. */
export const ip: Library = {
  name: 'kubernetes.net.ip',
  constants: [{ name: IP_TYPE.name, type: typeOf(IP_TYPE), value: new CelTypeValue(IP_TYPE) }],
  functions: [
    declare('ip', overload('string_to_ip', '(string) -> net.IP', onText((text) => {
      const parsed = parseIp(text);
      return 'error' in parsed ? fail(parsed.error) : new IpValue(parsed.value);
    }))),
    declare('isIP', overload('is_ip', '(string) -> bool', onText((text) => !('error' in parseIp(text))))),
    declare('ip.isCanonical', overload('ip_is_canonical', '(string) -> bool', onText((text) => {
      const parsed = parseIp(text);
      return 'error' in parsed ? fail(parsed.error) : address.formatAddress(parsed.value) === text;
    }))),
    declare('string', overload('ip_to_string', '(net.IP) -> string', property(address.formatAddress))),
    declare('family', overload('ip_family', 'net.IP . () -> int', property((a) => a.family))),
    declare('isUnspecified', overload('ip_is_unspecified', 'net.IP . () -> bool', property(address.isUnspecified))),
    declare('isLoopback', overload('ip_is_loopback', 'net.IP . () -> bool', property(address.isLoopback))),
    declare('isLinkLocalMulticast', overload('ip_is_link_local_multicast', 'net.IP . () -> bool', property(address.isLinkLocalMulticast))),
    declare('isLinkLocalUnicast', overload('ip_is_link_local_unicast', 'net.IP . () -> bool', property(address.isLinkLocalUnicast))),
    declare('isGlobalUnicast', overload('ip_is_global_unicast', 'net.IP . () -> bool', property(address.isGlobalUnicast))),
  ],
};
