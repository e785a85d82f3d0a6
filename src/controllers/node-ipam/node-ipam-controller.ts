import type { Node } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import { hasReason } from '../../machinery/status-error.ts';
import { Controller, type ReconcileResult } from '../../runtime/controller.ts';
import { EventRecorder } from '../../runtime/event-recorder.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { failureLog } from '../failure-log.ts';
import { recordNodeEvent, type SharedNode } from '../nodes/node-state.ts';
import type { NodeSettings } from '../nodes/node-settings.ts';
import { RangeAllocator } from './range-allocator.ts';

const NAME = 'node-ipam-controller';
const WORKERS = 30;
/** A range that is used up is looked at again after this time: nodes may have gone. */
const RETRY_MS = 10_000;

/** Gives every node its own part of the cluster's ranges, from which its pods have their addresses. Without ranges it does nothing. */
export function startNodeIpamController({ client, clock, random, informers, log, nodes: settings = {} }: ControllerContext): RunningController {
  const { clusterCidrs = [] } = settings;
  if (clusterCidrs.length === 0) return { stop: () => Promise.resolve() };
  const allocators = makeAllocators(settings);
  const events = new EventRecorder({ client, random, component: 'cidrAllocator' });
  const nodes = informers.get<Node>(BUILTIN.nodes);
  const controller = new Controller({
    name: NAME,
    clock,
    workers: WORKERS,
    onError: failureLog(log, NAME),
    reconcile: async (name, { signal }): Promise<ReconcileResult | void> => {
      const node = nodes.store.get(name);
      if (!node || rangesOf(node).length > 0) return;
      const podCIDRs = allocate(allocators);
      if (!podCIDRs) {
        recordNodeEvent(events, node, { reason: 'CIDRNotAvailable', message: 'status is now: CIDRNotAvailable' });
        return { requeueAfterMs: RETRY_MS };
      }
      try {
        // Whoever else gave it some meanwhile was first: they cannot be changed.
        await client.resource<Node>(BUILTIN.nodes).patch(name, 'merge', { spec: { podCIDR: podCIDRs[0] ?? '', podCIDRs } }, { signal });
      } catch (error) {
        // Nothing of it was written, for sure, only where the server says so.
        if (hasReason(error, 'Conflict') || hasReason(error, 'NotFound') || hasReason(error, 'Invalid')) giveBack(allocators, podCIDRs);
        throw error;
      }
    },
  });
  // Before any node is given anything: what others have already is not to be given away.
  const forget = nodes.addHandler({
    onAdd: (node) => occupy(allocators, node),
    onUpdate: (node) => occupy(allocators, node),
    onDelete: (node) => giveBack(allocators, rangesOf(node)),
  });
  controller.watch(nodes, { filter: ({ event }) => event !== 'delete' });
  controller.start();
  return {
    stop: async () => {
      forget();
      await controller.stop();
      await events.stop();
    },
  };
}

function makeAllocators({ clusterCidrs = [], serviceCidrs = [], nodeMaskSizeIpv4 = 24, nodeMaskSizeIpv6 = 64 }: NodeSettings): RangeAllocator[] {
  return clusterCidrs.map((range) => {
    const allocator = new RangeAllocator(range, range.includes(':') ? nodeMaskSizeIpv6 : nodeMaskSizeIpv4);
    for (const services of serviceCidrs) allocator.occupy(services);
    return allocator;
  });
}

/** One part of each range, or nothing. */
function allocate(allocators: readonly RangeAllocator[]): string[] | undefined {
  const parts: string[] = [];
  for (const allocator of allocators) {
    const part = allocator.allocate();
    if (part === undefined) {
      giveBack(allocators, parts);
      return undefined;
    }
    parts.push(part);
  }
  return parts;
}

function occupy(allocators: readonly RangeAllocator[], node: SharedNode): void {
  for (const range of rangesOf(node)) for (const allocator of allocators) allocator.occupy(range);
}

function giveBack(allocators: readonly RangeAllocator[], ranges: readonly string[]): void {
  for (const range of ranges) for (const allocator of allocators) allocator.release(range);
}

function rangesOf({ spec }: SharedNode): readonly string[] {
  const { podCIDRs = [], podCIDR = '' } = spec ?? {};
  return podCIDRs.length > 0 ? podCIDRs : podCIDR === '' ? [] : [podCIDR];
}
