import type { AdmissionPlugin } from '../admission-plugin.ts';
import { admissionRefusal } from '../admission-refusal.ts';
import { admittedPod } from '../admitted-pod.ts';

const HOSTNAME = 'kubernetes.io/hostname';

/** A pod may keep others off its node, not off a whole zone. */
export function podHardAntiAffinityTopology(): AdmissionPlugin {
  return {
    name: 'LimitPodHardAntiAffinityTopology',
    handles: (operation) => operation === 'CREATE' || operation === 'UPDATE',
    validate(request) {
      for (const { topologyKey = '' } of admittedPod(request)?.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) {
        if (topologyKey === HOSTNAME) continue;
        throw admissionRefusal(request, `affinity.PodAntiAffinity.RequiredDuringScheduling has TopologyKey ${topologyKey} but only key ${HOSTNAME} is allowed`);
      }
    },
  };
}
