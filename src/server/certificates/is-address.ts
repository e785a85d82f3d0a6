import { isIPv4 } from 'node:net';

/** Of a host that is a name or an address. `net.isIP` would tell, too, but its pattern takes 8 ms to compile, at every start. */
export function isAddress(host: string): boolean {
  return host.includes(':') || isIPv4(host);
}
