import type { NodeTemplate } from '../../node/simulated/compute-node.ts';

/** So many nodes that are alike: `node-1`, `node-2`, … */
export function numberedNodes(count: number, template: Omit<NodeTemplate, 'name'> = {}): NodeTemplate[] {
  return Array.from({ length: count }, (_, i) => ({ name: `node-${i + 1}`, ...template }));
}
