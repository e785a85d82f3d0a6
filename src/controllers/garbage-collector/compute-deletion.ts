import type { DeepReadonly } from '../../machinery/json.ts';
import type { ObjectMeta } from '../../machinery/object-meta.ts';
import { FOREGROUND_FINALIZER, hasFinalizer, ORPHAN_FINALIZER, type GraphNode } from './owner-graph.ts';

/** An object's owners by what became of them, as uids. */
export interface ClassifiedOwners {
  /** There, and to stay. */
  readonly solid: readonly string[];
  /** Not there. */
  readonly dangling: readonly string[];
  /** In foreground deletion. */
  readonly waiting: readonly string[];
}

export type DeletionPlan =
  | { readonly type: 'keep' }
  /** Other owners hold the object: it forgets these. */
  | { readonly type: 'forgetOwners'; readonly uids: readonly string[] }
  /** `unblock`: first its owners no longer wait for it, since they may wait for each other. */
  | { readonly type: 'delete'; readonly policy: 'Orphan' | 'Foreground' | 'Background'; readonly unblock: boolean };

/** What becomes of an object whose owners are known. */
export function computeDeletion(node: GraphNode, latest: DeepReadonly<ObjectMeta>, { solid, dangling, waiting }: ClassifiedOwners): DeletionPlan {
  if (solid.length > 0) {
    const uids = [...dangling, ...waiting];
    return uids.length === 0 ? { type: 'keep' } : { type: 'forgetOwners', uids };
  }
  if (waiting.length > 0 && node.dependents.size > 0) {
    const unblock = [...node.dependents].some(({ deletingDependents }) => deletingDependents);
    return { type: 'delete', policy: 'Foreground', unblock };
  }
  if (hasFinalizer(latest, ORPHAN_FINALIZER)) return { type: 'delete', policy: 'Orphan', unblock: false };
  return { type: 'delete', policy: hasFinalizer(latest, FOREGROUND_FINALIZER) ? 'Foreground' : 'Background', unblock: false };
}
