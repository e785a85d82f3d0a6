import { startSimulatedNodes } from '../node/simulated/simulated-nodes.ts';
import { KUBERNETES_VERSION } from '../server/version.ts';
import { flagHelp, flagText, parseFlags, UsageError, type CommandContext, type Flag } from './command.ts';
import { aborted, connectComponent, runComponent } from './component.ts';
import { simulatedNodeFlags, simulatedNodes } from './simulated-node-flags.ts';

const FLAGS: readonly Flag[] = [
  { name: 'simulated', type: 'boolean', help: 'play the kubelets of simulated nodes: of those registered here, and of all with the annotation steersman.dev/simulated=true' },
  { name: 'kubeconfig', type: 'string', value: 'FILE', help: 'how to reach the API server (default: as kubectl finds it)' },
  ...simulatedNodeFlags('1'),
  { name: 'help', type: 'boolean', help: 'show this' },
];

/** `steersman node --simulated`: simulated nodes against any Kubernetes API. */
export async function run(args: readonly string[], context: CommandContext): Promise<number> {
  const { values } = parseFlags(args, FLAGS);
  if (values.has('help')) {
    context.stdout.write(`usage: steersman node --simulated [FLAGS]\n\n${flagHelp(FLAGS)}\n`);
    return 0;
  }
  if (!values.has('simulated')) throw new UsageError('nodes that run containers are not built: say --simulated');
  const settings = simulatedNodes(values);
  const log = (line: string): void => void context.stderr.write(`${line}\n`);
  const connection = connectComponent(flagText(values, 'kubeconfig'), 'kubelet', context);
  const work = async (signal: AbortSignal): Promise<void> => {
    const running = startSimulatedNodes({ client: connection.client, random: Math.random, kubeletVersion: `v${KUBERNETES_VERSION}`, ...settings, log });
    log(`playing ${settings.nodes.length} nodes of its own, and those with the annotation steersman.dev/simulated=true`);
    await aborted(signal);
    await running.stop();
  };
  try {
    return await runComponent(connection.client, { lease: undefined, log, work });
  } finally {
    connection.close();
  }
}
