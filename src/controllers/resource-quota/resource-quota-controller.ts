import type { ResourceQuota } from '../../api/types/generated/core-v1.ts';
import { UsageEvaluators } from '../../api/quota/evaluators/evaluators.ts';
import { formatUsage } from '../../api/quota/usage.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import { objectKey } from '../../client/resource-definition.ts';
import { cloneJson, equalJson } from '../../machinery/json.ts';
import { hasReason } from '../../machinery/status-error.ts';
import { Controller, type ReconcileResult } from '../../runtime/controller.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { failureLog } from '../failure-log.ts';
import { PacedChanges } from '../pacing/paced-changes.ts';
import { computeStatus, type MeasuredObjects } from './compute-usage.ts';
import { QuotaSources, type MeasuredChange } from './quota-sources.ts';

const NAME = 'resourcequota-controller';
const WORKERS = 5;
/** Time alone changes what pods use whose node is gone, and admission charges for what then is not written. */
const RESYNC_MS = 5 * 60_000;
/** A quota may name what is not served yet. */
const UNKNOWN_MS = 30_000;
/** New objects were charged for when they were admitted; many come at once. */
const SETTLE_MS = 1000;

/** Counts what namespaces use of their quotas. */
export function startResourceQuotaController(context: ControllerContext): RunningController {
  const { client, clock, informers, log } = context;
  const evaluators = new UsageEvaluators(() => clock.now());
  const paced = new PacedChanges(clock);
  const quotas = informers.get<ResourceQuota>(BUILTIN.resourceQuotas);

  const changed = ({ resource, event, object, old }: MeasuredChange): void => {
    const evaluator = evaluators.find(resource);
    if (!evaluator) return;
    const before = old && formatUsage(evaluator.usage(old));
    // The spec decides on scopes, too.
    if (old && equalJson(old['spec'], object['spec']) && before === formatUsage(evaluator.usage(object))) return;
    for (const quota of quotas.store.inNamespace(object.metadata.namespace ?? '')) {
      if (!Object.keys(quota.spec?.hard ?? {}).some((name) => evaluator.measures(name))) continue;
      const key = objectKey(quota);
      controller.queue.addAfter(key, event === 'add' ? SETTLE_MS : paced.waitMs(key), { type: 'manual', reason: `${event} of ${resource.resource} ${object.metadata.name ?? ''}` });
    }
  };
  const sources = new QuotaSources(context, changed);

  const reconcile = async (key: string, signal: AbortSignal): Promise<ReconcileResult | void> => {
    const quota = quotas.store.get(key);
    if (!quota) {
      paced.forget(key);
      return;
    }
    const { namespace = '' } = quota.metadata;
    const measured: MeasuredObjects[] = [];
    let complete = true;
    let count = 0;
    for (const resource of evaluators.measuredBy(Object.keys(quota.spec?.hard ?? {}))) {
      const evaluator = evaluators.find(resource);
      const objects = await sources.objects(resource, namespace, signal);
      if (evaluator && objects) measured.push({ evaluator, objects });
      else complete = false;
      count += objects?.length ?? 0;
    }
    paced.ran(key, count);
    const status = computeStatus(quota, measured);
    try {
      if (status) await client.resource<ResourceQuota>(BUILTIN.resourceQuotas).updateStatus({ ...(cloneJson(quota) as ResourceQuota), status }, { signal });
    } catch (error) {
      if (hasReason(error, 'NotFound')) return;
      throw error;
    }
    return { requeueAfterMs: complete ? RESYNC_MS : UNKNOWN_MS };
  };

  const controller = new Controller({ name: NAME, clock, workers: WORKERS, onError: failureLog(log, NAME), reconcile: (key, { signal }) => reconcile(key, signal) });
  controller.watch(quotas, { filter: ({ event, object, old }) => event === 'add' || (event === 'update' && !(equalJson(object.spec, old?.spec) && equalJson(object.status?.hard, old?.status?.hard))) });
  controller.start();
  return {
    stop: async () => {
      await controller.stop();
      await sources.stop();
    },
  };
}
