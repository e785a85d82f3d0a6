import { isIP, isIPv6 } from 'node:net';
import type { EndpointAddress, Endpoints } from '../../api/types/generated/core-v1.ts';
import type { Endpoint, EndpointPort, EndpointSlice } from '../../api/types/generated/discovery-v1.ts';
import { cloneJson, equalJson, type DeepReadonly } from '../../machinery/json.ts';
import { computeSlices, type EndpointGroup, type SharedSlice, type SlicePlan } from '../endpoint-slice/compute-slices.ts';
import { portsKey } from '../endpoint-slice/desired-endpoints.ts';
import { MANAGED_BY_LABEL, SERVICE_LABEL } from '../endpoint-slice/slice-labels.ts';
import { controllerOf, controllerRefTo } from '../ownership/controller-ref.ts';
import { orderPorts } from '../services/port-order.ts';
import { LAST_CHANGE_ANNOTATION } from '../services/service-pods.ts';

export const MIRROR_MANAGER = 'endpointslicemirroring-controller.k8s.io';
/** Written on Endpoints by those who keep slices themselves, or have no use for any. */
export const SKIP_MIRROR_LABEL = 'endpointslice.kubernetes.io/skip-mirror';
const LEADER_ANNOTATION = 'control-plane.alpha.kubernetes.io/leader';
const UNMIRRORED_ANNOTATIONS = new Set(['kubectl.kubernetes.io/last-applied-configuration', LAST_CHANGE_ANNOTATION]);
const MAX_PER_SUBSET = 1000;

export type SharedEndpoints = DeepReadonly<Endpoints>;

export interface Mirror {
  readonly plan: SlicePlan;
  /** Addresses that no slice can show. */
  readonly skipped: number;
  readonly invalid: number;
}

export function isMirrored({ metadata }: SharedEndpoints): boolean {
  return metadata.labels?.[SKIP_MIRROR_LABEL] !== 'true' && metadata.annotations?.[LEADER_ANNOTATION] === undefined;
}

/** What to write so that slices say the same as the Endpoints. */
export function computeMirror(endpoints: SharedEndpoints, existing: readonly SharedSlice[]): Mirror {
  const own = existing.filter((slice) => controllerOf(slice)?.uid === endpoints.metadata.uid);
  const byFamily = { IPv4: new Map<string, EndpointGroup & { endpoints: Endpoint[] }>(), IPv6: new Map<string, EndpointGroup & { endpoints: Endpoint[] }>() };
  let skipped = 0;
  let invalid = 0;
  for (const { ports = [], addresses = [], notReadyAddresses = [] } of endpoints.subsets ?? []) {
    const slicePorts = orderPorts(ports.map(({ name = '', port, protocol = 'TCP', appProtocol }) => ({ name, port, protocol, ...(appProtocol !== undefined && { appProtocol }) })), 'endpointSlice');
    const key = portsKey(slicePorts);
    const all = [...addresses.map((address) => endpointOf(address, true)), ...notReadyAddresses.map((address) => endpointOf(address, false))];
    const valid = all.filter(({ addresses: [ip = ''] }) => isIP(ip) !== 0);
    invalid += all.length - valid.length;
    skipped += Math.max(0, valid.length - MAX_PER_SUBSET);
    for (const endpoint of valid.slice(0, MAX_PER_SUBSET)) {
      const groups = byFamily[isIPv6(endpoint.addresses[0] ?? '') ? 'IPv6' : 'IPv4'];
      const group = groups.get(key) ?? { ports: slicePorts, endpoints: [] };
      groups.set(key, group);
      group.endpoints.push(endpoint);
    }
  }
  const plans = (['IPv4', 'IPv6'] as const).map((family) =>
    computeSlices({
      groups: byFamily[family],
      existing: own.filter(({ addressType }) => addressType === family),
      keyOf: ({ ports }) => portsKey(ports),
      maxPerSlice: MAX_PER_SUBSET,
      emptySlice: (ports) => emptySlice(endpoints, family, ports),
      keepsEmpty: false,
    }),
  );
  const others = existing.filter((slice) => !own.includes(slice) || slice.addressType === 'FQDN');
  return {
    plan: { create: plans.flatMap(({ create }) => create), update: [...plans.flatMap(({ update }) => update), ...stale(endpoints, own, plans)], delete: [...others, ...plans.flatMap((plan) => plan.delete)] },
    skipped,
    invalid,
  };
}

/** Slices whose endpoints are right but not their annotations. */
function stale(endpoints: SharedEndpoints, own: readonly SharedSlice[], plans: readonly SlicePlan[]): EndpointSlice[] {
  const wanted = mirroredAnnotations(endpoints);
  const touched = new Set(plans.flatMap((plan) => [...plan.update, ...plan.delete].map(({ metadata }) => metadata.name)));
  const differs = ({ metadata }: SharedSlice): boolean => {
    const { [LAST_CHANGE_ANNOTATION]: _, ...said } = metadata.annotations ?? {};
    return !equalJson(said, wanted);
  };
  return own.filter((slice) => !touched.has(slice.metadata.name) && differs(slice)).map((slice) => cloneJson(slice) as EndpointSlice);
}

/** What a mirror's annotations are: those of the Endpoints that concern nobody else. */
export function mirroredAnnotations({ metadata }: SharedEndpoints): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata.annotations ?? {}).filter(([key]) => !UNMIRRORED_ANNOTATIONS.has(key)));
}

function endpointOf({ ip, hostname, nodeName, targetRef }: DeepReadonly<EndpointAddress>, ready: boolean): Endpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname !== undefined && hostname !== '' && { hostname }),
    ...(nodeName !== undefined && { nodeName }),
    ...(targetRef && { targetRef: { ...targetRef } }),
  };
}

function emptySlice(endpoints: SharedEndpoints, addressType: 'IPv4' | 'IPv6', ports: readonly EndpointPort[]): EndpointSlice {
  const { namespace = '', name = '', labels } = endpoints.metadata;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: `${name}-`,
      namespace,
      labels: { ...labels, [SERVICE_LABEL]: name, [MANAGED_BY_LABEL]: MIRROR_MANAGER },
      annotations: mirroredAnnotations(endpoints),
      ownerReferences: [controllerRefTo(endpoints)],
    },
    addressType,
    endpoints: [],
    ports: [...ports],
  };
}
