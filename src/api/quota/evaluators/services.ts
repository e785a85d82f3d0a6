import type { Loose } from '../../pod-template/shapes.ts';
import type * as v1 from '../../types/generated/core-v1.ts';
import { counted } from '../usage.ts';
import type { UsageEvaluator } from './evaluator.ts';

const NAMES: ReadonlySet<string> = new Set(['count/services', 'services', 'services.nodeports', 'services.loadbalancers']);

/** Counts services, and the scarce things that some types of them take: node ports and load balancers. */
export const serviceEvaluator: UsageEvaluator = {
  handles: (operation, subresource) => (operation === 'CREATE' || operation === 'UPDATE') && subresource === '',
  usage(object) {
    const { type, ports = [], allocateLoadBalancerNodePorts } = (object['spec'] ?? {}) as Loose<v1.ServiceSpec>;
    const isBalanced = type === 'LoadBalancer';
    const chosen = ports.filter(({ nodePort = 0 }) => nodePort !== 0).length;
    const nodePorts = type === 'NodePort' || (isBalanced && allocateLoadBalancerNodePorts !== false) ? ports.length : isBalanced ? chosen : 0;
    return counted(['count/services', 1], ['services', 1], ['services.loadbalancers', isBalanced ? 1 : 0], ['services.nodeports', nodePorts]);
  },
  measures: (name) => NAMES.has(name),
  matchesScope: () => false,
};
