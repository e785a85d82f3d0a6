import type { Clock } from '../../machinery/clock.ts';
import { textResponse } from '../http/api-request.ts';
import type { PathRouter } from '../pipeline/path-router.ts';
import type { PriorityAndFairness } from './priority-and-fairness.ts';

const ROOT = '/debug/api_priority_and_fairness';

/** Shows priority levels, queues and waiting requests, as comma-separated tables. */
export function addFlowControlPaths(router: PathRouter, gate: PriorityAndFairness, clock: Clock): void {
  router.exact(`${ROOT}/dump_priority_levels`, () => textResponse(200, priorityLevels(gate)));
  router.exact(`${ROOT}/dump_queues`, () => textResponse(200, queues(gate)));
  router.exact(`${ROOT}/dump_requests`, ({ query }) => textResponse(200, requests(gate, { details: query.get('includeRequestDetails') === '1', nowMs: clock.now() })));
}

function priorityLevels(gate: PriorityAndFairness): string {
  const head = ['PriorityLevelName', 'ActiveQueues', 'IsIdle', 'IsQuiescing', 'WaitingRequests', 'ExecutingRequests', 'DispatchedRequests', 'RejectedRequests', 'TimedoutRequests', 'CancelledRequests'];
  const rows = gate.levels.map(({ name, state, counts }) => {
    const { executing, waiting, queues: fair } = state;
    const active = fair?.states().filter((queue) => queue.waiting > 0 || queue.executing > 0).length ?? 0;
    return [name, active, executing === 0 && waiting.length === 0, false, waiting.length, executing, counts.dispatched, counts.rejected, counts.timedOut, counts.cancelled];
  });
  return table(head, rows);
}

function queues(gate: PriorityAndFairness): string {
  const head = ['PriorityLevelName', 'Index', 'PendingRequests', 'ExecutingRequests', 'SeatsInUse', 'NextDispatchR'];
  const rows = gate.levels.flatMap(({ name, state }) =>
    (state.queues?.states() ?? []).map(({ index, waiting, executing, seatsInUse, nextDispatch }) => [name, index, waiting, executing, seatsInUse, `${(nextDispatch / 1000).toFixed(8)}ss`]),
  );
  return table(head, rows);
}

function requests(gate: PriorityAndFairness, { details, nowMs }: { readonly details: boolean; readonly nowMs: number }): string {
  const detailNames = details ? ['UserName', 'Verb', 'APIPath', 'Namespace', 'Name', 'APIVersion', 'Resource', 'SubResource'] : [];
  const head = ['PriorityLevelName', 'FlowSchemaName', 'QueueIndex', 'RequestIndexInQueue', 'FlowDistinguisher', 'ArriveTime', 'InitialSeats', 'WaitedMilliseconds', ...detailNames];
  const rows = gate.levels.flatMap(({ name, state }) => {
    const places = new Map<number, number>();
    return state.waiting.map((request) => {
      const place = places.get(request.queue) ?? 0;
      places.set(request.queue, place + 1);
      const arrived = new Date(request.arrivedMs).toISOString();
      const shown = request.details();
      return [name, request.schema, request.queue, place, request.distinguisher, arrived, request.seats, nowMs - request.arrivedMs, ...detailNames.map((detail) => shown[detail] ?? '')];
    });
  });
  return table(head, rows);
}

function table(head: readonly string[], rows: readonly (readonly (string | number | boolean)[])[]): string {
  return [head, ...rows].map((row) => `${row.map((cell) => `${cell},`.padEnd(20)).join(' ').trimEnd().replace(/,$/, '')}\n`).join('');
}
