import { hasReason } from '../../machinery/status-error.ts';
import { KEEP, type BootstrapItem, type BootstrapTarget } from './bootstrap-item.ts';

export interface BootstrapSummary {
  readonly created: number;
  readonly updated: number;
  readonly kept: number;
}

type Outcome = keyof BootstrapSummary;

/** Written at a time: enough for one group commit. */
const WIDTH = 64;
const MAX_ATTEMPTS = 5;

/**
 * Makes what is missing and repairs what must be repaired, stage by stage: what a later stage needs is there before it
 * starts. Other servers may do the same at the same time. Rejects with the first failure that is not theirs.
 *
 * Where the whole first stage was missing the cluster is new: the rest is then made without asking whether it is there.
 */
export async function applyBootstrap(stages: readonly (readonly BootstrapItem[])[], target: BootstrapTarget): Promise<BootstrapSummary> {
  const summary = { created: 0, updated: 0, kept: 0 };
  for (const [n, stage] of stages.entries()) {
    const isNew = n > 0 && summary.kept === 0 && summary.updated === 0;
    for (let at = 0; at < stage.length; at += WIDTH) {
      const outcomes = await Promise.all(stage.slice(at, at + WIDTH).map((item) => ensure(item, target, isNew)));
      for (const outcome of outcomes) summary[outcome]++;
    }
  }
  return summary;
}

async function ensure(item: BootstrapItem, target: BootstrapTarget, isNew: boolean): Promise<Outcome> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ensureOnce(item, target, isNew && attempt === 1);
    } catch (error) {
      const raced = hasReason(error, 'AlreadyExists') || hasReason(error, 'Conflict') || hasReason(error, 'NotFound');
      if (!raced || attempt >= MAX_ATTEMPTS) throw error;
    }
  }
}

async function ensureOnce(item: BootstrapItem, target: BootstrapTarget, isNew: boolean): Promise<Outcome> {
  const { resource, object, manager } = item;
  const { namespace = '', name = '' } = object.metadata;
  const existing = isNew ? undefined : await target.get(resource, namespace, name);
  if (existing === undefined) {
    await target.create(resource, object, manager);
    return 'created';
  }
  const change = item.reconcile?.(existing) ?? KEEP;
  if (change.type === 'keep') return 'kept';
  if (change.type === 'update') {
    await target.update(resource, change.object, manager);
  } else {
    await target.delete(resource, namespace, name);
    await target.create(resource, object, manager);
  }
  return 'updated';
}
