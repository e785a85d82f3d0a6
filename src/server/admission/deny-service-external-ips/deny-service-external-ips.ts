import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { AdmissionPlugin } from '../admission-plugin.ts';
import { admissionRefusal } from '../admission-refusal.ts';
import { isAbout, isWrite } from '../admitted-pod.ts';

/** Services get no external IPs that they did not have before. */
export function denyServiceExternalIps(): AdmissionPlugin {
  return {
    name: 'DenyServiceExternalIPs',
    handles: isWrite,
    validate(request) {
      if (!isAbout(request, '', 'services')) return;
      const before = externalIps(request.oldObject);
      if (externalIps(request.object).every((ip) => before.includes(ip))) return;
      throw admissionRefusal(request, 'Use of external IPs is denied by admission control');
    },
  };
}

function externalIps(service: KubeObject | undefined): readonly string[] {
  return (service?.['spec'] as { externalIPs?: string[] } | undefined)?.externalIPs ?? [];
}
