import type { GroupResource } from '../../../machinery/group-version.ts';
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

  /** The resources whose objects the names of quotas speak of. Names that speak of none are left out. */
  measuredBy(names: Iterable<string>): GroupResource[] {
    const found = new Map<string, GroupResource>();
    const add = (resource: GroupResource): void => void found.set(`${resource.group}/${resource.resource}`, resource);
    for (const name of names) {
      for (const [key, evaluator] of this.#evaluators) if (evaluator.measures(name)) add(groupResource(key));
      const [, resource, group = ''] = /^count\/([^./]+)(?:\.(.+))?$/.exec(name) ?? [];
      if (resource !== undefined && this.find({ group, resource })) add({ group, resource });
    }
    return [...found.values()];
  }

  /** Resources that nothing else is known of are counted. */
  find({ group, resource }: GroupResource): UsageEvaluator | undefined {
    const key = `${group}/${resource}`;
    if (IGNORED.has(key)) return undefined;
    return this.#evaluators.get(key) ?? objectCountEvaluator({ group, resource });
  }
}

function groupResource(key: string): GroupResource {
  const slash = key.indexOf('/');
  return { group: key.slice(0, slash), resource: key.slice(slash + 1) };
}
