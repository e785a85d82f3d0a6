import { systemClock } from '../machinery/clock.ts';
import type { RunningNodes } from '../node/simulated/simulated-nodes.ts';
import type { SimulatedNodeConnector } from '../sdk/nodes/simulated-node-connector.ts';
import { afterStart } from './after-start.ts';
import type { CommandContext } from './command.ts';
import type { Serving } from './serve.ts';
import type { SimulatedNodeSettings } from './simulated-node-flags.ts';

/** The same serving with simulated nodes in its process, which end before it does. The start does not wait for them. */
export function withNodes(serving: Serving, { settings, connector }: { readonly settings: SimulatedNodeSettings; readonly connector: SimulatedNodeConnector }, context: CommandContext): Serving {
  const log = (line: string): void => void context.stderr.write(`${line}\n`);
  const start = async (): Promise<RunningNodes> => {
    await afterStart();
    const { startInProcessNodes } = await import('../sdk/nodes/in-process-nodes.ts');
    const started = startInProcessNodes(serving.server, { clock: systemClock, random: Math.random, ...settings, log });
    connector.connect(started);
    return started;
  };
  const running = start().catch((error: unknown) => log(`cannot start the simulated nodes: ${String(error)}`));
  return {
    ...serving,
    close: async () => {
      const started = await running;
      await started?.stop();
      await serving.close();
    },
  };
}
