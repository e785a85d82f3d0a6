import { resolve } from 'node:path';
import { findStatusError } from '../machinery/status-error.ts';
import { decisionText } from '../scheduler/decisions/decision-text.ts';
import type { Decision } from '../scheduler/decisions/decision.ts';
import { DECISIONS_PATH } from '../sdk/scheduler/serve-decisions.ts';
import { flagHelp, flagText, parseFlags, UsageError, type CommandContext, type Flag } from './command.ts';
import { connectComponent } from './component.ts';
import { askDecisionSocket } from './decision-socket.ts';
import { SOCKET_FLAG } from './socket-flag.ts';

const FLAGS: readonly Flag[] = [
  { name: 'kubeconfig', type: 'string', value: 'FILE', help: 'how to reach the API server (default: as kubectl finds it)' },
  { name: 'namespace', type: 'string', value: 'NAMESPACE', help: 'where the pod is', default: 'default' },
  SOCKET_FLAG,
  { name: 'output', type: 'string', value: 'FORMAT', help: 'text or json', default: 'text' },
  { name: 'help', type: 'boolean', help: 'show this' },
];

/** `steersman why pod NAME`: what the scheduler's last cycle of the pod came to, node by node. */
export async function run(args: readonly string[], context: CommandContext): Promise<number> {
  const { values, positionals } = parseFlags(args, FLAGS);
  if (values.has('help')) {
    context.stdout.write(`usage: steersman why pod NAME [FLAGS]\n\n${flagHelp(FLAGS)}\n`);
    return 0;
  }
  const [kind, name, ...rest] = positionals;
  if (kind !== 'pod' || name === undefined || name === '' || rest.length > 0) throw new UsageError('usage: steersman why pod NAME');
  const output = flagText(values, 'output');
  if (output !== 'text' && output !== 'json') throw new UsageError(`--output takes text or json, not ${JSON.stringify(output)}`);
  const namespace = flagText(values, 'namespace') ?? 'default';
  const socket = flagText(values, SOCKET_FLAG.name);
  const decision = socket === undefined ? await askServer({ namespace, name, kubeconfig: flagText(values, 'kubeconfig') }, context) : await askDecisionSocket(resolve(context.cwd, socket), namespace, name);
  if (!decision) throw new Error(`the scheduler has not scheduled ${namespace}/${name} lately`);
  context.stdout.write(output === 'json' ? `${JSON.stringify(decision, null, 2)}\n` : decisionText(decision));
  return 0;
}

/** The scheduler of `steersman up`, through its API server. Undefined when it knows nothing of the pod. */
async function askServer({ namespace, name, kubeconfig }: { readonly namespace: string; readonly name: string; readonly kubeconfig: string | undefined }, context: CommandContext): Promise<Decision | undefined> {
  const connection = connectComponent(kubeconfig, 'steersman', context);
  try {
    const path = `${DECISIONS_PATH}${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`;
    return (await connection.client.json({ method: 'GET', path })) as unknown as Decision;
  } catch (error) {
    const status = findStatusError(error)?.status;
    if (status?.reason !== 'NotFound') throw error;
    if (status.details?.kind === 'pods') return undefined;
    throw new Error('no scheduler runs in this API server: ask one that runs alone through --decisions-socket', { cause: error });
  } finally {
    connection.close();
  }
}
