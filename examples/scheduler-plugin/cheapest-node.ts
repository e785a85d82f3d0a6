// A scheduler that minds what nodes cost: no pod goes to a node above its budget, and of the others the cheapest is best.
//
//     steersman up --scheduler-plugin examples/scheduler-plugin/cheapest-node.ts
//     kubectl label node node-1 example.com/price-per-hour=0.12
//     kubectl annotate pod web example.com/budget-per-hour=0.20      (in its template)
import { Status, type NodeInfo, type Plugin, type PodInfo } from '../../src/sdk/scheduler/index.ts';

const TOO_EXPENSIVE = Status.unresolvable('node(s) were above the budget of the pod');

const priceOf = ({ labels }: NodeInfo): number => Number(labels['example.com/price-per-hour'] ?? 0);
const budgetOf = ({ pod }: PodInfo): number => Number(pod.metadata.annotations?.['example.com/budget-per-hour'] ?? Infinity);

const cheapestNode: Plugin = {
  name: 'CheapestNode',
  // A pod that found every node too expensive is tried again when nodes come or change their labels.
  events: [{ resource: 'Node', actions: ['Add', 'UpdateNodeLabel'] }],
  filter: (_state, pod, node) => (priceOf(node) > budgetOf(pod) ? TOO_EXPENSIVE : undefined),
  score: (_state, _pod, node) => priceOf(node),
  normalizeScores: (_state, _pod, { scores }) => {
    const most = Math.max(...scores);
    scores.forEach((price, i) => (scores[i] = most === 0 ? 100 : 100 * (1 - price / most)));
  },
};

export default cheapestNode;
