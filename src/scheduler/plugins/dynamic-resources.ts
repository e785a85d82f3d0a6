import { StateKey } from '../framework/cycle-state.ts';
import type { Plugin } from '../framework/plugin.ts';
import { Status } from '../framework/status.ts';

const NOT_BUILT = Status.unresolvable('resource claims are not supported by this scheduler');

/**
 * Dynamic resource allocation is not built: pods with resource claims are refused, since they must not run without their
 * devices. For other pods the plugin says what kube-scheduler's says of them.
 */
export function dynamicResources(): Plugin {
  const seen = new StateKey<true>('DynamicResources');
  return {
    name: 'DynamicResources',
    events: [],
    preFilter: (state, { pod }) => {
      state.set(seen, true);
      return (pod.spec?.resourceClaims?.length ?? 0) > 0 ? NOT_BUILT : Status.skip();
    },
    // Where an earlier plugin ended PreFilter, kube-scheduler's finds its own state missing, and says no more than that.
    postFilter: (state) => ({ status: state.get(seen) === true ? Status.unschedulable('no new claims to deallocate') : Status.failed(new Error('not found')) }),
  };
}
