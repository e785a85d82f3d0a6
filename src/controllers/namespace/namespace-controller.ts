import type { Namespace } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import type { ResourceClient } from '../../client/resource-client.ts';
import { formatTime } from '../../machinery/clock.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import { hasReason } from '../../machinery/status-error.ts';
import { Controller, type ReconcileResult } from '../../runtime/controller.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { computeConditions, type ContentReport } from './compute-conditions.ts';
import { deleteContent } from './delete-content.ts';

/** What this controller must have done before a namespace may go. */
const FINALIZER = 'kubernetes';
const DEFAULT_GRACE_MS = 5000;
const WORKERS = 10;

/** Empties namespaces that are being deleted, says in their conditions how far that is, and lets them go when they are empty. */
export function startNamespaceController(context: ControllerContext): RunningController {
  const { client, clock, informers, log, namespaceDeletionGraceMs = DEFAULT_GRACE_MS } = context;
  const namespaces = client.resource<Namespace>(BUILTIN.namespaces);
  const informer = informers.get<Namespace>(BUILTIN.namespaces);
  const controller = new Controller({
    name: 'namespace-controller',
    clock,
    workers: WORKERS,
    reconcile: (name, { signal }) => deleteNamespace(namespaces, name, { ...context, signal }),
    onError: (error, name) => log(`namespace-controller: deletion of namespace ${name} failed: ${error.message}`),
  }).read(informer);
  const seen = (namespace: DeepReadonly<Namespace>): void => {
    const { name = '', deletionTimestamp } = namespace.metadata;
    if (deletionTimestamp !== undefined) controller.queue.addAfter(name, namespaceDeletionGraceMs);
  };
  const removeHandler = informer.addHandler({ onAdd: seen, onUpdate: seen });
  controller.start();
  return {
    stop: () => {
      removeHandler();
      return controller.stop();
    },
  };
}

async function deleteNamespace(namespaces: ResourceClient<Namespace>, name: string, { client, clock, signal }: ControllerContext & { readonly signal: AbortSignal }): Promise<ReconcileResult | void> {
  const found = await orUndefined(namespaces.get(name, { signal }));
  if (found?.metadata.deletionTimestamp === undefined) return;
  const namespace = await markTerminating(namespaces, found);
  if (namespace?.metadata.deletionTimestamp === undefined || !isHeld(namespace)) return;
  const deletedMs = Date.parse(namespace.metadata.deletionTimestamp);
  const { report, estimateSeconds, waitsForPods, errors } = await deleteContent({ client, namespace: name, deletedMs, signal });
  await updateConditions(namespaces, namespace, { report, now: formatTime(clock.now()) });
  if (errors.length > 0) throw errors.length === 1 ? errors[0] : new AggregateError(errors, `[${errors.map(({ message }) => message).join(', ')}]`);
  if (estimateSeconds > 0 || waitsForPods) return { requeueAfterMs: (Math.floor(estimateSeconds / 2) + 1) * 1000 };
  await finalize(namespaces, name);
}

function isHeld(namespace: Namespace): boolean {
  return (namespace.spec?.finalizers ?? []).length > 0;
}

/** Undefined when the namespace is gone, or is another by now. */
async function markTerminating(namespaces: ResourceClient<Namespace>, namespace: Namespace): Promise<Namespace | undefined> {
  return retryOnConflict(namespaces, namespace, async (latest) => {
    if (latest.metadata.deletionTimestamp === undefined || latest.status?.phase === 'Terminating') return latest;
    return namespaces.updateStatus({ ...latest, status: { ...latest.status, phase: 'Terminating' } });
  });
}

/** Whoever reads them can wait: what was deleted is, whether or not the conditions come through. */
async function updateConditions(namespaces: ResourceClient<Namespace>, namespace: Namespace, { report, now }: { readonly report: ContentReport; readonly now: string }): Promise<void> {
  const conditions = computeConditions(namespace.status?.conditions ?? [], report, now);
  if (!conditions) return;
  try {
    await namespaces.updateStatus({ ...namespace, status: { ...namespace.status, conditions } });
  } catch (error) {
    if (!hasReason(error, 'Conflict') && !hasReason(error, 'NotFound')) throw error;
  }
}

async function finalize(namespaces: ResourceClient<Namespace>, name: string): Promise<void> {
  const namespace = await orUndefined(namespaces.get(name));
  if (!namespace) return;
  await retryOnConflict(namespaces, namespace, async (latest) => {
    const finalizers = (latest.spec?.finalizers ?? []).filter((finalizer) => finalizer !== FINALIZER);
    return namespaces.updateSubresource<Namespace>(name, 'finalize', { ...latest, spec: { ...latest.spec, finalizers } });
  });
}

async function retryOnConflict(namespaces: ResourceClient<Namespace>, namespace: Namespace, update: (latest: Namespace) => Promise<Namespace>): Promise<Namespace | undefined> {
  for (let latest: Namespace | undefined = namespace; latest && latest.metadata.uid === namespace.metadata.uid; latest = await orUndefined(namespaces.get(namespace.metadata.name ?? ''))) {
    try {
      return await update(latest);
    } catch (error) {
      if (hasReason(error, 'NotFound')) return undefined;
      if (!hasReason(error, 'Conflict')) throw error;
    }
  }
  return undefined;
}

async function orUndefined<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (hasReason(error, 'NotFound')) return undefined;
    throw error;
  }
}
