import type { Pod } from '../../api/types/generated/core-v1.ts';
import { hostPortsOf, UsedPorts } from '../framework/host-ports.ts';
import type { SharedPod } from '../framework/objects.ts';
import type { Plugin } from '../framework/plugin.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { Status } from '../framework/status.ts';

const IN_USE = Status.unschedulable("node(s) didn't have free ports for the requested pod ports");

/** Two pods do not share a port of their node. */
export function nodePorts(): Plugin {
  return {
    name: 'NodePorts',
    events: [
      { resource: 'AssignedPod', actions: ['Delete'], hint: (pod, { old }) => (freesPortFor(pod, old as SharedPod | undefined) ? 'Queue' : 'Skip') },
      { resource: 'Node', actions: ['Add', 'UpdateNodeTaint'] },
    ],
    preFilter: (_state, pod) => (pod.hostPorts.length === 0 ? Status.skip() : undefined),
    filter: (_state, pod, node) => (pod.hostPorts.some((port) => node.usedPorts.conflictsWith(port)) ? IN_USE : undefined),
  };
}

function freesPortFor(pod: PodInfo, gone: SharedPod | undefined): boolean {
  const freed = new UsedPorts();
  for (const port of hostPortsOf(gone ?? ({} as Pod))) freed.add(port);
  return pod.hostPorts.some((port) => freed.conflictsWith(port));
}
