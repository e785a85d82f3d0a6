import type { Endpoint } from '../../api/types/generated/discovery-v1.ts';
import type { SharedService } from '../services/service-pods.ts';
import type { ZoneShares } from './zone-shares.ts';

const ANNOTATIONS = ['service.kubernetes.io/topology-mode', 'service.kubernetes.io/topology-aware-hints'];
/** So much more traffic than its share an endpoint may get at most. */
const OVERLOAD = 0.2;

/** Whether a service wants its endpoints divided among the zones by their sizes. */
export function dividesByZone({ metadata }: SharedService): boolean {
  return ANNOTATIONS.some((key) => ['Auto', 'auto'].includes(metadata.annotations?.[key] ?? ''));
}

export type ZoneHints =
  /** The zone that each endpoint is for, in the order of the endpoints; undefined for those that are not ready. */
  { readonly type: 'divided'; readonly zones: readonly (string | undefined)[] } | { readonly type: 'undivided'; readonly why: string };

/** Endpoints are for their own zone, but for as many as it takes to give each zone its share. */
export function computeZoneHints(endpoints: readonly Endpoint[], shares: ZoneShares): ZoneHints {
  const ready = endpoints.filter(({ conditions }) => conditions?.ready === true);
  const wanted = wantedByZone(ready.length, shares);
  if (typeof wanted === 'string') return { type: 'undivided', why: wanted };
  if (ready.some(({ zone = '' }) => zone === '')) return { type: 'undivided', why: 'One or more endpoints do not have a zone specified' };
  const allocated = new Map<string, number>();
  for (const { zone = '' } of ready) allocated.set(zone, (allocated.get(zone) ?? 0) + 1);
  const { giving, receiving } = transfers(wanted, allocated);
  const zones = endpoints.map(({ zone = '', conditions }) => {
    if (conditions?.ready !== true) return undefined;
    const left = giving.get(zone) ?? 0;
    const receiver = left > 0 ? [...receiving].find(([, count]) => count > 0)?.[0] : undefined;
    if (receiver === undefined) return zone;
    giving.set(zone, left - 1);
    receiving.set(receiver, (receiving.get(receiver) ?? 0) - 1);
    return receiver;
  });
  return { type: 'divided', zones };
}

/** How many endpoints each zone should have, or why that cannot be. */
function wantedByZone(count: number, shares: ZoneShares): ReadonlyMap<string, number> | string {
  if (!shares) return 'Insufficient Node information: allocatable CPU or zone not specified on one or more nodes';
  if (shares.size < 2) return 'Nodes only ready in one zone';
  const counts = `(${count} endpoints, ${shares.size} zones)`;
  if (shares.size > count) return `Insufficient number of endpoints ${counts}`;
  const wanted = new Map<string, number>();
  let least = 0;
  for (const [zone, share] of shares) {
    const minimum = Math.ceil((share * count) / (1 + OVERLOAD));
    wanted.set(zone, Math.max(share * count, minimum));
    least += minimum;
  }
  return least > count ? `Unable to allocate minimum required endpoints to each zone without exceeding overload threshold ${counts}` : wanted;
}

/** Whole endpoints that zones with too many give to those with too few, the neediest first. */
function transfers(wanted: ReadonlyMap<string, number>, allocated: ReadonlyMap<string, number>): { readonly giving: Map<string, number>; readonly receiving: Map<string, number> } {
  const [surplus, lack] = [new Map<string, number>(), new Map<string, number>()];
  for (const [zone, target] of wanted) {
    const difference = (allocated.get(zone) ?? 0) - target;
    if (difference > 0) surplus.set(zone, difference);
    if (difference < 0) lack.set(zone, -difference);
  }
  const [giving, receiving] = [new Map<string, number>(), new Map<string, number>()];
  for (;;) {
    const [giver, most] = largest(surplus);
    const [receiver, need] = largest(lack);
    if (giver === undefined || receiver === undefined || (most < 1 && need < 1) || most < 0.5 || need < 0.5) return { giving, receiving };
    giving.set(giver, (giving.get(giver) ?? 0) + 1);
    receiving.set(receiver, (receiving.get(receiver) ?? 0) + 1);
    surplus.set(giver, most - 1);
    lack.set(receiver, need - 1);
  }
}

function largest(amounts: ReadonlyMap<string, number>): readonly [zone: string | undefined, amount: number] {
  return [...amounts].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))[0] ?? [undefined, 0];
}
