import type { Taint } from '../../../api/pod-template/shapes.ts';
import type { AdmissionPlugin } from '../admission-plugin.ts';
import { isAbout } from '../admitted-pod.ts';

const NOT_READY = 'node.kubernetes.io/not-ready';

/** A new node takes no pods before it has said that it is ready. */
export function taintNodesByCondition(): AdmissionPlugin {
  return {
    name: 'TaintNodesByCondition',
    handles: (operation) => operation === 'CREATE',
    admit(request) {
      if (!isAbout(request, '', 'nodes') || request.object === undefined) return;
      const spec = (request.object['spec'] ??= {}) as { taints?: Taint[] };
      if (spec.taints?.some(({ key, effect }) => key === NOT_READY && effect === 'NoSchedule')) return;
      (spec.taints ??= []).push({ key: NOT_READY, effect: 'NoSchedule' });
    },
  };
}
