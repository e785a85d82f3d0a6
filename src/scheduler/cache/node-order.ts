import type { NodeInfo } from '../framework/node-info.ts';

/** One node of each zone in turn, so that whoever looks at some nodes only looks at all zones. */
export function inZoneOrder(nodes: Iterable<NodeInfo>): NodeInfo[] {
  const zones = new Map<string, NodeInfo[]>();
  for (const node of nodes) {
    const zone = zoneOf(node);
    const others = zones.get(zone);
    if (others) others.push(node);
    else zones.set(zone, [node]);
  }
  const ordered: NodeInfo[] = [];
  const groups = [...zones.values()];
  for (let i = 0; groups.some((group) => i < group.length); i++) {
    for (const group of groups) {
      const node = group[i];
      if (node) ordered.push(node);
    }
  }
  return ordered;
}

export function zoneOf({ labels }: Pick<NodeInfo, 'labels'>): string {
  const region = labels['topology.kubernetes.io/region'] ?? labels['failure-domain.beta.kubernetes.io/region'] ?? '';
  const zone = labels['topology.kubernetes.io/zone'] ?? labels['failure-domain.beta.kubernetes.io/zone'] ?? '';
  return `${region}/${zone}`;
}
