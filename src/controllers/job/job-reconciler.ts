import type { Job, JobStatus } from '../../api/types/generated/batch-v1.ts';
import type { Pod } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import type { ApiObject, ResourceDefinition } from '../../client/resource-definition.ts';
import { formatTime } from '../../machinery/clock.ts';
import { cloneJson, equalJson } from '../../machinery/json.ts';
import { hasReason } from '../../machinery/status-error.ts';
import type { ReconcileResult } from '../../runtime/controller.ts';
import type { EventRecorder } from '../../runtime/event-recorder.ts';
import type { Informer } from '../../runtime/informer.ts';
import type { ControllerContext } from '../controller-context.ts';
import { applyClaims, computeClaims } from '../ownership/claim.ts';
import { controlledOrOrphaned } from '../ownership/controller-ref.ts';
import type { PodControl } from '../pods/pod-control.ts';
import { hasEnded, isReady, type SharedPod } from '../pods/pod-state.ts';
import { slowStart } from '../pods/slow-start.ts';
import { observe, type JobObservation } from './compute-observation.ts';
import { BURST, computePods } from './compute-pods.ts';
import { computeTracking, withCounted, withEnd } from './compute-tracking.ts';
import { completed, computeVerdict, deadlineLeftMs, type Verdict } from './compute-verdict.ts';
import { NO_FAILURES, withEnded, type FailureRecord } from './failure-backoff.ts';
import { hasFailed, hasSucceeded, isTracked } from './job-pod-state.ts';
import { podOfJob } from './job-pods.ts';
import { jobSelector } from './job-selector.ts';
import { isFinished, isManagedElsewhere, isSuspended, TRACKING_FINALIZER, withFinding, type SharedJob } from './job-state.ts';
import { releasePod, releasePods } from './tracked-pods.ts';

interface Parts {
  readonly jobs: Informer<Job>;
  readonly pods: Informer<Pod>;
  readonly events: EventRecorder;
  readonly control: PodControl;
}

/** The pods after what was done about them in this run. */
interface PodCounts {
  readonly active: number;
  readonly ready: number;
  readonly terminating: number;
  /** The first thing that failed. */
  readonly error?: unknown;
  readonly waitMs?: number;
}

export class JobReconciler {
  readonly #context: ControllerContext;
  readonly #parts: Parts;
  /** By key, of jobs that have not finished; after a restart made of the pods that are left. */
  readonly #failures = new Map<string, { readonly uid: string; readonly record: FailureRecord }>();

  constructor(context: ControllerContext, parts: Parts) {
    this.#context = context;
    this.#parts = parts;
  }

  async reconcile(key: string, signal: AbortSignal): Promise<ReconcileResult | void> {
    const job = this.#parts.jobs.store.get(key);
    if (!job || isManagedElsewhere(job) || isFinished(job)) {
      this.#failures.delete(key);
      return;
    }
    const nowMs = this.#context.clock.now();
    const pods = await this.#claim(job, signal);
    const started = withStart(job, nowMs);
    const observation = observe(started, pods);
    const record = withEnded(this.#recordOf(key, job, pods), observation.newSucceeded, observation.newFailed);
    const decided = computeVerdict(started, observation, nowMs);
    const counts = decided ? await this.#endPods(started, observation) : await this.#managePods(started, observation, { record, nowMs, signal });
    // Pods that are not deleted yet may still succeed or fail: the job has not come to its end before they are.
    const verdict = decided ? (counts.active === 0 ? decided : undefined) : completed(started, observation.succeeded, counts.active);
    const present = withCounts(started, counts, { goesOn: !decided && !verdict, nowMs });
    await this.#track(job, present, { observation, verdict, nowMs, signal });
    this.#failures.set(key, { uid: job.metadata.uid ?? '', record });
    if (counts.error !== undefined) throw counts.error;
    if (decided || verdict) return;
    const waits = [counts.waitMs, deadlineLeftMs(present, nowMs)].filter((ms) => ms !== undefined);
    return waits.length === 0 ? undefined : { requeueAfterMs: Math.min(...waits) };
  }

  #claim(job: SharedJob, signal: AbortSignal): Promise<SharedPod[]> {
    const { client } = this.#context;
    const selector = jobSelector(job);
    if (!selector) return Promise.resolve([]);
    return applyClaims(computeClaims(job, selector, controlledOrOrphaned(this.#parts.pods, job)), {
      owner: job,
      owners: client.resource(BUILTIN.jobs as unknown as ResourceDefinition<ApiObject>),
      objects: client.resource<Pod>(BUILTIN.pods),
      finalizer: TRACKING_FINALIZER,
      signal,
    });
  }

  #recordOf(key: string, job: SharedJob, pods: readonly SharedPod[]): FailureRecord {
    const known = this.#failures.get(key);
    if (known?.uid === job.metadata.uid) return known?.record ?? NO_FAILURES;
    const counted = pods.filter((pod) => hasEnded(pod) && !isTracked(pod));
    return withEnded(NO_FAILURES, counted.filter(hasSucceeded), counted.filter((pod) => hasFailed(pod, job)));
  }

  /** Their finalizers stay, so that they are counted. */
  async #endPods(job: SharedJob, observation: JobObservation): Promise<PodCounts> {
    return this.#removed(observation, observation.active.slice(0, BURST), (pod) => this.#parts.control.delete(job, pod));
  }

  async #managePods(job: SharedJob, observation: JobObservation, { record, nowMs, signal }: { record: FailureRecord; nowMs: number; signal: AbortSignal }): Promise<PodCounts> {
    const { client } = this.#context;
    const { control } = this.#parts;
    const { active, ready, terminating } = observation;
    const present = { active: active.length, ready, terminating: terminating.length };
    if (job.metadata.deletionTimestamp !== undefined) return present;
    const { remove, create, waitMs } = computePods(job, observation, { record, nowMs });
    // Pods that are too many did not fail: they are not counted.
    const pods = client.resource<Pod>(BUILTIN.pods);
    const giveUp = async (pod: SharedPod): Promise<void> => {
      await releasePod(pods, pod, signal);
      await control.delete(job, pod);
    };
    if (remove.length > 0) return this.#removed(observation, remove, giveUp);
    let next = 0;
    const { created, error } = await slowStart(create.length, () => control.create(job, podOfJob(job, create[next++] ?? {})));
    return { ...present, active: present.active + created, ...(waitMs !== undefined && { waitMs }), ...(error !== undefined && { error }) };
  }

  async #removed({ active, ready, terminating }: JobObservation, pods: readonly SharedPod[], remove: (pod: SharedPod) => Promise<void>): Promise<PodCounts> {
    const results = await Promise.allSettled(pods.map(remove));
    const removed = pods.filter((_, i) => results[i]?.status === 'fulfilled');
    const failed = results.find((result) => result.status === 'rejected');
    return {
      active: active.length - removed.length,
      ready: ready - removed.filter(isReady).length,
      terminating: terminating.length + removed.length,
      ...(failed && { error: failed.reason as unknown }),
    };
  }

  /** Writes what was observed, lets counted pods go, and ends the job once nothing is left of it. */
  async #track(stored: SharedJob, present: SharedJob, options: { observation: JobObservation; verdict: Verdict | undefined; nowMs: number; signal: AbortSignal }): Promise<void> {
    const { observation, verdict, nowMs, signal } = options;
    const { status, release, more } = computeTracking(present, observation, { verdict, nowMs });
    let job = stored;
    if (release.length > 0) job = await this.#write(job, status, signal);
    const { released, error } = await releasePods(this.#context.client.resource<Pod>(BUILTIN.pods), release, signal);
    const held = observation.pods.filter((pod) => isTracked(pod) && !released.has(pod.metadata.uid ?? '')).map(({ metadata }) => metadata.uid ?? '');
    const counted = withCounted(status, new Set(held));
    const ended = verdict && error === undefined && !more ? withEnd(counted, verdict, nowMs) : undefined;
    const written = await this.#write(job, ended ?? counted, signal);
    this.#tell(stored, written, ended && verdict);
    if (error !== undefined) throw error;
  }

  async #write(job: SharedJob, status: JobStatus, signal: AbortSignal): Promise<SharedJob> {
    if (equalJson(job.status ?? {}, status)) return job;
    try {
      return await this.#context.client.resource<Job>(BUILTIN.jobs).updateStatus({ ...(cloneJson(job) as Job), status }, { signal });
    } catch (error) {
      if (hasReason(error, 'NotFound')) return job;
      throw error;
    }
  }

  #tell(before: SharedJob, after: SharedJob, verdict: Verdict | undefined): void {
    const { events } = this.#parts;
    const suspension = ({ status }: SharedJob): string => status?.conditions?.find(({ type }) => type === 'Suspended')?.status ?? 'False';
    if (suspension(before) !== suspension(after)) {
      if (suspension(after) === 'True') events.event(after, 'Normal', 'Suspended', 'Job suspended');
      else events.event(after, 'Normal', 'Resumed', 'Job resumed');
    }
    if (verdict?.type === 'FailureTarget') events.event(after, 'Warning', verdict.reason, verdict.message);
    if (verdict?.type !== 'SuccessCriteriaMet') return;
    const { completions } = after.spec ?? {};
    if (completions !== undefined && (after.status?.succeeded ?? 0) > completions) {
      events.event(after, 'Warning', 'TooManySucceededPods', 'Too many succeeded pods running after completion count reached');
    }
    events.event(after, 'Normal', 'Completed', 'Job completed');
  }
}

function withStart(job: SharedJob, nowMs: number): SharedJob {
  if (job.status?.startTime !== undefined || isSuspended(job)) return job;
  return { ...job, status: { ...job.status, startTime: formatTime(nowMs) } };
}

/** A job that goes on tells whether it is suspended; its time starts anew when it is resumed. */
function withCounts(job: SharedJob, { active, ready, terminating }: PodCounts, { goesOn, nowMs }: { goesOn: boolean; nowMs: number }): SharedJob {
  const { active: _, startTime, ...rest } = cloneJson(job.status ?? {}) as JobStatus;
  const suspended = isSuspended(job);
  const { conditions = [] } = rest;
  const finding = suspended ? ({ status: 'True', reason: 'JobSuspended', message: 'Job suspended' } as const) : ({ status: 'False', reason: 'JobResumed', message: 'Job resumed' } as const);
  const after = goesOn && job.metadata.deletionTimestamp === undefined ? withFinding(conditions, { type: 'Suspended', ...finding }, nowMs) : conditions;
  const resumed = after !== conditions && !suspended;
  const since = goesOn && suspended ? undefined : resumed ? formatTime(nowMs) : startTime;
  return {
    ...job,
    status: { ...rest, ...(after.length > 0 && { conditions: [...after] }), ...(active > 0 && { active }), ...(since !== undefined && { startTime: since }), ready, terminating },
  };
}
