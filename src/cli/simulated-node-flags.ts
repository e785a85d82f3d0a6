import type { NodeTemplate } from '../node/simulated/compute-node.ts';
import { isQuantity } from '../machinery/quantity.ts';
import { numberedNodes } from '../sdk/nodes/numbered-nodes.ts';
import { flagList, flagNumber, UsageError, type Flag, type FlagValues } from './command.ts';

const MAX_NODES = 10_000;

/** Flags of simulated nodes, shared by `up` and `node`. */
export function simulatedNodeFlags(defaultCount: string): readonly Flag[] {
  return [
    { name: 'nodes', type: 'string', value: 'COUNT', help: 'simulated nodes to register (node-1, node-2, …)', default: defaultCount },
    { name: 'node-capacity', type: 'string', multiple: true, value: 'AMOUNTS', help: 'what each of them has, over cpu=8,memory=32Gi,ephemeral-storage=100Gi,pods=110' },
    { name: 'node-labels', type: 'string', multiple: true, value: 'LABELS', help: 'labels of each of them: key=value' },
  ];
}

/** The nodes to register. Throws UsageError with the flag that is wrong. */
export function simulatedNodes(values: FlagValues): readonly NodeTemplate[] {
  const count = flagNumber(values, 'nodes', { min: 0, max: MAX_NODES }) ?? 0;
  const capacity = pairs(values, 'node-capacity');
  for (const [name, amount] of Object.entries(capacity)) if (!isQuantity(amount)) throw new UsageError(`--node-capacity: ${name} takes an amount such as 4 or 16Gi, not ${JSON.stringify(amount)}`);
  return numberedNodes(count, { capacity, labels: pairs(values, 'node-labels') });
}

function pairs(values: FlagValues, flag: string): Record<string, string> {
  return Object.fromEntries(
    flagList(values, flag).map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new UsageError(`--${flag} takes name=value, not ${JSON.stringify(text)}`);
      return [text.slice(0, at), text.slice(at + 1)] as const;
    }),
  );
}
