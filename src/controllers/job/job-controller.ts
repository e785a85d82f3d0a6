import type { Job } from '../../api/types/generated/batch-v1.ts';
import type { Pod } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import { Controller } from '../../runtime/controller.ts';
import { EventRecorder } from '../../runtime/event-recorder.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { failureLog } from '../failure-log.ts';
import { controlledBy, controllerOf, indexByController } from '../ownership/controller-ref.ts';
import { PodControl } from '../pods/pod-control.ts';
import type { SharedPod } from '../pods/pod-state.ts';
import { isTracked } from './job-pod-state.ts';
import { JobReconciler } from './job-reconciler.ts';
import { isFinished, type SharedJob } from './job-state.ts';
import { OrphanReleaser } from './orphan-pods.ts';
import { jobSelector } from './job-selector.ts';

const NAME = 'job-controller';
const WORKERS = 5;

/** Runs pods until as many have succeeded as each job wants, or too many have failed. */
export function startJobController(context: ControllerContext): RunningController {
  const { client, clock, random, informers, log } = context;
  const events = new EventRecorder({ client, random, component: NAME });
  const jobs = informers.get<Job>(BUILTIN.jobs);
  const pods = indexByController(informers.get<Pod>(BUILTIN.pods));
  const reconciler = new JobReconciler(context, { jobs, pods, events, control: new PodControl(client.resource<Pod>(BUILTIN.pods), events) });
  const orphans = new OrphanReleaser(client, jobs, pods);
  const keysOfPod = (pod: SharedPod): string[] => {
    const { namespace = '', labels } = pod.metadata;
    const controller = controllerOf(pod);
    if (controller) return controller.kind === 'Job' ? [`${namespace}/${controller.name}`] : [];
    return jobs.store.inNamespace(namespace).filter((job) => jobSelector(job)?.matches(labels)).map(({ metadata }) => `${namespace}/${metadata.name ?? ''}`);
  };
  const podKeysOf = ({ metadata }: SharedJob): string[] => controlledBy(pods, metadata.uid ?? '').filter(isTracked).map((pod) => `${pod.metadata.namespace ?? ''}/${pod.metadata.name ?? ''}`);

  const options = { name: NAME, clock, workers: WORKERS, onError: failureLog(log, NAME) };
  const main = new Controller({ ...options, reconcile: (key, { signal }) => reconciler.reconcile(key, signal) });
  main.watch(jobs);
  main.watch(pods, { keysOf: keysOfPod });
  const releaser = new Controller({ ...options, reconcile: (key, { signal }) => orphans.reconcile(key, signal) });
  releaser.watch(pods, { filter: ({ event, object }) => event !== 'delete' && orphans.isOrphan(object) });
  releaser.watch(jobs, { filter: ({ event, object }) => event === 'delete' || isFinished(object), keysOf: podKeysOf });
  main.start();
  releaser.start();
  return {
    stop: async () => {
      await Promise.all([main.stop(), releaser.stop()]);
      await events.stop();
    },
  };
}
