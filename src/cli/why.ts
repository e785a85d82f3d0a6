import { findStatusError } from '../machinery/status-error.ts';
import { decisionText } from '../scheduler/decisions/decision-text.ts';
import type { Decision } from '../scheduler/decisions/decision.ts';
import { DECISIONS_PATH } from '../sdk/scheduler/serve-decisions.ts';
import { flagHelp, flagText, parseFlags, UsageError, type CommandContext, type Flag } from './command.ts';
import { connectComponent } from './component.ts';

const FLAGS: readonly Flag[] = [
  { name: 'kubeconfig', type: 'string', value: 'FILE', help: 'how to reach the API server (default: as kubectl finds it)' },
  { name: 'namespace', type: 'string', value: 'NAMESPACE', help: 'where the pod is', default: 'default' },
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
  const connection = connectComponent(flagText(values, 'kubeconfig'), 'steersman', context);
  try {
    const path = `${DECISIONS_PATH}${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`;
    const decision = (await connection.client.json({ method: 'GET', path })) as unknown as Decision;
    context.stdout.write(output === 'json' ? `${JSON.stringify(decision, null, 2)}\n` : decisionText(decision));
    return 0;
  } catch (error) {
    throw explained(error, `${namespace}/${name}`) ?? error;
  } finally {
    connection.close();
  }
}

function explained(error: unknown, pod: string): Error | undefined {
  const status = findStatusError(error)?.status;
  if (status?.reason !== 'NotFound') return undefined;
  const known = status.details?.kind === 'pods';
  const message = known ? `the scheduler has not scheduled ${pod} lately` : 'no scheduler runs in the API server: only "steersman up" can say why';
  return new Error(message, { cause: error });
}
