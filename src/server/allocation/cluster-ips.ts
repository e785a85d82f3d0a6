import type { IpFamily } from '../../api/core/services/ip-families.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { prefixRange } from '../../store/store.ts';
import type { CompanionContext } from '../registry/write-companion.ts';
import { chooseFreeSlot } from './free-slot.ts';
import { ipAddressKey, ipAddressType } from './ip-address-objects.ts';
import { formatIpSlot, isInNetwork, parseIpRange, parseIpSlot, type IpRange } from './ip-range.ts';
import { readPages } from './read-pages.ts';

/** networking.k8s.io/v1 ServiceCIDR, as far as allocation reads it. */
interface ServiceCidr extends KubeObject {
  spec?: { cidrs?: string[] };
  status?: { conditions?: { type?: string; status?: string }[] };
}

/**
 * The ranges that addresses come from: the cluster's own, which `--service-cluster-ip-range` gives, and those of
 * ServiceCIDRs that are ready and not on their way out.
 */
export async function serviceRanges(context: CompanionContext, own: readonly IpRange[]): Promise<readonly IpRange[]> {
  const type = context.catalog.findStored('networking.k8s.io', 'servicecidrs');
  if (!type) return own;
  const cache = await context.caches.get(type.storage);
  const ranges = [...own];
  for (const item of cache.range('')) {
    const object = item.object() as DeepReadonly<ServiceCidr>;
    if (!isUsable(object)) continue;
    for (const cidr of object.spec?.cidrs ?? []) {
      const range = ranges.some((known) => known.cidr === cidr) ? undefined : parseIpRange(cidr);
      if (range) ranges.push(range);
    }
  }
  return ranges;
}

function isUsable({ metadata, status }: DeepReadonly<ServiceCidr>): boolean {
  return metadata.deletionTimestamp === undefined && (status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false);
}

/** Why an address cannot be had, in Kubernetes' words; undefined when it can. */
export async function refusalOfAddress(context: CompanionContext, ranges: readonly IpRange[], address: string): Promise<string | undefined> {
  const slot = parseIpSlot(address);
  // Ranges may overlap: the narrowest one decides.
  const range = slot && ranges.filter((r) => isInNetwork(r, slot)).sort((a, b) => compareSize(a, b))[0];
  if (!slot || !range) return 'the provided network does not match the current range';
  if (slot.value < range.first || slot.value > range.last) {
    return `the provided IP (${address}) is not in the valid range. The range of valid IPs is ${range.cidr}`;
  }
  const taken = await context.store.getForUpdate(ipAddressKey(ipAddressType(context), formatIpSlot(slot)));
  return taken ? 'provided IP is already allocated' : undefined;
}

function compareSize(a: IpRange, b: IpRange): number {
  const difference = a.networkLast - a.networkFirst - (b.networkLast - b.networkFirst);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** A free address of the family; undefined when every range of it is full. */
export async function chooseAddress(context: CompanionContext, ranges: readonly IpRange[], family: IpFamily): Promise<string | undefined> {
  const type = ipAddressType(context);
  const { store, random } = context;
  for (const range of ranges) {
    if (range.family !== family) continue;
    const value = await chooseFreeSlot(
      range,
      {
        has: async (candidate) => (await store.getForUpdate(ipAddressKey(type, formatIpSlot({ family, value: candidate })))) !== undefined,
        all: async () => {
          const taken = new Set<bigint>();
          for await (const { key } of readPages(store, prefixRange(type.storage.prefix))) {
            const slot = parseIpSlot(key.slice(type.storage.prefix.length));
            if (slot?.family === family) taken.add(slot.value);
          }
          return taken;
        },
      },
      random,
    );
    if (value !== undefined) return formatIpSlot({ family, value });
  }
  return undefined;
}
