import type { Node } from '../../api/types/generated/core-v1.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import { parseQuantity, quantityMilliValue } from '../../machinery/quantity.ts';

export const ZONE_LABEL = 'topology.kubernetes.io/zone';
const CONTROL_PLANE_LABELS = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

/** Each zone's share of the CPUs that pods can have, adding up to 1; undefined while a ready node does not say its zone or its CPUs. */
export type ZoneShares = ReadonlyMap<string, number> | undefined;

export function zoneShares(nodes: readonly DeepReadonly<Node>[]): ZoneShares {
  const byZone = new Map<string, number>();
  let total = 0;
  for (const { metadata, status } of nodes) {
    const { labels = {} } = metadata;
    const isReady = status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') === true;
    if (!isReady || CONTROL_PLANE_LABELS.some((label) => labels[label] !== undefined)) continue;
    const zone = labels[ZONE_LABEL] ?? '';
    const cpu = quantityMilliValue(parseQuantity(status?.allocatable?.['cpu'] ?? '0'));
    if (zone === '' || cpu === 0) return undefined;
    byZone.set(zone, (byZone.get(zone) ?? 0) + cpu);
    total += cpu;
  }
  return total === 0 ? undefined : new Map([...byZone].map(([zone, cpu]) => [zone, cpu / total]));
}
