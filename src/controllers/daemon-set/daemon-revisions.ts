import type { ControllerRevision, DaemonSet } from '../../api/types/generated/apps-v1.ts';
import type { ResourceClient } from '../../client/resource-client.ts';
import { cloneJson, getOwn } from '../../machinery/json.ts';
import { hasReason } from '../../machinery/status-error.ts';
import { inRevisionOrder, nextRevision, revisionData, revisionName, sameData, type SharedRevision } from '../history/controller-revisions.ts';
import { templateHash } from '../history/template-hash.ts';
import { controllerRefTo } from '../ownership/controller-ref.ts';
import { HASH_LABEL, type SharedDaemonSet } from './daemon-pods.ts';

export interface DaemonHistory {
  readonly current: SharedRevision;
  /** Hashes of every revision with the present template. */
  readonly hashes: ReadonlySet<string>;
  /** The oldest first. */
  readonly old: readonly SharedRevision[];
}

export interface DaemonHistoryClients {
  readonly sets: ResourceClient<DaemonSet>;
  readonly revisions: ResourceClient<ControllerRevision>;
  readonly signal: AbortSignal;
}

/** The revisions of the set, with one for its present template: the newest that there is, or a new one. */
export async function ensureHistory(set: SharedDaemonSet, known: readonly SharedRevision[], clients: DaemonHistoryClients): Promise<DaemonHistory> {
  const data = revisionData(set.spec?.template);
  const ordered = inRevisionOrder(known);
  const equal = ordered.filter((revision) => sameData(revision.data, data));
  const newest = equal.at(-1);
  const old = ordered.filter((revision) => revision !== newest);
  const next = nextRevision(ordered.filter((revision) => !equal.includes(revision)));
  let current: SharedRevision;
  if (!newest) current = await create(set, next, clients);
  else if (newest.revision >= next && getOwn(newest.metadata.labels ?? {}, HASH_LABEL) !== undefined) current = newest;
  else {
    const copy = cloneJson(newest) as ControllerRevision;
    copy.metadata.labels = { ...copy.metadata.labels, [HASH_LABEL]: hashOf(newest) };
    current = await clients.revisions.update({ ...copy, revision: Math.max(next, newest.revision) }, { signal: clients.signal });
  }
  return { current, hashes: new Set([current, ...equal].map(hashOf)), old };
}

/** By its label; of a revision that has none, its name. */
export function hashOf({ metadata }: SharedRevision): string {
  return getOwn(metadata.labels ?? {}, HASH_LABEL) ?? metadata.name ?? '';
}

async function create(set: SharedDaemonSet, revision: number, { sets, revisions, signal }: DaemonHistoryClients): Promise<SharedRevision> {
  const { namespace = '', annotations } = set.metadata;
  const hash = templateHash(set.spec?.template, set.status?.collisionCount);
  const wanted: ControllerRevision = {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: revisionName(set, hash),
      namespace,
      labels: { ...set.spec?.template.metadata?.labels, [HASH_LABEL]: hash },
      ...(annotations && { annotations: { ...annotations } }),
      ownerReferences: [controllerRefTo(set)],
    },
    data: revisionData(set.spec?.template),
    revision,
  };
  try {
    return await revisions.create(wanted, { signal });
  } catch (error) {
    if (!hasReason(error, 'AlreadyExists')) throw error;
  }
  const existing = await revisions.get(wanted.metadata.name ?? '', { signal });
  if (sameData(existing.data, wanted.data)) return existing;
  const collisionCount = (set.status?.collisionCount ?? 0) + 1;
  await sets.updateStatus({ ...(cloneJson(set) as DaemonSet), status: { ...emptyStatus(), ...(cloneJson(set.status ?? {}) as object), collisionCount } }, { signal });
  throw new Error(`controller revision ${wanted.metadata.name ?? ''} belongs to another template: it gets another name`);
}

function emptyStatus(): NonNullable<DaemonSet['status']> {
  return { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 };
}
