import { hostname } from 'node:os';
import { systemClock } from '../machinery/clock.ts';
import { booleanFlag, flagList, flagText, type CommandContext, type Flag, type FlagValues } from './command.ts';
import { schedulerSettings, type SchedulerSettings } from './scheduler-settings.ts';
import type { RunningScheduler } from '../sdk/scheduler/start-scheduler.ts';
import type { Serving } from './serve.ts';
import { withPart } from './with-part.ts';

export const SCHEDULER_FLAGS: readonly Flag[] = [
  { name: 'scheduler', type: 'string', value: 'BOOL', help: 'whether to schedule pods', default: 'true' },
  { name: 'scheduler-config', type: 'string', value: 'FILE', help: 'a KubeSchedulerConfiguration of kubescheduler.config.k8s.io/v1' },
  { name: 'scheduler-plugin', type: 'string', multiple: true, value: 'FILES', help: 'modules whose default export is a scheduler plugin' },
];

/** Undefined when no pods shall be scheduled. Throws UsageError. */
export async function schedulerOf(values: FlagValues, context: CommandContext): Promise<SchedulerSettings | undefined> {
  if (!booleanFlag(values, 'scheduler')) return undefined;
  return schedulerSettings({ config: flagText(values, 'scheduler-config'), plugins: flagList(values, 'scheduler-plugin') }, context, (line) => void context.stderr.write(`${line}\n`));
}

/** The same serving with a scheduler in its process. */
export function withScheduler(serving: Serving, { options }: SchedulerSettings, context: CommandContext): Serving {
  const start = async (log: (line: string) => void): Promise<RunningScheduler> => {
    const { startInProcessScheduler } = await import('../sdk/scheduler/in-process-scheduler.ts');
    const { serveDecisions } = await import('../sdk/scheduler/serve-decisions.ts');
    const started = startInProcessScheduler(serving.server, { clock: systemClock, random: Math.random, hostName: hostname(), log, ...options });
    serveDecisions(serving.server.paths, started.scheduler);
    return started;
  };
  return withPart(serving, { name: 'the scheduler', start }, context);
}
