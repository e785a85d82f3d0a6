import { isIPv6 } from 'node:net';
import type { Service, ServicePort } from '../../api/types/generated/core-v1.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import { LabelSelector, labelSelectorFromMap } from '../../machinery/label-selector.ts';
import type { Informer } from '../../runtime/informer.ts';
import { hasEnded, type SharedPod } from '../pods/pod-state.ts';
import { SelectingObjects } from '../selectors/selecting-objects.ts';

export type SharedService = DeepReadonly<Service>;
export type AddressFamily = 'IPv4' | 'IPv6';

/** Put on endpoints of services without an address of their own. */
export const HEADLESS_LABEL = 'service.kubernetes.io/headless';
export const LAST_CHANGE_ANNOTATION = 'endpoints.kubernetes.io/last-change-trigger-time';

export function isHeadless({ spec }: SharedService): boolean {
  return spec?.clusterIP === 'None' || spec?.clusterIP === undefined || spec.clusterIP === '';
}

/** Whether control loops keep this service's endpoints: others are their authors' own. */
export function selectsPods({ spec }: SharedService): boolean {
  return spec?.type !== 'ExternalName' && spec?.selector !== undefined;
}

/** The pods that services have, where control loops keep their endpoints. */
export function servicePods(services: Informer<Service>): SelectingObjects<Service> {
  return new SelectingObjects(services, (service) => (selectsPods(service) ? labelSelectorFromMap(service.spec?.selector) : LabelSelector.nothing()));
}

/** Whether a pod has an address to tell of. */
export function isPublished(pod: SharedPod, includeTerminating: boolean): boolean {
  const { podIP = '', podIPs = [] } = pod.status ?? {};
  if (hasEnded(pod) || (podIP === '' && podIPs.length === 0)) return false;
  return includeTerminating || pod.metadata.deletionTimestamp === undefined;
}

/** The pod's addresses of a family. */
export function podAddresses({ status }: SharedPod, family: AddressFamily): string[] {
  return (status?.podIPs ?? []).map(({ ip }) => ip).filter((ip) => isIPv6(ip) === (family === 'IPv6'));
}

/** The number of the pod's port that the service's port leads to; undefined when the pod has none of that name and protocol. */
export function podPort({ spec }: SharedPod, { targetPort, port, protocol = 'TCP' }: DeepReadonly<ServicePort>): number | undefined {
  if (typeof targetPort !== 'string') return targetPort ?? port;
  const sidecars = (spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  for (const container of [...(spec?.containers ?? []), ...sidecars]) {
    const found = container.ports?.find((candidate) => candidate.name === targetPort && (candidate.protocol ?? 'TCP') === protocol);
    if (found) return found.containerPort;
  }
  return undefined;
}

/** A pod that names this service as its subdomain has a name of its own in it. */
export function podHostname({ metadata, spec }: SharedPod, service: SharedService): string | undefined {
  const { hostname = '', subdomain } = spec ?? {};
  return hostname !== '' && subdomain === service.metadata.name && metadata.namespace === service.metadata.namespace ? hostname : undefined;
}
