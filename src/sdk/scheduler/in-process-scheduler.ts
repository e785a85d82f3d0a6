import { Client } from '../../client/client.ts';
import { InProcessTransport } from '../../client/in-process-transport.ts';
import type { Clock } from '../../machinery/clock.ts';
import type { ApiServer } from '../../server/api-server.ts';
import { InProcessRequest, type InProcessCall } from '../../server/http/in-process.ts';
import { startScheduler, type RunningScheduler, type StartSchedulerOptions } from './start-scheduler.ts';

export interface InProcessSchedulerOptions extends Omit<StartSchedulerOptions, 'client'> {
  readonly clock: Clock;
}

const USER = { name: 'system:kube-scheduler', groups: ['system:authenticated'] };

/** The scheduler of a server in the same process, without sockets. */
export function startInProcessScheduler(server: Pick<ApiServer, 'handle'>, { clock, ...options }: InProcessSchedulerOptions): RunningScheduler {
  const transport = new InProcessTransport({ handle: (call) => server.handle(new InProcessRequest(call as InProcessCall)), user: USER });
  const client = new Client({ transport, clock, userAgent: 'kube-scheduler' });
  const running = startScheduler({ client, ...options });
  return {
    scheduler: running.scheduler,
    stop: async () => {
      await running.stop();
      transport.close();
    },
  };
}
