import type { PodSpec } from '../../../api/pod-template/shapes.ts';
import { equalJson } from '../../../machinery/json.ts';
import type { ObjectReader } from '../../object-reader.ts';
import type { AdmissionPlugin } from '../admission-plugin.ts';
import { admissionRefusal } from '../admission-refusal.ts';
import { admittedPod, asPod } from '../admitted-pod.ts';

const NODES = { group: '', resource: 'nodes' };

/** What a change of a running pod needs its node to be able to do; nodes say so in `status.declaredFeatures`. */
const NEEDED_FOR_UPDATE: readonly (readonly [feature: string, isNeeded: (spec: PodSpec, before: PodSpec) => boolean])[] = [
  ['InPlacePodLevelResourcesVerticalScaling', (spec, before) => !equalJson(spec.resources, before.resources)],
];

/** A running pod changes only in ways that its node says it can follow: in a cluster that is being upgraded, not all can. */
export function nodeDeclaredFeatureValidator(reader: ObjectReader): AdmissionPlugin {
  return {
    name: 'NodeDeclaredFeatureValidator',
    handles: (operation) => operation === 'UPDATE',
    validate(request) {
      const pod = admittedPod(request) ?? admittedPod(request, 'resize');
      const nodeName = pod?.spec.nodeName ?? '';
      const { oldObject } = request;
      if (pod === undefined || oldObject === undefined || nodeName === '' || pod.metadata.generation === oldObject.metadata.generation) return;
      const needed = NEEDED_FOR_UPDATE.filter(([, isNeeded]) => isNeeded(pod.spec, asPod(oldObject).spec)).map(([feature]) => feature);
      if (needed.length === 0) return;
      const node = reader.get(NODES, '', nodeName);
      if (node === undefined) throw admissionRefusal(request, `node ${JSON.stringify(nodeName)} not found`);
      const { declaredFeatures = [] } = (node['status'] ?? {}) as { declaredFeatures?: readonly string[] };
      const missing = needed.filter((feature) => !declaredFeatures.includes(feature));
      if (missing.length > 0) throw admissionRefusal(request, `pod update requires features ${missing.join(', ')} which are not available on node ${JSON.stringify(nodeName)}`);
    },
  };
}
