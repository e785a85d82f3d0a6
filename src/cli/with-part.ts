import { sleep, systemClock } from '../machinery/clock.ts';
import type { CommandContext } from './command.ts';
import type { Serving } from './serve.ts';

/** Whoever waits for the port to open is answered before what else runs in the process takes its time. */
const AFTER_START_MS = 100;

export interface Part {
  /** As the log names it when it cannot be started: `the scheduler`. */
  readonly name: string;
  start(log: (line: string) => void): Promise<{ stop(): Promise<void> }>;
}

/** The same serving with something in its process that ends before it does. The start does not wait for it. */
export function withPart(serving: Serving, part: Part, { stderr }: CommandContext): Serving {
  const log = (line: string): void => void stderr.write(`${line}\n`);
  const running = sleep(systemClock, AFTER_START_MS)
    .then(() => part.start(log))
    .catch((error: unknown) => log(`cannot start ${part.name}: ${String(error)}`));
  return {
    ...serving,
    close: async () => {
      const started = await running;
      await started?.stop();
      await serving.close();
    },
  };
}
