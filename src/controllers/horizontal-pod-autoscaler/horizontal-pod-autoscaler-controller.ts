import type { HorizontalPodAutoscaler } from '../../api/types/generated/autoscaling-v2.ts';
import type { Pod } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import { Controller, type ReconcileResult } from '../../runtime/controller.ts';
import { EventRecorder } from '../../runtime/event-recorder.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { KindResources } from '../discovery/kind-resources.ts';
import { failureLog } from '../failure-log.ts';
import { AutoscalerRun } from './autoscaler-run.ts';
import { MetricsSource } from './metrics-source.ts';
import { ScaleHistory } from './scaling-limits.ts';

const NAME = 'horizontal-pod-autoscaler-controller';
const WORKERS = 5;
/** Metrics change unwatched: each autoscaler is looked at so often. */
const PERIOD_MS = 15_000;

/** Scales workloads by what metrics say of them. */
export function startHorizontalPodAutoscaler(context: ControllerContext): RunningController {
  const { client, clock, random, informers, log } = context;
  const events = new EventRecorder({ client, random, component: 'horizontal-pod-autoscaler' });
  const autoscalers = informers.get<HorizontalPodAutoscaler>(BUILTIN.horizontalPodAutoscalers);
  const pods = informers.get<Pod>(BUILTIN.pods);
  const kinds = new KindResources(client);
  const source = new MetricsSource(client);
  /** One entry for each autoscaler. */
  const histories = new Map<string, ScaleHistory>();
  const selectors = new Map<string, string>();

  const controller = new Controller({
    name: NAME,
    clock,
    workers: WORKERS,
    onError: failureLog(log, NAME),
    // However often it fails, it comes again in its turn.
    rateLimiter: { delayMs: () => PERIOD_MS, forget: () => undefined, failures: () => 0 },
    reconcile: async (key, { signal }): Promise<ReconcileResult | void> => {
      const autoscaler = autoscalers.store.get(key);
      if (!autoscaler) {
        histories.delete(key);
        selectors.delete(key);
        return;
      }
      const history = (replicas: number): ScaleHistory => {
        const known = histories.get(key) ?? new ScaleHistory(replicas, clock.now());
        histories.set(key, known);
        return known;
      };
      const run = new AutoscalerRun({ key, autoscaler, client, events, kinds, source, pods, history, selectors, nowMs: clock.now(), signal });
      await run.execute();
      return { requeueAfterMs: PERIOD_MS };
    },
  });
  controller.read(pods);
  // What it writes itself changes nothing of what it is told to do.
  controller.watch(autoscalers, { filter: ({ event, object, old }) => event !== 'update' || object.metadata.generation !== old?.metadata.generation || JSON.stringify(object.spec) !== JSON.stringify(old?.spec) });
  controller.start();
  return {
    stop: async () => {
      await controller.stop();
      await events.stop();
    },
  };
}
