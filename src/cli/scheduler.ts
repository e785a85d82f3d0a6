import { hostname } from 'node:os';
import { startScheduler } from '../sdk/scheduler/start-scheduler.ts';
import { booleanFlag, flagHelp, flagText, parseFlags, type CommandContext, type Flag } from './command.ts';
import { aborted, connectComponent, runComponent } from './component.ts';

const FLAGS: readonly Flag[] = [
  { name: 'kubeconfig', type: 'string', value: 'FILE', help: 'how to reach the API server (default: as kubectl finds it)' },
  { name: 'leader-elect', type: 'string', value: 'BOOL', help: 'whether to wait until no other instance leads', default: 'true' },
  { name: 'leader-elect-resource-name', type: 'string', value: 'NAME', help: 'name of the lease', default: 'kube-scheduler' },
  { name: 'leader-elect-resource-namespace', type: 'string', value: 'NAMESPACE', help: 'namespace of the lease', default: 'kube-system' },
  { name: 'help', type: 'boolean', help: 'show this' },
];

/** `steersman scheduler`: the scheduler against any Kubernetes API; one of several instances leads. */
export async function run(args: readonly string[], context: CommandContext): Promise<number> {
  const { values } = parseFlags(args, FLAGS);
  if (values.has('help')) {
    context.stdout.write(`usage: steersman scheduler [FLAGS]\n\n${flagHelp(FLAGS)}\n`);
    return 0;
  }
  const elects = booleanFlag(values, 'leader-elect');
  const log = (line: string): void => void context.stderr.write(`${line}\n`);
  const connection = connectComponent(flagText(values, 'kubeconfig'), 'kube-scheduler', context);
  const work = async (signal: AbortSignal): Promise<void> => {
    const running = startScheduler({ client: connection.client, random: Math.random, hostName: hostname(), log });
    log('scheduling pods');
    await aborted(signal);
    await running.stop();
  };
  const lease = { name: flagText(values, 'leader-elect-resource-name') ?? '', namespace: flagText(values, 'leader-elect-resource-namespace') ?? '' };
  try {
    return await runComponent(connection.client, { lease: elects ? lease : undefined, log, work });
  } finally {
    connection.close();
  }
}
