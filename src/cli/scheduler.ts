import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { startScheduler } from '../sdk/scheduler/start-scheduler.ts';
import type { LeaderElectionConfiguration } from '../scheduler/config/read-configuration.ts';
import { parseDurationMs } from '../machinery/duration.ts';
import { booleanFlag, flagHelp, flagList, flagText, parseFlags, UsageError, type CommandContext, type Flag, type FlagValues } from './command.ts';
import { aborted, connectComponent, runComponent, type LeaseOptions } from './component.ts';
import { serveDecisionSocket } from './decision-socket.ts';
import { SOCKET_FLAG } from './socket-flag.ts';
import { PLUGIN_FLAG, schedulerSettings } from './scheduler-settings.ts';

/** The file's values hold for what is not given here; the defaults are kube-scheduler's. */
const LEADER_FLAGS: readonly Flag[] = [
  { name: 'leader-elect', type: 'string', value: 'BOOL', help: 'whether to wait until no other instance leads (default true)' },
  { name: 'leader-elect-lease-duration', type: 'string', value: 'DURATION', help: 'for how long others respect a leader that renews no more (default 15s)' },
  { name: 'leader-elect-renew-deadline', type: 'string', value: 'DURATION', help: 'after so long without a renewal the leader gives up (default 10s)' },
  { name: 'leader-elect-retry-period', type: 'string', value: 'DURATION', help: 'between tries (default 2s)' },
  { name: 'leader-elect-resource-name', type: 'string', value: 'NAME', help: 'name of the lease (default kube-scheduler)' },
  { name: 'leader-elect-resource-namespace', type: 'string', value: 'NAMESPACE', help: 'namespace of the lease (default kube-system)' },
];

const FLAGS: readonly Flag[] = [
  { name: 'config', type: 'string', value: 'FILE', help: 'a KubeSchedulerConfiguration of kubescheduler.config.k8s.io/v1' },
  PLUGIN_FLAG,
  { name: 'kubeconfig', type: 'string', value: 'FILE', help: 'how to reach the API server (default: as kubectl finds it)' },
  ...LEADER_FLAGS,
  SOCKET_FLAG,
  { name: 'help', type: 'boolean', help: 'show this' },
];

/** `steersman scheduler`: the scheduler against any Kubernetes API; one of several instances leads. */
export async function run(args: readonly string[], context: CommandContext): Promise<number> {
  const { values } = parseFlags(args, FLAGS);
  if (values.has('help')) {
    context.stdout.write(`usage: steersman scheduler [FLAGS]\n\n${flagHelp(FLAGS)}\n`);
    return 0;
  }
  const log = (line: string): void => void context.stderr.write(`${line}\n`);
  const { file, options } = await schedulerSettings({ config: flagText(values, 'config'), plugins: flagList(values, PLUGIN_FLAG.name) }, context, log);
  const lease = leaseOf(values, file?.leaderElection);
  const connection = connectComponent(flagText(values, 'kubeconfig') ?? (file?.kubeconfig || undefined), 'kube-scheduler', context);
  const work = async (signal: AbortSignal): Promise<void> => {
    const running = startScheduler({ client: connection.client, random: Math.random, hostName: hostname(), log, ...options });
    const socket = flagText(values, SOCKET_FLAG.name);
    const close = socket === undefined ? undefined : await serveDecisionSocket(resolve(context.cwd, socket), running.scheduler);
    log('scheduling pods');
    await aborted(signal);
    await close?.();
    await running.stop();
  };
  try {
    return await runComponent(connection.client, { lease, log, work });
  } finally {
    connection.close();
  }
}

/** A flag that is given goes before the file. */
function leaseOf(values: FlagValues, file: LeaderElectionConfiguration | undefined): LeaseOptions | undefined {
  const elects = values.has('leader-elect') ? booleanFlag(values, 'leader-elect') : (file?.leaderElect ?? true);
  if (!elects) return undefined;
  const durations = { leaseDurationMs: flagDuration(values, 'leader-elect-lease-duration') ?? file?.leaseDurationMs ?? 15_000, renewDeadlineMs: flagDuration(values, 'leader-elect-renew-deadline') ?? file?.renewDeadlineMs ?? 10_000, retryPeriodMs: flagDuration(values, 'leader-elect-retry-period') ?? file?.retryPeriodMs ?? 2000 };
  if (durations.leaseDurationMs <= durations.renewDeadlineMs) throw new UsageError('--leader-elect-lease-duration must be greater than --leader-elect-renew-deadline');
  return {
    name: flagText(values, 'leader-elect-resource-name') ?? file?.resourceName ?? 'kube-scheduler',
    namespace: flagText(values, 'leader-elect-resource-namespace') ?? file?.resourceNamespace ?? 'kube-system',
    ...durations,
  };
}

function flagDuration(values: FlagValues, name: string): number | undefined {
  const text = flagText(values, name);
  if (text === undefined) return undefined;
  try {
    return parseDurationMs(text);
  } catch (error) {
    throw new UsageError(`--${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
