import type { KubeObject } from '../../../machinery/object-meta.ts';
import { ageOf } from '../../pod-template/age.ts';
import { formatLabels } from '../../pod-template/cells.ts';
import type { Service } from './service.ts';

export function cells(object: KubeObject, { nowMs }: { readonly nowMs: number }): (string | number | boolean | null)[] {
  const service = object as Service;
  const spec = service.spec ?? {};
  const ports = (spec.ports ?? []).map((port) => `${port.port ?? 0}${port.nodePort ? `:${port.nodePort}` : ''}/${port.protocol ?? ''}`);
  return [
    service.metadata.name ?? '',
    spec.type ?? '',
    spec.clusterIPs?.[0] ?? '<none>',
    externalAddress(service),
    ports.length === 0 ? '<none>' : ports.join(','),
    ageOf(service, nowMs),
    formatLabels(spec.selector),
  ];
}

function externalAddress({ spec = {}, status }: Service): string {
  const externalIps = spec.externalIPs ?? [];
  const type: string = spec.type ?? '';
  switch (type) {
    case 'ClusterIP':
    case 'NodePort':
      return externalIps.length === 0 ? '<none>' : externalIps.join(',');
    case 'LoadBalancer': {
      const points = new Set((status?.loadBalancer?.ingress ?? []).map((point) => point.ip || point.hostname || '').filter((text) => text !== ''));
      const all = [...[...points].sort(), ...externalIps];
      return all.length === 0 ? '<pending>' : all.join(',');
    }
    case 'ExternalName':
      return spec.externalName ?? '';
    default:
      return '<unknown>';
  }
}
