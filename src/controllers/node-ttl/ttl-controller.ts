import type { Node } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import { getOwn } from '../../machinery/json.ts';
import { hasReason } from '../../machinery/status-error.ts';
import { Controller } from '../../runtime/controller.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { failureLog } from '../failure-log.ts';

const NAME = 'ttl-controller';
const ANNOTATION = 'node.alpha.kubernetes.io/ttl';
const WORKERS = 5;

/** From how many and up to how many nodes a time applies; the steps overlap, so that a cluster on the verge does not go to and fro. */
const STEPS: readonly { readonly from: number; readonly upTo: number; readonly seconds: number }[] = [
  { from: 0, upTo: 100, seconds: 0 },
  { from: 90, upTo: 500, seconds: 15 },
  { from: 450, upTo: 1000, seconds: 30 },
  { from: 900, upTo: 2000, seconds: 60 },
  { from: 1800, upTo: Infinity, seconds: 300 },
];

/** The step for so many nodes, after the one before. */
export function nextStep(step: number, nodes: number): number {
  let next = step;
  while (nodes > (STEPS[next]?.upTo ?? Infinity)) next++;
  while (nodes < (STEPS[next]?.from ?? 0)) next--;
  return next;
}

/** Says on each node for how long its kubelet may use Secrets and ConfigMaps that it read: the longer, the more nodes there are. */
export function startTtlController({ client, clock, informers, log }: ControllerContext): RunningController {
  const nodes = informers.get<Node>(BUILTIN.nodes);
  let step = 0;
  const controller = new Controller({
    name: NAME,
    clock,
    workers: WORKERS,
    onError: failureLog(log, NAME),
    reconcile: async (name, { signal }) => {
      const node = nodes.store.get(name);
      const before = step;
      step = nextStep(step, nodes.store.size);
      if (step !== before) for (const other of nodes.store.keys()) controller.enqueue(other, 'the number of nodes changed');
      const wanted = String(STEPS[step]?.seconds ?? 0);
      if (!node || getOwn(node.metadata.annotations ?? {}, ANNOTATION) === wanted) return;
      try {
        await client.resource<Node>(BUILTIN.nodes).patch(name, 'strategic', { metadata: { annotations: { [ANNOTATION]: wanted } } }, { signal });
      } catch (error) {
        if (!hasReason(error, 'NotFound')) throw error;
      }
    },
  });
  controller.watch(nodes);
  controller.start();
  return controller;
}
