import type { Plugin } from '../framework/plugin.ts';
import { Status } from '../framework/status.ts';
import { DEFAULT_RESOURCES } from './node-resources-fit.ts';
import { balanceGain, type ResourceWeight } from './resource-scoring.ts';

export interface BalancedAllocationArgs {
  readonly resources?: readonly ResourceWeight[];
}

/** Prefers nodes whose resources the pod would bring to more equal shares. */
export function balancedAllocation({ resources = DEFAULT_RESOURCES }: BalancedAllocationArgs = {}): Plugin {
  return {
    name: 'NodeResourcesBalancedAllocation',
    events: [],
    preScore: (_state, { requests }) => (resources.every(({ name }) => requests.exact.get(name) === 0) ? Status.skip() : undefined),
    score: (_state, { requests }, node) => balanceGain(requests.exact, node, resources),
  };
}
