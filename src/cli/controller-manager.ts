import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { startControllers } from '../sdk/controllers/start-controllers.ts';
import { booleanFlag, flagHelp, flagText, parseFlags, type CommandContext, type Flag } from './command.ts';
import { aborted, connectComponent, runComponent } from './component.ts';
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
  const connection = connectComponent(flagText(values, 'kubeconfig'), 'kube-controller-manager', context);
  const { client } = connection;
  const rootCaFile = flagText(values, 'root-ca-file');
  const rootCertificates = rootCaFile === undefined ? connection.certificateAuthority : readFileSync(resolve(context.cwd, rootCaFile), 'utf8');
  const log = (line: string): void => void context.stderr.write(`${line}\n`);
  const work = async (signal: AbortSignal): Promise<void> => {
    const running = await startControllers({ client, random: Math.random, controllers, nodes, log, ...signing, ...(rootCertificates !== undefined && { rootCertificates }) });
    log(`running ${controllers.join(', ')}`);
    await aborted(signal);
    await running.stop();
  };
  const lease = { name: flagText(values, 'leader-elect-resource-name') ?? 'kube-controller-manager', namespace: flagText(values, 'leader-elect-resource-namespace') ?? 'kube-system' };
  try {
    return await runComponent(client, { lease: elects ? lease : undefined, log, work });
  } finally {
    connection.close();
  }
}
