import { systemClock } from '../machinery/clock.ts';
import type { RunningNodes } from '../node/simulated/simulated-nodes.ts';
import type { SimulatedNodeConnector } from '../sdk/nodes/simulated-node-connector.ts';
import type { CommandContext } from './command.ts';
import type { Serving } from './serve.ts';
import type { SimulatedNodeSettings } from './simulated-node-flags.ts';
import { withPart } from './with-part.ts';

/** The same serving with simulated nodes in its process. */
export function withNodes(serving: Serving, { settings, connector }: { readonly settings: SimulatedNodeSettings; readonly connector: SimulatedNodeConnector }, context: CommandContext): Serving {
  const start = async (log: (line: string) => void): Promise<RunningNodes> => {
    const { startInProcessNodes } = await import('../sdk/nodes/in-process-nodes.ts');
    const started = startInProcessNodes(serving.server, { clock: systemClock, random: Math.random, ...settings, log });
    connector.connect(started);
    return started;
  };
  return withPart(serving, { name: 'the simulated nodes', start }, context);
}
