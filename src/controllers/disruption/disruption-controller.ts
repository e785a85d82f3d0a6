import type { Pod } from '../../api/types/generated/core-v1.ts';
import type { PodDisruptionBudget, PodDisruptionBudgetStatus } from '../../api/types/generated/policy-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import { asError } from '../../client/as-error.ts';
import { objectKey, type ApiObject } from '../../client/resource-definition.ts';
import { cloneJson, type DeepReadonly } from '../../machinery/json.ts';
import { labelSelectorFromObject } from '../../machinery/label-selector.ts';
import { hasReason } from '../../machinery/status-error.ts';
import { Controller, type Change, type ReconcileResult } from '../../runtime/controller.ts';
import { EventRecorder } from '../../runtime/event-recorder.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { failureLog } from '../failure-log.ts';
import { PacedChanges } from '../pacing/paced-changes.ts';
import type { SharedPod } from '../pods/pod-state.ts';
import { SelectingObjects } from '../selectors/selecting-objects.ts';
import { computeStatus, failedStatus, needsScale, type SharedBudget } from './compute-status.ts';
import { NoControllersError, PodScales } from './expected-pods.ts';
import { selectorText } from './selector-text.ts';
import { staleDisruptionController } from './stale-disruption.ts';

const NAME = 'disruption-controller';

/** Says in each disruption budget how many of its pods may be disrupted now. */
export function startDisruptionController(context: ControllerContext): RunningController {
  const { client, clock, random, informers, log } = context;
  const events = new EventRecorder({ client, random, component: 'controllermanager' });
  const budgets = informers.get<PodDisruptionBudget>(BUILTIN.podDisruptionBudgets);
  const pods = informers.get<Pod>(BUILTIN.pods);
  const scales = new PodScales(client, informers);
  const paced = new PacedChanges(clock);

  const selecting = new SelectingObjects(budgets, ({ spec }) => labelSelectorFromObject(spec?.selector as Parameters<typeof labelSelectorFromObject>[0]));

  const expectedPods = async (budget: SharedBudget, selected: readonly SharedPod[], signal: AbortSignal): Promise<number> => {
    if (!needsScale(budget)) return selected.length;
    try {
      const { count, unmanaged } = await scales.expected(selected, signal);
      if (unmanaged.length > 0) events.event(budget, 'Warning', 'UnmanagedPods', unmanagedText(budget));
      return count;
    } catch (error) {
      const { message } = asError(error);
      if (error instanceof NoControllersError) events.event(budget, 'Warning', 'NoControllers', message);
      events.event(budget, 'Warning', 'CalculateExpectedPodCountFailed', `Failed to calculate the number of expected pods: ${message}`);
      throw error;
    }
  };

  const write = async (budget: SharedBudget, status: PodDisruptionBudgetStatus, signal: AbortSignal): Promise<void> => {
    await client.resource<PodDisruptionBudget>(BUILTIN.podDisruptionBudgets).updateStatus({ ...(cloneJson(budget) as PodDisruptionBudget), status }, { signal });
  };

  const calculate = async (budget: SharedBudget, signal: AbortSignal): Promise<ReconcileResult | void> => {
    const selected = selecting.selectedBy(budget, pods);
    if (selected.length === 0) events.event(budget, 'Normal', 'NoPods', 'No matching pods found');
    const expected = await expectedPods(budget, selected, signal);
    const nowMs = clock.now();
    const { status, notDeleted, recheckMs } = computeStatus(budget, { pods: selected, expectedPods: expected, nowMs });
    const { namespace = '' } = budget.metadata;
    // The text names the namespace twice in Kubernetes, too.
    for (const pod of notDeleted) events.event(pod, 'Warning', 'NotDeleted', `Pod was expected by PDB ${namespace}/${namespace} to be deleted but it wasn't`);
    if (status) await write(budget, status, signal);
    paced.ran(objectKey(budget), selected.length);
    return recheckMs === undefined ? undefined : { requeueAfterMs: recheckMs - nowMs + 1 };
  };

  const controller = new Controller({
    name: NAME,
    clock,
    onError: failureLog(log, NAME),
    reconcile: async (key, { signal }) => {
      const budget = budgets.store.get(key);
      if (!budget) {
        paced.forget(key);
        return;
      }
      try {
        return await calculate(budget, signal);
      } catch (error) {
        if (signal.aborted || hasReason(error, 'Conflict')) throw error;
        if (hasReason(error, 'NotFound')) return;
        const status = failedStatus(budget, asError(error).message, clock.now());
        if (status) await write(budget, status, signal);
      }
    },
  });
  controller.watch(budgets);
  const removePodHandler = paced.watch(pods, controller, (pod) => selecting.keysSelecting(pod));
  // Sizes of workloads are expected counts.
  const inNamespace = { keysOf: ({ metadata }: DeepReadonly<ApiObject>) => budgets.store.inNamespace(metadata.namespace ?? '').map(objectKey), filter: scaled };
  controller.watch(scales.replicaSets, inNamespace).watch(scales.deployments, inNamespace).watch(scales.statefulSets, inNamespace).watch(scales.replicationControllers, inNamespace);
  const tellOfSeveral = (pod: SharedPod): void => {
    const [chosen, second] = selecting.selecting(pod);
    const { namespace = '', name = '' } = pod.metadata;
    if (second) events.event(pod, 'Warning', 'MultiplePodDisruptionBudgets', `Pod "${namespace}"/"${name}" matches multiple PodDisruptionBudgets.  Chose "${chosen?.metadata.name ?? ''}" arbitrarily.`);
  };
  const removeHandler = pods.addHandler({ onAdd: tellOfSeveral, onUpdate: tellOfSeveral });
  const stale = staleDisruptionController(context, pods);
  controller.start();
  stale.start();
  return {
    stop: async () => {
      removeHandler();
      removePodHandler();
      await Promise.all([controller.stop(), stale.stop()]);
      await events.stop();
    },
  };
}

function scaled({ event, object, old }: Change<ApiObject & { spec?: { replicas?: number } }>): boolean {
  return event !== 'update' || object.spec?.replicas !== old?.spec?.replicas;
}

function unmanagedText({ spec }: SharedBudget): string {
  return `Pods selected by this PodDisruptionBudget (selector: ${selectorText(spec?.selector)}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.`;
}
