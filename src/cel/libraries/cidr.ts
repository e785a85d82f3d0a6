import { fail, noSuchOverload } from '../evaluation-error.ts';
import { declare, overload } from '../functions.ts';
import type { Implementation, Library } from '../functions.ts';
import { opaque, typeOf } from '../types.ts';
import type { CelType } from '../types.ts';
import { CelTypeValue } from '../values.ts';
import type { CelValue, OpaqueValue } from '../values.ts';
import { contains, formatAddress, isMapped, masked, parsePrefix } from './ip-address.ts';
import type { Parsed, Prefix } from './ip-address.ts';
import { IpValue, parseIp } from './ip.ts';

export const CIDR_TYPE = opaque('net.CIDR');

const format = (prefix: Prefix): string => `${formatAddress(prefix.address)}/${prefix.bits}`;

export class CidrValue implements OpaqueValue {
  readonly celType: CelType = CIDR_TYPE;
  readonly prefix: Prefix;
  constructor(prefix: Prefix) {
    this.prefix = prefix;
  }
  /** Bytes of the prefix: what costs are counted by. */
  get size(): number {
    return Math.ceil(this.prefix.bits / 8);
  }
  equals(other: OpaqueValue): boolean {
    return other instanceof CidrValue && format(other.prefix) === format(this.prefix);
  }
}

function parseCidr(text: string): Parsed<Prefix> {
  const parsed = parsePrefix(text);
  if ('error' in parsed) return { error: `network address parse error during conversion from string: ${parsed.error}` };
  if (isMapped(parsed.value.address)) return { error: `IPv4-mapped IPv6 address ${JSON.stringify(formatAddress(parsed.value.address))} is not allowed` };
  return parsed;
}

function toCidr(value: CelValue | undefined): CidrValue {
  if (value instanceof CidrValue) return value;
  if (typeof value !== 'string') return noSuchOverload();
  const parsed = parseCidr(value);
  return 'error' in parsed ? fail(`network address parse error during conversion from string: ${parsed.error}`) : new CidrValue(parsed.value);
}

function toIp(value: CelValue | undefined): IpValue {
  if (value instanceof IpValue) return value;
  if (typeof value !== 'string') return noSuchOverload();
  const parsed = parseIp(value);
  return 'error' in parsed ? fail(parsed.error) : new IpValue(parsed.value);
}

const containsIp: Implementation = (cidr, ip) => contains(toCidr(cidr).prefix, toIp(ip).address);
const containsCidr: Implementation = (outer, inner) => {
  const [a, b] = [toCidr(outer).prefix, toCidr(inner).prefix];
  return a.bits <= b.bits && contains(a, b.address);
};

/** Kubernetes' network prefixes. */
export const cidr: Library = {
  name: 'kubernetes.net.cidr',
  constants: [{ name: CIDR_TYPE.name, type: typeOf(CIDR_TYPE), value: new CelTypeValue(CIDR_TYPE) }],
  functions: [
    declare('cidr', overload('string_to_cidr', '(string) -> net.CIDR', (text) => toCidr(text))),
    declare('isCIDR', overload('is_cidr', '(string) -> bool', (text) => (typeof text === 'string' ? !('error' in parseCidr(text)) : noSuchOverload()))),
    declare('containsIP', overload('cidr_contains_ip_string', 'net.CIDR . (string) -> bool', containsIp), overload('cidr_contains_ip_ip', 'net.CIDR . (net.IP) -> bool', containsIp)),
    declare('containsCIDR', overload('cidr_contains_cidr_string', 'net.CIDR . (string) -> bool', containsCidr), overload('cidr_contains_cidr', 'net.CIDR . (net.CIDR) -> bool', containsCidr)),
    declare('ip', overload('cidr_ip', 'net.CIDR . () -> net.IP', (value) => new IpValue(toCidr(value).prefix.address))),
    declare('prefixLength', overload('cidr_prefix_length', 'net.CIDR . () -> int', (value) => toCidr(value).prefix.bits)),
    declare('masked', overload('cidr_masked', 'net.CIDR . () -> net.CIDR', (value) => new CidrValue(masked(toCidr(value).prefix)))),
    declare('string', overload('cidr_to_string', '(net.CIDR) -> string', (value) => format(toCidr(value).prefix))),
  ],
};
