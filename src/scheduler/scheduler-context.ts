import type { Client } from '../client/client.ts';
import type { Clock } from '../machinery/clock.ts';
import type { EventSeriesRecorder } from '../runtime/event-series-recorder.ts';
import type { ClusterCache } from './cache/cluster-cache.ts';
import type { Extender } from './cycle/extender.ts';
import type { WaitingPods } from './framework/waiting-pods.ts';
import type { Informer } from '../runtime/informer.ts';
import type { Pod } from '../api/types/generated/core-v1.ts';
import type { Nominator } from './queue/nominator.ts';
import type { SchedulingQueue } from './queue/scheduling-queue.ts';

/** What the parts of one scheduler share. */
export interface SchedulerContext {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: (line: string) => void;
  readonly pods: Informer<Pod>;
  readonly cache: ClusterCache;
  readonly queue: SchedulingQueue;
  readonly nominator: Nominator;
  readonly waitingPods: WaitingPods;
  readonly events: ReadonlyMap<string, EventSeriesRecorder>;
  readonly extenders: readonly Extender[];
  readonly percentageOfNodesToScore: number;
  readonly signal: AbortSignal;
}
