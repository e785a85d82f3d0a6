import type { SharedNode } from '../nodes/node-state.ts';

/** How a zone is, by how many of its nodes are. */
export type ZoneState = 'Normal' | 'PartialDisruption' | 'FullDisruption';

export interface ZoneLimits {
  readonly evictionRate: number;
  readonly secondaryEvictionRate: number;
  readonly largeZoneNodes: number;
  readonly unhealthyZoneShare: number;
}

/** Nodes that share a region and a zone; those that name neither are one zone. */
export function zoneOf({ metadata }: SharedNode): string {
  const { labels = {} } = metadata;
  const region = labels['topology.kubernetes.io/region'] ?? labels['failure-domain.beta.kubernetes.io/region'] ?? '';
  const zone = labels['topology.kubernetes.io/zone'] ?? labels['failure-domain.beta.kubernetes.io/zone'] ?? '';
  return `${region}:${zone}`;
}

/** Two failing nodes are never a disruption of a zone that has others. */
const MAX_HARMLESS = 2;

export function computeZoneState({ ready, failing }: { readonly ready: number; readonly failing: number }, { unhealthyZoneShare }: ZoneLimits): ZoneState {
  if (ready === 0 && failing > 0) return 'FullDisruption';
  return failing > MAX_HARMLESS && failing / (ready + failing) >= unhealthyZoneShare ? 'PartialDisruption' : 'Normal';
}

/**
 * Of how many nodes a second the pods may be driven out. When every zone fails altogether it is more likely that nothing
 * is heard here than that nothing is left there: then of none.
 */
export function evictionRate(state: ZoneState, { nodes, areAllDisrupted }: { readonly nodes: number; readonly areAllDisrupted: boolean }, limits: ZoneLimits): number {
  if (areAllDisrupted) return 0;
  if (state !== 'PartialDisruption') return limits.evictionRate;
  return nodes > limits.largeZoneNodes ? limits.secondaryEvictionRate : 0;
}
