import type { CycleState } from '../framework/cycle-state.ts';
import type { NodeInfo } from '../framework/node-info.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import type { Profile } from '../framework/profile.ts';
import type { Verdict } from '../framework/status.ts';
import type { Nominator } from '../queue/nominator.ts';

/**
 * Whether the pod can run on the node: with the pods of its priority and above that are expected there, and without them,
 * since they may never come and others may need them.
 */
export function filterNode({ profile, nominator }: { readonly profile: Profile; readonly nominator: Nominator }, state: CycleState, pod: PodInfo, node: NodeInfo): Verdict {
  if (nominator.size > 0) {
    const expected = nominator.on(node.name).filter(({ uid, priority }) => uid !== pod.uid && priority >= pod.priority);
    if (expected.length > 0) {
      const trialNode = node.clone();
      const trialState = state.clone();
      for (const other of expected) {
        trialNode.addPod(other);
        const status = profile.addPod(trialState, pod, { other, node: trialNode });
        if (status) return status;
      }
      const status = profile.filter(trialState, pod, trialNode);
      if (status) return status;
    }
  }
  return profile.filter(state, pod, node);
}
