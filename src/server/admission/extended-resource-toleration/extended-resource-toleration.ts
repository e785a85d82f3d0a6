import { isExtendedResource } from '../../../api/pod-template/resource-names.ts';
import type { AdmissionPlugin } from '../admission-plugin.ts';
import { admittedPod, isWrite } from '../admitted-pod.ts';

/** Pods that ask for a device may run on nodes that are kept for those who do: the taint is named as the resource. */
export function extendedResourceToleration(): AdmissionPlugin {
  return {
    name: 'ExtendedResourceToleration',
    handles: isWrite,
    admit(request) {
      const spec = admittedPod(request)?.spec;
      if (spec === undefined) return;
      const names = new Set<string>();
      for (const { resources } of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
        for (const name of Object.keys(resources?.requests ?? {})) if (isExtendedResource(name)) names.add(name);
      }
      for (const key of [...names].sort()) {
        const tolerations = (spec.tolerations ??= []);
        const same = tolerations.some((t) => t.key === key && t.operator === 'Exists' && !t.value && !t.effect && t.tolerationSeconds === undefined);
        if (!same) tolerations.push({ key, operator: 'Exists' });
      }
    },
  };
}
