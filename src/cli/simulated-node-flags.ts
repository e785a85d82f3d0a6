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
    { name: 'node-lease-duration-seconds', type: 'string', value: 'SECONDS', help: 'how long their leases last; they are renewed in a quarter of that', default: '40' },
    { name: 'node-labels', type: 'string', multiple: true, value: 'LABELS', help: 'labels of each of them: key=value' },
  ];
}

export interface SimulatedNodeSettings {
  /** To register. */
  readonly nodes: readonly NodeTemplate[];
  readonly leaseDurationSeconds: number;
}

/** Throws UsageError with the flag that is wrong. */
export function simulatedNodes(values: FlagValues): SimulatedNodeSettings {
  const count = flagNumber(values, 'nodes', { min: 0, max: MAX_NODES }) ?? 0;
  const capacity = pairs(values, 'node-capacity');
  for (const [name, amount] of Object.entries(capacity)) if (!isQuantity(amount)) throw new UsageError(`--node-capacity: ${name} takes an amount such as 4 or 16Gi, not ${JSON.stringify(amount)}`);
  const leaseDurationSeconds = flagNumber(values, 'node-lease-duration-seconds', { min: 4, max: 3600 }) ?? 40;
  return { nodes: numberedNodes(count, { capacity, labels: pairs(values, 'node-labels') }), leaseDurationSeconds };
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
