import { allocationsOf } from '../../api/core/services/allocated-values.ts';
import type { Service } from '../../api/core/services/service.ts';
import type { Entry } from '../../store/store.ts';
import type { CompanionContext } from '../registry/write-companion.ts';
import { belongsTo, decodeIpAddress, encodeIpAddress, ipAddressKey, ipAddressType } from './ip-address-objects.ts';
import { formatIpSlot, parseIpSlot } from './ip-range.ts';
import { encodeHolder, holderOf, nodePortKey } from './node-ports.ts';

/** A key by which a service holds an address or a port. */
export interface HeldKey {
  /** What the key is given when it is taken. */
  value(): Uint8Array;
  /** What is there was put there for this very service. */
  isHeld(entry: Entry): boolean;
}

/** Every key that the service holds, or should hold. */
export function keysOfService(context: CompanionContext, service: Service): Map<string, HeldKey> {
  const keys = new Map<string, HeldKey>();
  const name = { namespace: service.metadata.namespace ?? '', name: service.metadata.name ?? '' };
  const { clusterIps, nodePorts } = allocationsOf(service);
  const type = ipAddressType(context);
  for (const ip of clusterIps) {
    const slot = parseIpSlot(ip);
    if (!slot) continue;
    const address = formatIpSlot(slot);
    keys.set(ipAddressKey(type, address), {
      value: () => encodeIpAddress(context, address, name),
      isHeld: (entry) => belongsTo(decodeIpAddress(type, entry), name),
    });
  }
  const port: HeldKey = {
    value: () => encodeHolder(name),
    isHeld: (entry) => {
      const holder = holderOf(entry);
      return holder.namespace === name.namespace && holder.name === name.name;
    },
  };
  for (const { port: number } of nodePorts) keys.set(nodePortKey(number), port);
  return keys;
}
