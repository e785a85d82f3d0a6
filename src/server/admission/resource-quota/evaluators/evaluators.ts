import type { GroupResource } from '../../../../machinery/group-version.ts';
import { claimEvaluator } from './claims.ts';
import type { UsageEvaluator } from './evaluator.ts';
import { objectCountEvaluator } from './object-count.ts';
import { podEvaluator } from './pods.ts';
import { resourceClaimEvaluator } from './resource-claims.ts';
import { serviceEvaluator } from './services.ts';

/** Counted by their plain name, too, since before all resources could be. */
const PLAINLY_COUNTED = ['configmaps', 'replicationcontrollers', 'resourcequotas', 'secrets'];
/** They come and go by the thousand, and say nothing of what somebody uses. */
const IGNORED: ReadonlySet<string> = new Set(['/events', 'events.k8s.io/events']);

/** How each resource is measured; undefined for those that quotas leave alone. */
export class UsageEvaluators {
  readonly #evaluators: ReadonlyMap<string, UsageEvaluator>;

  constructor(nowMs: () => number) {
    this.#evaluators = new Map<string, UsageEvaluator>([
      ['/pods', podEvaluator(nowMs)],
      ['/services', serviceEvaluator],
      ['/persistentvolumeclaims', claimEvaluator],
      ['resource.k8s.io/resourceclaims', resourceClaimEvaluator],
      ...PLAINLY_COUNTED.map((resource) => [`/${resource}`, objectCountEvaluator({ group: '', resource }, resource)] as const),
    ]);
  }

  /** Resources that nothing else is known of are counted. */
  find({ group, resource }: GroupResource): UsageEvaluator | undefined {
    const key = `${group}/${resource}`;
    if (IGNORED.has(key)) return undefined;
    return this.#evaluators.get(key) ?? objectCountEvaluator({ group, resource });
  }
}
