import type { Container } from '../../api/types/generated/core-v1.ts';
import { DurationError, parseDurationMs } from '../../machinery/duration.ts';
import { getOwn, type DeepReadonly } from '../../machinery/json.ts';
import { PREFIX } from './annotations.ts';
import type { ContainerRole, SharedPod } from './pod-run.ts';

/** What a simulated container does. */
export interface ContainerScript {
  /** How long its image takes to come; 0 when the node has it. */
  readonly pullMs: number;
  /** What pulling its image fails with; absent: it does not. */
  readonly pullError?: string;
  /** How many pulls fail before one succeeds; without end unless said. */
  readonly pullFailures: number;
  /** How long it runs; Infinity: until it is stopped. */
  readonly runMs: number;
  readonly exitCode: number;
  /** Why it ended, where that is neither `Completed` nor `Error`: `OOMKilled`. */
  readonly exitReason?: string;
  /** What it leaves as its termination message. */
  readonly message?: string;
  /** How many runs end with a bad exit code; those after them go as if there were no script. */
  readonly failures: number;
  /** How long after its start it is ready; Infinity: never. */
  readonly readyAfterMs: number;
  /** How long it takes to end once it is told to; it is killed when the grace period is over. */
  readonly stopMs: number;
  readonly stopExitCode: number;
  /** Everything that one run of it prints, in lines. */
  readonly log: string;
}

/** A script as a test writes it: what it leaves out is as annotations say, or as usual. */
export type PodScript = (pod: SharedPod, container: string) => Partial<ContainerScript> | undefined;

/** How long something that is meant to end runs. */
const TASK_MS = 1000;
/** A run that fails must be seen to have run. */
const FAILING_RUN_MS = 1000;

/** What a container does that nobody wrote a script for: servers run, tasks end well, init containers at once. */
export function usualScript(role: ContainerRole, container: DeepReadonly<Container>, restartPolicy: string): ContainerScript {
  const serves = role === 'sidecar' || role === 'ephemeral' || (role === 'main' && restartPolicy === 'Always');
  return {
    pullMs: 0,
    pullFailures: Infinity,
    runMs: serves ? Infinity : role === 'init' ? 0 : TASK_MS,
    exitCode: 0,
    failures: Infinity,
    readyAfterMs: 1000 * (container.readinessProbe?.initialDelaySeconds ?? 0),
    stopMs: 0,
    // A server ends in order; a task that is stopped has not done what it was for: 128 + SIGTERM.
    stopExitCode: serves ? 0 : 143,
    log: '',
  };
}

/** How the run after so many restarts goes. */
export function scriptOfRun(script: ContainerScript, usual: ContainerScript, restarts: number): Pick<ContainerScript, 'runMs' | 'exitCode' | 'exitReason' | 'message'> {
  const fails = script.exitCode !== 0;
  if (fails && restarts >= script.failures) return usual;
  return { ...script, runMs: fails && script.runMs === Infinity ? FAILING_RUN_MS : script.runMs };
}

interface Parsed {
  readonly script: Partial<ContainerScript>;
  /** What could not be read, one line each. */
  readonly problems: readonly string[];
}

type Writable = { -readonly [K in keyof ContainerScript]?: ContainerScript[K] };

const SETTINGS: Readonly<Record<string, (script: Writable, text: string) => void>> = {
  'pull-duration': (script, text) => (script.pullMs = duration(text)),
  'pull-error': (script, text) => (script.pullError = text),
  'pull-failures': (script, text) => (script.pullFailures = wholeNumber(text)),
  'run-duration': (script, text) => (script.runMs = duration(text, 'forever')),
  'exit-code': (script, text) => (script.exitCode = wholeNumber(text, 255)),
  'exit-reason': (script, text) => (script.exitReason = text),
  'termination-message': (script, text) => (script.message = text),
  failures: (script, text) => (script.failures = wholeNumber(text)),
  'ready-after': (script, text) => (script.readyAfterMs = duration(text, 'never')),
  'stop-duration': (script, text) => (script.stopMs = duration(text, 'never')),
  'stop-exit-code': (script, text) => (script.stopExitCode = wholeNumber(text, 255)),
  log: (script, text) => (script.log = text),
};

/** What the pod's annotations say of a container: those of its own, and those of all main containers. */
export function annotatedScript(annotations: Readonly<Record<string, string>> | undefined, container: string, role: ContainerRole): Parsed {
  const script: Writable = {};
  const problems: string[] = [];
  if (!annotations) return { script, problems };
  for (const [setting, read] of Object.entries(SETTINGS)) {
    const own = `${setting}.${PREFIX}/${container}`;
    const general = `${PREFIX}/${setting}`;
    const key = getOwn(annotations, own) !== undefined || role !== 'main' ? own : general;
    const text = getOwn(annotations, key);
    if (text === undefined) continue;
    try {
      read(script, text);
    } catch (error) {
      if (!(error instanceof RangeError || error instanceof DurationError)) throw error;
      problems.push(`annotation ${key}: ${error.message}`);
    }
  }
  return { script, problems };
}

function duration(text: string, endless?: string): number {
  if (text === endless) return Infinity;
  const ms = parseDurationMs(text);
  if (ms < 0) throw new RangeError(`${JSON.stringify(text)} is less than nothing`);
  return ms;
}

function wholeNumber(text: string, max = 1e9): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) > max) throw new RangeError(`${JSON.stringify(text)} is no whole number from 0 to ${max}`);
  return Number(text);
}
