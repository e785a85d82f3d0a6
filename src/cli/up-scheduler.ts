import { hostname } from 'node:os';
import { systemClock } from '../machinery/clock.ts';
import type { CommandContext, Flag } from './command.ts';
import type { Serving } from './serve.ts';

export const SCHEDULER_FLAG: Flag = { name: 'scheduler', type: 'string', value: 'BOOL', help: 'whether to schedule pods', default: 'true' };

/** The same serving with a scheduler in its process, which ends before it does. The start does not wait for it. */
export function withScheduler(serving: Serving, context: CommandContext): Serving {
  const log = (line: string): void => void context.stderr.write(`${line}\n`);
  const running = import('../sdk/scheduler/in-process-scheduler.ts')
    .then(({ startInProcessScheduler }) => startInProcessScheduler(serving.server, { clock: systemClock, random: Math.random, hostName: hostname(), log }))
    .catch((error: unknown) => log(`cannot start the scheduler: ${String(error)}`));
  return {
    ...serving,
    close: async () => {
      const started = await running;
      await started?.stop();
      await serving.close();
    },
  };
}
