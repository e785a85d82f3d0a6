import { amountOf } from '../../../api/pod-template/resource-list.ts';
import type { ResourceList } from '../../../api/pod-template/shapes.ts';
import { failure, type StatusError } from '../../../machinery/status-error.ts';
import { quantityMilliValue, quantityValue } from '../../../machinery/quantity.ts';
import type { ObjectReader } from '../../object-reader.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission-plugin.ts';
import { admissionRefusal } from '../admission-refusal.ts';
import { admittedPod } from '../admitted-pod.ts';
import { podRequests } from '../../../api/pod-template/pod-resources.ts';

const NODES = { group: '', resource: 'nodes' };
const OS_LABEL = 'kubernetes.io/os';

/** A running pod does not grow beyond what its whole node has, nor on nodes that cannot resize. */
export function podResizeValidator(reader: ObjectReader): AdmissionPlugin {
  return {
    name: 'PodResizeValidator',
    handles: (operation) => operation === 'UPDATE',
    validate(request) {
      const pod = admittedPod(request, 'resize');
      const nodeName = pod?.spec.nodeName ?? '';
      if (pod === undefined || nodeName === '' || pod.metadata.generation === request.oldObject?.metadata.generation) return;
      const node = reader.get(NODES, '', nodeName);
      if (node === undefined) throw admissionRefusal(request, `node ${JSON.stringify(nodeName)} not found`);
      const allocatable = (node['status'] as { allocatable?: ResourceList } | undefined)?.allocatable;
      const requests = podRequests(pod.spec);
      const lacking: string[] = [];
      for (const [name, valueOf] of [['cpu', quantityMilliValue], ['memory', quantityValue]] as const) {
        const [wanted, there] = [valueOf(amountOf(requests, name)), valueOf(amountOf(allocatable, name))];
        if (wanted > there) lacking.push(`${name}, requested: ${wanted}, allocatable: ${there}`);
      }
      if (lacking.length > 0) throw refusal(request, `Node didn't have enough allocatable resources: ${lacking.join('; ')}`, 'NodeCapacity');
      const os = node.metadata.labels?.[OS_LABEL] ?? '';
      if (os !== 'linux') throw refusal(request, `pod resize is only supported on linux nodes, node ${JSON.stringify(nodeName)} is ${JSON.stringify(os)}`, 'UnsupportedPlatform');
    },
  };
}

/** Autoscalers tell by the cause that asking again is of no use. */
function refusal(request: AdmissionRequest, detail: string, reason: string): StatusError {
  const { status } = admissionRefusal(request, detail);
  return failure({ code: 403, reason: 'Forbidden', message: status.message ?? '', details: { ...status.details, causes: [{ reason }] } });
}
