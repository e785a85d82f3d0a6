import type { GroupResource } from '../../../machinery/group-version.ts';
import { counted } from '../usage.ts';
import { countName, type UsageEvaluator } from './evaluator.ts';

/** Counts objects as they are made, by `count/<resource>.<group>` and, for the resources of old, by their plain name. */
export function objectCountEvaluator({ group, resource }: GroupResource, alias?: string): UsageEvaluator {
  const names = [countName(group, resource), ...(alias === undefined ? [] : [alias])];
  const usage = counted(...names.map((name) => [name, 1] as const));
  return {
    handles: (operation, subresource) => operation === 'CREATE' && subresource === '',
    usage: () => usage,
    measures: (name) => names.includes(name),
    matchesScope: () => false,
  };
}
