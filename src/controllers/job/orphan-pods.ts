import type { Job } from '../../api/types/generated/batch-v1.ts';
import type { Pod } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import type { Client } from '../../client/client.ts';
import { hasReason } from '../../machinery/status-error.ts';
import type { Informer } from '../../runtime/informer.ts';
import { controllerOf } from '../ownership/controller-ref.ts';
import type { SharedPod } from '../pods/pod-state.ts';
import { isTracked } from './job-pod-state.ts';
import { isFinished, isManagedElsewhere, type SharedJob } from './job-state.ts';
import { releasePod } from './tracked-pods.ts';

/** Lets pods go that no job will count any more, since it is gone or has finished. */
export class OrphanReleaser {
  readonly #client: Client;
  readonly #jobs: Informer<Job>;
  readonly #pods: Informer<Pod>;

  constructor(client: Client, jobs: Informer<Job>, pods: Informer<Pod>) {
    this.#client = client;
    this.#jobs = jobs;
    this.#pods = pods;
  }

  isOrphan(pod: SharedPod): boolean {
    if (!isTracked(pod)) return false;
    const { namespace = '' } = pod.metadata;
    const controller = controllerOf(pod);
    return !mayCount(this.#jobs.store.get(`${namespace}/${controller?.name ?? ''}`), controller?.uid);
  }

  async reconcile(key: string, signal: AbortSignal): Promise<void> {
    const pod = this.#pods.store.get(key);
    if (!pod || !this.isOrphan(pod)) return;
    const { namespace = '' } = pod.metadata;
    const controller = controllerOf(pod);
    // The informer of jobs may lag behind that of pods.
    if (controller?.kind === 'Job' && mayCount(await this.#get(namespace, controller.name, signal), controller.uid)) return;
    await releasePod(this.#client.resource<Pod>(BUILTIN.pods), pod, signal);
  }

  async #get(namespace: string, name: string, signal: AbortSignal): Promise<Job | undefined> {
    try {
      return await this.#client.resource<Job>(BUILTIN.jobs).inNamespace(namespace).get(name, { signal });
    } catch (error) {
      if (hasReason(error, 'NotFound')) return undefined;
      throw error;
    }
  }
}

function mayCount(job: SharedJob | undefined, uid: string | undefined): boolean {
  return job !== undefined && job.metadata.uid === uid && (isManagedElsewhere(job) || !isFinished(job));
}
