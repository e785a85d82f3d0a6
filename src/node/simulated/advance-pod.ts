import { createHash } from 'node:crypto';
import { formatDuration } from '../../machinery/duration.ts';
import { normalizedImage } from './images.ts';
import { scriptOfRun, type ContainerScript } from './container-script.ts';
import { areMainContainersDone, containersOf, isEnding, isInitialized, restarts, runOf, type ContainerRun, type ContainerState, type EndedRun, type PodEvent, type PodRun, type RoleContainer, type SharedPod } from './pod-run.ts';

/** How each container is meant to go, and how it would without a script. */
export type Scripts = (each: RoleContainer) => { readonly script: ContainerScript; readonly usual: ContainerScript };

export interface Progress {
  readonly run: PodRun;
  /** What happened, in order. */
  readonly events: readonly PodEvent[];
  /** When something happens next by itself; Infinity: nothing does. */
  readonly wakeMs: number;
}

/** The kubelet's figures for crashes, and for images that do not come. */
const BACK_OFF = { firstMs: 10_000, maxMs: 300_000 };
/** Until a kubelet looks at a pod again whose image did not come. */
const PULL_FAILURE_SHOWN_MS = 1000;
const KILLED = 137;
const TERMINATED = 143;
const DEFAULT_GRACE_SECONDS = 30;

/** What has become of a pod's containers by `nowMs`. Asked again at any later time it goes on from there. */
export function advancePod(pod: SharedPod, from: PodRun, { scripts, nowMs }: { readonly scripts: Scripts; readonly nowMs: number }): Progress {
  const step = new PodStep(pod, from, { scripts, nowMs });
  if (from.failure?.type !== 'rejected') step.advance();
  return { run: step.run, events: step.events, wakeMs: step.wakeMs };
}

export function backOffText(pod: SharedPod, ms: number, container: string): string {
  return `back-off ${durationText(ms)} restarting failed container=${container} pod=${podText(pod)}`;
}

function podText({ metadata }: SharedPod): string {
  return `${metadata.name ?? ''}_${metadata.namespace ?? ''}(${metadata.uid ?? ''})`;
}

class PodStep {
  readonly events: PodEvent[] = [];
  wakeMs = Infinity;
  readonly #pod: SharedPod;
  readonly #scripts: Scripts;
  readonly #nowMs: number;
  readonly #all: readonly RoleContainer[];
  readonly #containers: Map<string, ContainerRun>;
  #run: PodRun;

  constructor(pod: SharedPod, from: PodRun, { scripts, nowMs }: { scripts: Scripts; nowMs: number }) {
    this.#pod = pod;
    this.#scripts = scripts;
    this.#nowMs = nowMs;
    this.#all = containersOf(pod);
    this.#containers = new Map(from.containers);
    this.#run = { ...from, containers: this.#containers };
  }

  get run(): PodRun {
    return this.#run;
  }

  advance(): void {
    // A step may end what the next one waits for. Each restart but the first is held back, so this ends.
    do {
      this.wakeMs = Infinity;
    } while (this.#step());
  }

  /** True when something changed that may let more happen at once. */
  #step(): boolean {
    this.#checkDeadline();
    const stopped = this.#stop();
    const ended = this.#all.filter((each) => this.#end(each)).length > 0;
    if (isEnding(this.#pod, this.#run)) return ended || stopped;
    return this.#start() || ended || stopped;
  }

  #checkDeadline(): void {
    const seconds = this.#pod.spec?.activeDeadlineSeconds;
    if (seconds === undefined || this.#run.failure || areMainContainersDone(this.#pod, this.#run)) return;
    const atMs = this.#run.startedMs + 1000 * seconds;
    if (this.#nowMs < atMs) {
      this.#wake(atMs);
      return;
    }
    const failure = { type: 'deadline', reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline', atMs: this.#nowMs } as const;
    this.#run = { ...this.#run, failure };
    this.events.push({ type: 'Normal', reason: failure.reason, message: failure.message });
  }

  /** Tells containers to end: the others first, then the sidecars, the last one first. */
  #stop(): boolean {
    const { metadata } = this.#pod;
    if (!isEnding(this.#pod, this.#run)) return false;
    const whole = metadata.deletionTimestamp !== undefined || this.#run.failure !== undefined;
    if (whole && this.#run.stoppedMs === undefined) this.#run = { ...this.#run, stoppedMs: this.#nowMs };
    let told = false;
    for (const each of this.#all) if (each.role !== 'sidecar') told = this.#tellToStop(each) || told;
    if (this.#all.some((each) => each.role !== 'sidecar' && this.#isRunning(each))) return told;
    if (this.#run.sidecarsStoppedMs === undefined) this.#run = { ...this.#run, sidecarsStoppedMs: this.#nowMs };
    const last = this.#all.findLast((each) => each.role === 'sidecar' && this.#isRunning(each));
    return (last !== undefined && this.#tellToStop(last)) || told;
  }

  #tellToStop(each: RoleContainer): boolean {
    const { state } = this.#of(each);
    if (state.type !== 'running' || state.stoppedMs !== undefined) return false;
    this.#becomes(each, { ...state, stoppedMs: this.#nowMs });
    this.#tell(each, 'Normal', 'Killing', `Stopping container ${each.container.name}`);
    return true;
  }

  /** When containers that do not end by themselves are killed. */
  #killMs(stoppedMs: number): number {
    const { metadata, spec } = this.#pod;
    if (metadata.deletionTimestamp !== undefined) return Date.parse(metadata.deletionTimestamp);
    const sinceMs = this.#run.failure?.atMs ?? this.#run.sidecarsStoppedMs ?? stoppedMs;
    return sinceMs + 1000 * (spec?.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS);
  }

  /** Ends the container's run if its time has come. */
  #end(each: RoleContainer): boolean {
    const { state, restarts: count } = this.#of(each);
    if (state.type !== 'running') return false;
    const { script, usual } = this.#scripts(each);
    const course = scriptOfRun(script, usual, count);
    const image = normalizedImage(each.container.image ?? '');
    if (state.image !== image && state.stoppedMs === undefined) {
      this.#tell(each, 'Normal', 'Killing', `Container ${each.container.name} definition changed, will be restarted`);
      return this.#endRun(each, state, { exitCode: TERMINATED, finishedMs: this.#nowMs }, 0);
    }
    const endings = [{ atMs: state.startedMs + course.runMs, exitCode: course.exitCode, own: true }];
    if (state.stoppedMs !== undefined) {
      const killMs = this.#killMs(state.stoppedMs);
      const stopMs = state.stoppedMs + script.stopMs;
      endings.push(stopMs <= killMs ? { atMs: stopMs, exitCode: script.stopExitCode, own: false } : { atMs: killMs, exitCode: KILLED, own: false });
    }
    const first = endings.reduce((a, b) => (b.atMs < a.atMs ? b : a));
    if (first.atMs > this.#nowMs) {
      this.#wake(first.atMs);
      const readyMs = state.startedMs + script.readyAfterMs;
      if (readyMs > this.#nowMs) this.#wake(readyMs);
      return false;
    }
    const { exitReason, message } = first.own ? course : {};
    return this.#endRun(each, state, { exitCode: first.exitCode, finishedMs: Math.max(first.atMs, state.startedMs), exitReason, message });
  }

  #endRun(each: RoleContainer, state: Extract<ContainerState, { type: 'running' }>, end: { exitCode: number; finishedMs: number; exitReason?: string | undefined; message?: string | undefined }, heldBackMs?: number): true {
    const { exitCode, finishedMs, exitReason, message } = end;
    const run: EndedRun = { exitCode, reason: exitReason ?? (exitCode === 0 ? 'Completed' : 'Error'), startedMs: state.startedMs, finishedMs, id: state.id, ...(message !== undefined && { message }) };
    const known = this.#of(each);
    if (isEnding(this.#pod, this.#run) || !restarts(this.#pod, each, exitCode)) {
      this.#containers.set(each.container.name, { ...known, state: { type: 'ended', run } });
      return true;
    }
    const ms = heldBackMs ?? heldBack(known, finishedMs);
    // The first restart is not held back, and every later one doubles what the next will be.
    const backOff = heldBackMs === undefined ? { backOff: { ms: ms === 0 ? BACK_OFF.firstMs : Math.min(2 * ms, BACK_OFF.maxMs), settledMs: finishedMs + ms } } : {};
    this.#containers.set(each.container.name, { ...known, ...backOff, state: { type: 'ended', run, ...(ms > 0 && { restartMs: finishedMs + ms }) } });
    if (ms > 0) this.#tell(each, 'Warning', 'BackOff', `Back-off restarting failed container ${each.container.name} in pod ${podText(this.#pod)}`);
    return true;
  }

  /** Starts what may start: one init container after the other, then all others, each once those before it were tried. */
  #start(): boolean {
    let changed = false;
    for (const each of this.#all) {
      if (each.role === 'init' || each.role === 'sidecar') {
        changed = this.#startOne(each) || changed;
        const { state } = this.#of(each);
        const through = each.role === 'sidecar' ? state.type === 'running' || (state.type === 'ended' && isInitialized(this.#pod, this.#run)) : state.type === 'ended' && state.run.exitCode === 0;
        if (!through) return changed;
      } else {
        changed = this.#startOne(each) || changed;
        if (this.#of(each).state.type === 'pulling') return changed;
      }
    }
    return changed;
  }

  #startOne(each: RoleContainer): boolean {
    const { state } = this.#of(each);
    switch (state.type) {
      case 'running':
        return false;
      case 'ended':
        if (!restarts(this.#pod, each, state.run.exitCode)) return false;
        if (state.restartMs !== undefined && state.restartMs > this.#nowMs) {
          this.#wake(state.restartMs);
          return false;
        }
        return this.#pull(each);
      case 'waiting':
        return this.#pull(each);
      case 'pulling':
        return this.#endPull(each, state.startedMs);
      case 'pull-failed':
        return this.#retryPull(each, state);
    }
  }

  #pull(each: RoleContainer): boolean {
    const { script } = this.#scripts(each);
    const run = this.#of(each);
    const image = each.container.image ?? '';
    const comes = script.pullMs > 0 || each.container.imagePullPolicy === 'Always' || (script.pullError !== undefined && run.failedPulls < script.pullFailures);
    if (!comes) {
      this.#tell(each, 'Normal', 'Pulled', `Container image ${JSON.stringify(image)} already present on machine and can be accessed by the pod`);
      return this.#launch(each);
    }
    this.#tell(each, 'Normal', 'Pulling', `Pulling image ${JSON.stringify(image)}`);
    this.#becomes(each, { type: 'pulling', startedMs: this.#nowMs });
    return true;
  }

  #endPull(each: RoleContainer, startedMs: number): boolean {
    const { script } = this.#scripts(each);
    const run = this.#of(each);
    const endMs = startedMs + script.pullMs;
    if (endMs > this.#nowMs) {
      this.#wake(endMs);
      return false;
    }
    const image = JSON.stringify(each.container.image ?? '');
    if (script.pullError !== undefined && run.failedPulls < script.pullFailures) {
      const message = pullFailure(each.container.image ?? '', script.pullError);
      const waitMs = Math.min(BACK_OFF.firstMs * 2 ** run.failedPulls, BACK_OFF.maxMs);
      this.#tell(each, 'Warning', 'Failed', `Failed to pull image ${image}: ${message}`);
      this.#tell(each, 'Warning', 'Failed', 'Error: ErrImagePull');
      this.#containers.set(each.container.name, { ...run, failedPulls: run.failedPulls + 1, state: { type: 'pull-failed', message, backOffMs: endMs + PULL_FAILURE_SHOWN_MS, retryMs: endMs + waitMs } });
      return true;
    }
    const took = durationText(script.pullMs);
    this.#tell(each, 'Normal', 'Pulled', `Successfully pulled image ${image} in ${took} (${took} including waiting). Image size: ${SIMULATED_IMAGE_BYTES} bytes.`);
    return this.#launch(each);
  }

  #retryPull(each: RoleContainer, state: Extract<ContainerState, { type: 'pull-failed' }>): boolean {
    if (state.retryMs <= this.#nowMs) return this.#pull(each);
    this.#wake(state.retryMs);
    if (state.backOffMs > this.#nowMs) {
      this.#wake(state.backOffMs);
      return false;
    }
    if (state.backOffMs === -Infinity) return false;
    this.#tell(each, 'Normal', 'BackOff', `Back-off pulling image ${JSON.stringify(each.container.image ?? '')}`);
    this.#tell(each, 'Warning', 'Failed', 'Error: ImagePullBackOff');
    this.#becomes(each, { ...state, backOffMs: -Infinity });
    return false;
  }

  #launch(each: RoleContainer): true {
    const { name, image = '' } = each.container;
    const known = this.#of(each);
    const before = known.state.type === 'ended' ? known.state.run : undefined;
    const count = before ? known.restarts + 1 : known.restarts;
    const id = `containerd://${createHash('sha256').update(`${this.#pod.metadata.uid ?? ''}/${name}/${count}`).digest('hex')}`;
    this.#containers.set(name, { ...known, restarts: count, ...(before && { last: before }), state: { type: 'running', startedMs: this.#nowMs, id, image: normalizedImage(image) } });
    this.#tell(each, 'Normal', 'Created', 'Container created');
    this.#tell(each, 'Normal', 'Started', 'Container started');
    return true;
  }

  #isRunning(each: RoleContainer): boolean {
    return this.#of(each).state.type === 'running';
  }

  #of({ container }: RoleContainer): ContainerRun {
    return runOf(this.#run, container.name);
  }

  #becomes(each: RoleContainer, state: ContainerState): void {
    this.#containers.set(each.container.name, { ...this.#of(each), state });
  }

  #wake(atMs: number): void {
    this.wakeMs = Math.min(this.wakeMs, atMs);
  }

  #tell({ role, container }: RoleContainer, type: PodEvent['type'], reason: string, message: string): void {
    this.events.push({ type, reason, message, container: { name: container.name, role } });
  }
}

/** A simulated image has no size; kubelets tell one. */
const SIMULATED_IMAGE_BYTES = 1024;

/** How long a container that ended just now is held back: not after its first end, nor after a long quiet time. */
function heldBack({ backOff }: ContainerRun, endedMs: number): number {
  return backOff === undefined || endedMs - backOff.settledMs > 2 * BACK_OFF.maxMs ? 0 : backOff.ms;
}

/** As containerd's client words it, unless the script does. */
function pullFailure(image: string, error: string): string {
  const reference = normalizedImage(image);
  if (error !== 'true') return error;
  return `rpc error: code = NotFound desc = failed to pull and unpack image ${JSON.stringify(reference)}: failed to resolve reference ${JSON.stringify(reference)}: ${reference}: not found`;
}

function durationText(ms: number): string {
  return formatDuration(BigInt(Math.round(ms)) * 1_000_000n);
}
