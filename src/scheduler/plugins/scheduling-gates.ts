import type { Plugin } from '../framework/plugin.ts';
import { Status } from '../framework/status.ts';

/** Pods with scheduling gates do not enter the queue. */
export function schedulingGates(): Plugin {
  return {
    name: 'SchedulingGates',
    events: [{ resource: 'UnscheduledPod', actions: ['UpdatePodSchedulingGatesEliminated'], hint: (pod, { current }) => (current?.metadata.uid === pod.uid ? 'Queue' : 'Skip') }],
    preEnqueue: ({ pod }) => {
      const gates = (pod.spec?.schedulingGates ?? []).map(({ name }) => name);
      return gates.length === 0 ? undefined : Status.unresolvable(`waiting for scheduling gates: [${gates.join(' ')}]`);
    },
  };
}
