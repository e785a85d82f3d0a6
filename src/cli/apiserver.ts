import { flagHelp, parseFlags, type CommandContext, type Flag } from './command.ts';
import { SERVER_FLAGS, serverSettings } from './server-flags.ts';
import { serve, untilStopped } from './serve.ts';

const FLAGS: readonly Flag[] = [
  { name: 'secure-port', type: 'string', value: 'PORT', help: 'port to listen on; 0 picks a free one', default: '6443' },
  ...SERVER_FLAGS,
  { name: 'help', type: 'boolean', help: 'show this' },
];

/** `steersman apiserver`: the API server alone, with kube-apiserver's flags; no controller runs in it. */
export async function run(args: readonly string[], context: CommandContext): Promise<number> {
  const { values } = parseFlags(args, FLAGS);
  if (values.has('help')) {
    context.stdout.write(`usage: steersman apiserver [FLAGS]\n\n${flagHelp(FLAGS)}\n`);
    return 0;
  }
  const serving = await serve(serverSettings(values, 'secure-port', context), context);
  return untilStopped(serving, context, `serving on ${serving.url}, administrator's kubeconfig: ${serving.kubeconfigFile}\n`);
}
