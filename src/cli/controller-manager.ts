import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { BUILTIN } from '../client/builtin-resources.ts';
import { Client } from '../client/client.ts';
import { HttpsTransport } from '../client/https-transport.ts';
import { connectionOf } from '../client/kubeconfig/connection.ts';
import { KubeconfigError } from '../client/kubeconfig/kubeconfig.ts';
import { kubeconfigFiles, loadKubeconfig } from '../client/kubeconfig/load-kubeconfig.ts';
import { systemClock } from '../machinery/clock.ts';
import { LeaderElector } from '../runtime/leader-election.ts';
import { startControllers } from '../sdk/controllers/start-controllers.ts';
import { booleanFlag, flagHelp, flagText, parseFlags, UsageError, type CommandContext, type Flag, type FlagValues } from './command.ts';
import { CONTROLLERS_FLAG, controllersOf } from './controller-flags.ts';
import { clusterCidrFlag, NODE_LOOP_FLAGS, nodeSettings } from './node-loop-flags.ts';
import { SIGNING_FLAGS, signingOptions } from './signing-flags.ts';

const FLAGS: readonly Flag[] = [
  { name: 'kubeconfig', type: 'string', value: 'FILE', help: 'how to reach the API server (default: as kubectl finds it)' },
  CONTROLLERS_FLAG,
  { name: 'leader-elect', type: 'string', value: 'BOOL', help: 'whether to wait until no other instance leads', default: 'true' },
  { name: 'leader-elect-resource-name', type: 'string', value: 'NAME', help: 'name of the lease', default: 'kube-controller-manager' },
  { name: 'leader-elect-resource-namespace', type: 'string', value: 'NAMESPACE', help: 'namespace of the lease', default: 'kube-system' },
  { name: 'root-ca-file', type: 'string', value: 'FILE', help: "authorities that pods are told of (default: the kubeconfig's)" },
  { name: 'allocate-node-cidrs', type: 'string', value: 'BOOL', help: 'whether nodes get parts of --cluster-cidr', default: 'false' },
  { name: 'service-cluster-ip-range', type: 'string', value: 'CIDR', help: 'addresses of services, taken out of --cluster-cidr' },
  clusterCidrFlag(),
  ...NODE_LOOP_FLAGS,
  ...SIGNING_FLAGS,
  { name: 'help', type: 'boolean', help: 'show this' },
];

/** Every watch of HTTP/1.1 holds a connection. */
const MAX_CONNECTIONS = 2048;

/** `steersman controller-manager`: the control loops against any Kubernetes API; one of several instances leads. */
export async function run(args: readonly string[], context: CommandContext): Promise<number> {
  const { values } = parseFlags(args, FLAGS);
  if (values.has('help')) {
    context.stdout.write(`usage: steersman controller-manager [FLAGS]\n\n${flagHelp(FLAGS)}\n`);
    return 0;
  }
  const controllers = controllersOf(values);
  const elects = booleanFlag(values, 'leader-elect');
  const settings = nodeSettings(values, (flagText(values, 'service-cluster-ip-range') ?? '').split(',').filter(Boolean));
  const nodes = booleanFlag(values, 'allocate-node-cidrs') ? settings : { ...settings, clusterCidrs: [] };
  const signing = signingOptions(values, context);
  const { transport, rootCertificates } = connect(values, context);
  const client = new Client({ transport, clock: systemClock, userAgent: 'kube-controller-manager' });
  const log = (line: string): void => void context.stderr.write(`${line}\n`);
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort(new Error(name)));
  // Timers of virtual waits do not keep the process alive, nor does a candidate that waits for its turn.
  const alive = setInterval(() => undefined, 0x7fffffff);
  const lead = async (signal: AbortSignal): Promise<void> => {
    const running = await startControllers({ client, random: Math.random, controllers, nodes, log, ...signing, ...(rootCertificates !== undefined && { rootCertificates }) });
    log(`running ${controllers.join(', ')}`);
    await aborted(signal);
    await running.stop();
  };
  try {
    if (!elects) {
      await lead(stop.signal);
      return 0;
    }
    const outcome = await elector(client, values, log).run(stop.signal, lead);
    if (outcome === 'lost') log('leaderelection lost');
    return outcome === 'lost' ? 1 : 0;
  } finally {
    clearInterval(alive);
    transport.close();
  }
}

function elector(client: Client, values: FlagValues, log: (line: string) => void): LeaderElector {
  return new LeaderElector({
    leases: client.resource(BUILTIN.leases).inNamespace(flagText(values, 'leader-elect-resource-namespace') ?? 'kube-system'),
    name: flagText(values, 'leader-elect-resource-name') ?? 'kube-controller-manager',
    identity: `${hostname()}_${randomUUID()}`,
    clock: systemClock,
    random: Math.random,
    onNewLeader: (identity) => log(`new leader elected: ${identity}`),
    onError: (error) => log(`leader election: ${error.message}`),
  });
}

function connect(values: FlagValues, context: CommandContext): { readonly transport: HttpsTransport; readonly rootCertificates?: string } {
  const flag = flagText(values, 'kubeconfig');
  const variable = context.env['KUBECONFIG'];
  const { files, mustExist } = kubeconfigFiles({
    ...(flag !== undefined && { flag: resolve(context.cwd, flag) }),
    ...(variable !== undefined && { kubeconfigVariable: variable }),
    homeFolder: context.env['HOME'] ?? '',
  });
  try {
    const connection = connectionOf(loadKubeconfig(files, { mustExist }), { clock: systemClock, environment: context.env });
    const rootCaFile = flagText(values, 'root-ca-file');
    const rootCertificates = rootCaFile === undefined ? connection.transport.certificateAuthority : readFileSync(resolve(context.cwd, rootCaFile), 'utf8');
    return { transport: new HttpsTransport({ maxConnections: MAX_CONNECTIONS, ...connection.transport }), ...(rootCertificates !== undefined && { rootCertificates }) };
  } catch (error) {
    if (error instanceof KubeconfigError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((done) => signal.addEventListener('abort', () => done(), { once: true }));
}
