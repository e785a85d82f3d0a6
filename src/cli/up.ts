import { SimulatedNodeConnector } from '../sdk/nodes/simulated-node-connector.ts';
import { flagHelp, parseFlags, type CommandContext, type Flag } from './command.ts';
import { CONTROLLERS_FLAG, controllersOf } from './controller-flags.ts';
import { clusterCidrFlag, NODE_LOOP_FLAGS, nodeSettings } from './node-loop-flags.ts';
import { SERVER_FLAGS, serverSettings } from './server-flags.ts';
import { serve, untilStopped } from './serve.ts';
import { simulatedNodeFlags, simulatedNodes } from './simulated-node-flags.ts';
import { withControllers } from './up-controllers.ts';
import { withNodes } from './up-nodes.ts';
import { SCHEDULER_FLAGS, schedulerOf, withScheduler } from './up-scheduler.ts';

/** Room for 1,024 nodes of 254 pods each. */
const CLUSTER_CIDR = '10.244.0.0/14';

const FLAGS: readonly Flag[] = [
  { name: 'port', type: 'string', value: 'PORT', help: 'port to listen on; 0 picks a free one', default: '6443' },
  ...SERVER_FLAGS,
  CONTROLLERS_FLAG,
  ...SCHEDULER_FLAGS,
  ...simulatedNodeFlags('1'),
  clusterCidrFlag(CLUSTER_CIDR),
  ...NODE_LOOP_FLAGS,
  { name: 'help', type: 'boolean', help: 'show this' },
];

/** `steersman up`: the whole cluster in this process. */
export async function run(args: readonly string[], context: CommandContext): Promise<number> {
  const { values } = parseFlags(args, FLAGS);
  if (values.has('help')) {
    context.stdout.write(`usage: steersman up [FLAGS]\n\n${flagHelp(FLAGS)}\n`);
    return 0;
  }
  const controllers = controllersOf(values);
  const scheduler = await schedulerOf(values, context);
  const simulated = simulatedNodes(values);
  const connector = new SimulatedNodeConnector();
  const settings = serverSettings(values, 'port', context);
  const nodeLoops = nodeSettings(values, settings.serviceClusterIpRange.split(','));
  const controlled = withControllers(await serve(settings, context, connector), { controllers, nodes: nodeLoops }, context);
  const scheduled = scheduler ? withScheduler(controlled, scheduler, context) : controlled;
  const serving = withNodes(scheduled, { settings: simulated, connector }, context);
  return untilStopped(
    serving,
    context,
    `Steersman is ready: a Kubernetes v1.36 API at ${serving.url}\n\n  export KUBECONFIG=${serving.kubeconfigFile}\n  kubectl get namespaces\n\nCtrl-C stops it.\n`,
  );
}
