import { sleep, systemClock } from '../machinery/clock.ts';
import type { NodeTemplate } from '../node/simulated/compute-node.ts';
import type { RunningNodes } from '../node/simulated/simulated-nodes.ts';
import type { CommandContext } from './command.ts';
import type { Serving } from './serve.ts';
import { LOOPS_AFTER_MS } from './up-controllers.ts';

/** The same serving with simulated nodes in its process, which end before it does. The start does not wait for them. */
export function withNodes(serving: Serving, nodes: readonly NodeTemplate[], context: CommandContext): Serving {
  const log = (line: string): void => void context.stderr.write(`${line}\n`);
  const start = async (): Promise<RunningNodes> => {
    await sleep(systemClock, LOOPS_AFTER_MS);
    const { startInProcessNodes } = await import('../sdk/nodes/in-process-nodes.ts');
    return startInProcessNodes(serving.server, { clock: systemClock, random: Math.random, nodes, log });
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
