import type { CronJob, CronJobStatus, Job } from '../../api/types/generated/batch-v1.ts';
import type { ObjectReference } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import type { ResourceClient } from '../../client/resource-client.ts';
import { formatTime } from '../../machinery/clock.ts';
import { cloneJson, equalJson } from '../../machinery/json.ts';
import { hasReason } from '../../machinery/status-error.ts';
import type { ReconcileResult } from '../../runtime/controller.ts';
import { referenceTo } from '../../runtime/event-reference.ts';
import type { EventRecorder } from '../../runtime/event-recorder.ts';
import type { Informer } from '../../runtime/informer.ts';
import type { ControllerContext } from '../controller-context.ts';
import { controlledBy, controllerOf } from '../ownership/controller-ref.ts';
import { isNamespaceTerminating } from '../unless-terminating.ts';
import { computeActive, finishedCondition, jobsToForget, withActive, type SharedJob } from './compute-active.ts';
import { computeDueRun, computeNextDelayMs, InvalidScheduleError, type DueRun, type ScheduleContext, type SharedCronJob } from './compute-schedule.ts';
import { readSchedule } from './cron-job-schedule.ts';
import { jobAt, jobName } from './scheduled-job.ts';

interface Parts {
  readonly cronJobs: Informer<CronJob>;
  readonly jobs: Informer<Job>;
  readonly events: EventRecorder;
}

/** A run of the loop: what the status shall be, and when the next one is wanted. */
interface Outcome {
  readonly status: CronJobStatus;
  readonly nextMs?: number;
}

export class CronJobReconciler {
  readonly #context: ControllerContext;
  readonly #parts: Parts;

  constructor(context: ControllerContext, parts: Parts) {
    this.#context = context;
    this.#parts = parts;
  }

  async reconcile(key: string, signal: AbortSignal): Promise<ReconcileResult | void> {
    const cronJob = this.#parts.cronJobs.store.get(key);
    if (!cronJob) return;
    const jobs = controlledBy(this.#parts.jobs, cronJob.metadata.uid ?? '');
    const forgotten = new Set<string>();
    for (const job of jobsToForget(cronJob, jobs)) if (await this.#deleteJob(cronJob, job, signal)) forgotten.add(job.metadata.uid ?? '');
    const status = await this.#followJobs(cronJob, jobs, signal);
    const kept = withActive(status, (status.active ?? []).filter(({ uid = '' }) => !forgotten.has(uid)));
    let outcome: Outcome = { status: kept };
    try {
      if (cronJob.metadata.deletionTimestamp === undefined && cronJob.spec.suspend !== true) outcome = await this.#run(cronJob, kept, signal);
    } finally {
      await this.#updateStatus(cronJob, outcome.status, signal);
    }
    return outcome.nextMs === undefined ? undefined : { requeueAfterMs: outcome.nextMs };
  }

  /** Milliseconds until the schedule comes next; undefined when nothing can be made of it. */
  nextDelayMs(cronJob: SharedCronJob): number | undefined {
    const read = readSchedule(cronJob);
    return read.type === 'schedule' ? computeNextDelayMs(cronJob, { ...read, nowMs: this.#context.clock.now() }) : undefined;
  }

  /** What has become of the jobs so far. */
  async #followJobs(cronJob: SharedCronJob, jobs: readonly SharedJob[], signal: AbortSignal): Promise<CronJobStatus> {
    const { events } = this.#parts;
    const { status, finished, unexpected, missing } = computeActive(cronJob, jobs);
    for (const { job, condition } of finished) events.event(cronJob, 'Normal', 'SawCompletedJob', `Saw completed job: ${job.metadata.name ?? ''}, condition: ${condition}`);
    for (const { metadata } of unexpected) events.event(cronJob, 'Warning', 'UnexpectedJob', `Saw a job that the controller did not create or forgot: ${metadata.name ?? ''}`);
    const gone = new Set<string>();
    for (const { name = '', namespace = '', uid = '' } of missing) {
      // The informer may not show it yet.
      if (await this.#get(namespace, name, signal)) continue;
      events.event(cronJob, 'Normal', 'MissingJob', `Active job went missing: ${name}`);
      gone.add(uid);
    }
    return withActive(status, (status.active ?? []).filter(({ uid = '' }) => !gone.has(uid)));
  }

  async #run(cronJob: SharedCronJob, status: CronJobStatus, signal: AbortSignal): Promise<Outcome> {
    const { events } = this.#parts;
    const read = readSchedule(cronJob);
    if (read.type === 'unusable') {
      events.event(cronJob, 'Warning', read.complaint.reason, read.complaint.message);
      return { status };
    }
    if (read.warning) events.event(cronJob, 'Warning', read.warning.reason, read.warning.message);
    const context: ScheduleContext = { ...read, nowMs: this.#context.clock.now() };
    let due: DueRun;
    try {
      due = computeDueRun(cronJob, context);
    } catch (error) {
      if (!(error instanceof InvalidScheduleError)) throw error;
      events.event(cronJob, 'Warning', 'InvalidSchedule', `invalid schedule: ${cronJob.spec.schedule} : ${error.message}`);
      return { status };
    }
    const waiting: Outcome = { status, nextMs: computeNextDelayMs(cronJob, context) };
    const { dueMs } = due;
    if (dueMs === undefined) return waiting;
    if (due.missed === 'many') events.event(cronJob, 'Warning', 'TooManyMissedTimes', 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew');
    return this.#isHeldBack(cronJob, status, { dueMs, nowMs: context.nowMs }) ? waiting : this.#start(cronJob, { dueMs, waiting }, signal);
  }

  #isHeldBack(cronJob: SharedCronJob, { active = [] }: CronJobStatus, { dueMs, nowMs }: { dueMs: number; nowMs: number }): boolean {
    const { events } = this.#parts;
    const { startingDeadlineSeconds, concurrencyPolicy } = cronJob.spec;
    if (startingDeadlineSeconds !== undefined && dueMs + startingDeadlineSeconds * 1000 < nowMs) {
      events.event(cronJob, 'Warning', 'MissSchedule', `Missed scheduled time to start a job: ${new Date(dueMs).toUTCString().replace('GMT', '+0000')}`);
      return true;
    }
    const name = jobName(cronJob, dueMs);
    if (active.some((job) => job.name === name) || Date.parse(cronJob.status?.lastScheduleTime ?? '') === dueMs) return true;
    if (concurrencyPolicy !== 'Forbid' || active.length === 0) return false;
    events.event(cronJob, 'Normal', 'JobAlreadyActive', 'Not starting job because prior execution is running and concurrency policy is Forbid');
    return true;
  }

  async #start(cronJob: SharedCronJob, { dueMs, waiting }: { dueMs: number; waiting: Outcome }, signal: AbortSignal): Promise<Outcome> {
    const { events } = this.#parts;
    let { active = [] } = waiting.status;
    if (cronJob.spec.concurrencyPolicy === 'Replace') {
      for (const { namespace = '', name = '' } of active) {
        const job = await this.#get(namespace, name, signal);
        if (job && !(await this.#deleteJob(cronJob, job, signal))) throw new Error(`could not replace job ${namespace}/${name}`);
      }
      active = [];
    }
    const wanted = jobAt(cronJob, dueMs);
    let job: Job | undefined;
    try {
      job = await this.#jobs().create(wanted, { signal });
      events.event(cronJob, 'Normal', 'SuccessfulCreate', `Created job ${job.metadata.name ?? ''}`);
    } catch (error) {
      if (!hasReason(error, 'AlreadyExists')) {
        if (!isNamespaceTerminating(error)) events.event(cronJob, 'Warning', 'FailedCreate', `Error creating job: ${error instanceof Error ? error.message : String(error)}`);
        throw error;
      }
      // An earlier run made it, and ended before it was noted; or it is somebody else's.
      job = await this.#get(wanted.metadata.namespace ?? '', wanted.metadata.name ?? '', signal);
      if (!job || controllerOf(job)?.uid !== cronJob.metadata.uid) return waiting;
    }
    const reference: ObjectReference = referenceTo(job);
    const started = finishedCondition(job) === undefined && !active.some(({ uid }) => uid === reference.uid) ? [...active, reference] : active;
    return { ...waiting, status: { ...withActive(waiting.status, started), lastScheduleTime: formatTime(dueMs) } };
  }

  /** False when it could not be deleted. */
  async #deleteJob(cronJob: SharedCronJob, { metadata }: SharedJob, signal: AbortSignal): Promise<boolean> {
    const { events } = this.#parts;
    const { namespace = '', name = '', uid = '' } = metadata;
    try {
      await this.#jobs().inNamespace(namespace).delete(name, { propagationPolicy: 'Background', preconditions: { uid }, signal });
    } catch (error) {
      if (hasReason(error, 'NotFound')) return true;
      events.event(cronJob, 'Warning', 'FailedDelete', `Deleted job: ${error instanceof Error ? error.message : String(error)}`);
      return false;
    }
    events.event(cronJob, 'Normal', 'SuccessfulDelete', `Deleted job ${name}`);
    return true;
  }

  async #get(namespace: string, name: string, signal: AbortSignal): Promise<Job | undefined> {
    try {
      return await this.#jobs().inNamespace(namespace).get(name, { signal });
    } catch (error) {
      if (hasReason(error, 'NotFound')) return undefined;
      throw error;
    }
  }

  #jobs(): ResourceClient<Job> {
    return this.#context.client.resource<Job>(BUILTIN.jobs);
  }

  async #updateStatus(cronJob: SharedCronJob, status: CronJobStatus, signal: AbortSignal): Promise<void> {
    if (equalJson(cronJob.status ?? {}, status)) return;
    try {
      await this.#context.client.resource<CronJob>(BUILTIN.cronJobs).updateStatus({ ...(cloneJson(cronJob) as CronJob), status }, { signal });
    } catch (error) {
      if (!hasReason(error, 'NotFound')) throw error;
    }
  }
}
