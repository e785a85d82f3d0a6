import { Client } from '../../client/client.ts';
import { InProcessTransport } from '../../client/in-process-transport.ts';
import type { Transport } from '../../client/transport.ts';
import type { RunningController } from '../../controllers/controller-context.ts';
import type { Clock } from '../../machinery/clock.ts';
import type { ApiServer } from '../../server/api-server.ts';
import { InProcessRequest, type InProcessCall } from '../../server/http/in-process.ts';
import { startControllers, type ControllersOptions } from './start-controllers.ts';

export interface InProcessControllersOptions extends Omit<ControllersOptions, 'client'> {
  readonly clock: Clock;
  /** Puts something between the loops and the server: faults, in tests. */
  readonly wrap?: (transport: Transport, clock: Clock) => Transport;
}

const USER = { name: 'system:kube-controller-manager', groups: ['system:masters', 'system:authenticated'] };

/** The control loops of a server in the same process, without sockets. */
export async function startInProcessControllers(server: Pick<ApiServer, 'handle'>, { clock, wrap = (transport) => transport, ...options }: InProcessControllersOptions): Promise<RunningController> {
  const transport = wrap(new InProcessTransport({ handle: (call) => server.handle(new InProcessRequest(call as InProcessCall)), user: USER }), clock);
  const client = new Client({ transport, clock, userAgent: 'kube-controller-manager' });
  const running = await startControllers({ client, ...options });
  return {
    stop: async () => {
      await running.stop();
      transport.close();
    },
  };
}
