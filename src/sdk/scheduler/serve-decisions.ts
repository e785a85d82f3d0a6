import { notFound } from '../../machinery/status-error.ts';
import type { Scheduler } from '../../scheduler/scheduler.ts';
import { jsonResponse } from '../../server/http/api-request.ts';
import type { PathRouter } from '../../server/pipeline/path-router.ts';

export const DECISIONS_PATH = '/debug/scheduler/decisions/';

/**
 * Serves `/debug/scheduler/decisions/NAMESPACE/POD`: a pod's last Decision as JSON. It is no resource: who may read it is
 * said by rules on `nonResourceURLs`, which by default only administrators have.
 */
export function serveDecisions(paths: PathRouter, scheduler: Scheduler): void {
  paths.prefix(DECISIONS_PATH, ({ path }) => {
    const [namespace = '', name = ''] = path.slice(DECISIONS_PATH.length).split('/');
    const decision = scheduler.decisions.decision(namespace, name);
    if (!decision) throw notFound({ group: '', resource: 'pods' }, name);
    return jsonResponse(200, decision);
  });
}
