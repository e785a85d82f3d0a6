import type { ContainerState as ApiState } from '../../api/types/generated/core-v1.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import { containersOf, type SharedPod } from './pod-run.ts';
import { scriptsOf } from './pod-scripts.ts';
import type { PodScript } from './container-script.ts';

/** What a kubelet is asked of a container's output, as its own API names it. */
export interface LogRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly query: URLSearchParams;
}

export type LogAnswer =
  | { readonly type: 'refused'; readonly message: string }
  | {
      readonly type: 'log';
      readonly text: string;
      /** Calls back once when this run of the container prints nothing more; returns what ends the waiting. */
      onEnd(callback: () => void): () => void;
    };

/** The run that is asked for. */
interface LoggedRun {
  readonly startedMs: number;
  readonly isRunning: boolean;
}

type Found = { readonly type: 'found'; readonly run: LoggedRun } | { readonly type: 'refused'; readonly message: string };

/** What one run of the container has printed: its whole log, all at its start. */
export function computeLog(pod: SharedPod, { container, query, nowMs, script }: { readonly container: string; readonly query: URLSearchParams; readonly nowMs: number; readonly script?: PodScript }): Extract<LogAnswer, { type: 'refused' }> | { readonly type: 'log'; readonly text: string; readonly isRunning: boolean } {
  const each = containersOf(pod).find(({ container: { name } }) => name === container);
  const { name = '' } = pod.metadata;
  if (!each) return { type: 'refused', message: `container ${JSON.stringify(container)} in pod ${JSON.stringify(name)} is not available` };
  const found = findRun(pod, container, query.get('previous') === 'true');
  if (found.type === 'refused') return found;
  const { startedMs, isRunning } = found.run;
  const { log } = scriptsOf(pod, script)(each).script;
  const lines = log === '' ? [] : log.replace(/\n$/, '').split('\n');
  return { type: 'log', text: chosen(lines, startedMs, { query, nowMs }), isRunning };
}

function findRun(pod: SharedPod, container: string, previous: boolean): Found {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? []), ...(pod.status?.ephemeralContainerStatuses ?? [])];
  const status = statuses.find(({ name }) => name === container);
  const what = `container ${JSON.stringify(container)} in pod ${JSON.stringify(pod.metadata.name ?? '')}`;
  const last = endedRun(status?.lastState);
  if (previous) return last ? { type: 'found', run: last } : { type: 'refused', message: `previous terminated ${what} not found` };
  if (status?.state?.running) return { type: 'found', run: { startedMs: Date.parse(status.state.running.startedAt ?? ''), isRunning: true } };
  const ended = endedRun(status?.state) ?? last;
  if (ended) return { type: 'found', run: ended };
  const reason = status?.state?.waiting?.reason ?? 'ContainerCreating';
  const why = reason === 'ErrImagePull' ? "image can't be pulled" : reason === 'ImagePullBackOff' ? 'trying and failing to pull image' : reason;
  return { type: 'refused', message: `${what} is waiting to start: ${why}` };
}

function endedRun(state: DeepReadonly<ApiState> | undefined): LoggedRun | undefined {
  const { terminated } = state ?? {};
  return terminated?.startedAt == null ? undefined : { startedMs: Date.parse(terminated.startedAt), isRunning: false };
}

function chosen(lines: readonly string[], printedMs: number, { query, nowMs }: { query: URLSearchParams; nowMs: number }): string {
  const sinceSeconds = query.get('sinceSeconds');
  const sinceTime = query.get('sinceTime');
  const sinceMs = sinceSeconds !== null ? nowMs - 1000 * Number(sinceSeconds) : sinceTime !== null ? Date.parse(sinceTime) : -Infinity;
  if (printedMs < sinceMs) return '';
  const tail = query.get('tailLines');
  const shown = tail === null ? lines : Number(tail) === 0 ? [] : lines.slice(-Number(tail));
  const prefix = query.get('timestamps') === 'true' ? `${new Date(printedMs).toISOString().slice(0, 19)}.000000000Z ` : '';
  const text = shown.map((line) => `${prefix}${line}\n`).join('');
  const limit = query.get('limitBytes');
  return limit === null ? text : Buffer.from(text).subarray(0, Number(limit)).toString('utf8');
}
