import { Client } from '../../client/client.ts';
import { InProcessTransport } from '../../client/in-process-transport.ts';
import type { Clock } from '../../machinery/clock.ts';
import { startSimulatedNodes, type RunningNodes, type SimulatedNodesOptions } from '../../node/simulated/simulated-nodes.ts';
import type { ApiServer } from '../../server/api-server.ts';
import { InProcessRequest, type InProcessCall } from '../../server/http/in-process.ts';
import { KUBERNETES_VERSION } from '../../server/version.ts';

export interface InProcessNodesOptions extends Omit<SimulatedNodesOptions, 'client' | 'kubeletVersion'> {
  readonly clock: Clock;
}

/** One for all nodes: what a kubelet may do alone, together they must be able to. */
const USER = { name: 'system:simulated-nodes', groups: ['system:masters', 'system:authenticated'] };

/** Simulated nodes of a server in the same process, without sockets. */
export function startInProcessNodes(server: Pick<ApiServer, 'handle'>, { clock, ...options }: InProcessNodesOptions): RunningNodes {
  const transport = new InProcessTransport({ handle: (call) => server.handle(new InProcessRequest(call as InProcessCall)), user: USER });
  const client = new Client({ transport, clock, userAgent: 'kubelet' });
  const running = startSimulatedNodes({ client, kubeletVersion: `v${KUBERNETES_VERSION}`, ...options });
  return {
    readLog: (request) => running.readLog(request),
    stop: async () => {
      await running.stop();
      transport.close();
    },
  };
}
