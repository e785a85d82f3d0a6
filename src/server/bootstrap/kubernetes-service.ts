import { isIPv6 } from 'node:net';
import { cloneJson, equalJson, type DeepReadonly } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { changed } from './reconcile-rbac.ts';
import type { BootstrapItem } from './bootstrap-item.ts';

export interface KubernetesServiceOptions {
  /** `--service-cluster-ip-range`: one CIDR, or two of both families. */
  readonly serviceCidrs: readonly string[];
  /** `--advertise-address`: where pods reach this server. */
  readonly advertiseAddress: string;
  /** `--secure-port` */
  readonly securePort: number;
}

const NAME = 'kubernetes';
const SERVICE_PORT = 443;

/** The first address of a service range is the API server's own. Throws for what is not a CIDR. */
export function kubernetesServiceAddress(serviceCidr: string): string {
  const [network = '', length = ''] = serviceCidr.split('/');
  const bits = Number(length);
  if (!/^\d{1,3}$/.test(length) || !Number.isInteger(bits)) throw new Error(`${serviceCidr} is not a CIDR`);
  if (isIPv6(network)) return formatIpv6(((parseIpv6(network) >> BigInt(128 - bits)) << BigInt(128 - bits)) + 1n);
  const parts = network.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255)) || bits > 32) throw new Error(`${serviceCidr} is not a CIDR`);
  const value = parts.reduce((sum, part) => sum * 256 + part, 0);
  const size = 2 ** (32 - bits);
  const first = Math.floor(value / size) * size + 1;
  return [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.');
}

function parseIpv6(address: string): bigint {
  const [head = '', tail] = address.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const all = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right];
  return all.reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
}

function formatIpv6(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((value >> BigInt(16 * (7 - i))) & 0xffffn).toString(16));
  const longest = (`:${groups.join(':')}:`.match(/(?::0)+(?=:)/g) ?? []).sort((a, b) => b.length - a.length)[0];
  if (longest === undefined || longest.length < 4) return groups.join(':');
  const text = `:${groups.join(':')}:`.replace(`${longest}:`, '::');
  return text.replace(/^:(?!:)/, '').replace(/(?<!:):$/, '');
}

/** The Service `kubernetes` in `default`, and the endpoints behind it. */
export function kubernetesServiceItems(options: KubernetesServiceOptions): BootstrapItem[] {
  const service = serviceObject(options);
  const endpoints = endpointsObject(options);
  const slice = endpointSliceObject(options);
  return [
    {
      resource: { group: '', version: 'v1', resource: 'services' },
      object: service,
      reconcile: (existing) => changed(existing, withPorts(existing, service)),
    },
    {
      resource: { group: '', version: 'v1', resource: 'endpoints' },
      object: endpoints,
      reconcile: (existing) => changed(existing, withFields(existing, endpoints, ['subsets'])),
    },
    {
      resource: { group: 'discovery.k8s.io', version: 'v1', resource: 'endpointslices' },
      object: slice,
      reconcile: (existing) => (existing['addressType'] === slice['addressType'] ? changed(existing, withFields(existing, slice, ['endpoints', 'ports'])) : { type: 'recreate' }),
    },
  ];
}

function serviceObject({ serviceCidrs, securePort }: KubernetesServiceOptions): KubeObject {
  const [primary = ''] = serviceCidrs;
  const clusterIP = kubernetesServiceAddress(primary);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: NAME, namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: {
      clusterIP,
      clusterIPs: [clusterIP],
      internalTrafficPolicy: 'Cluster',
      ipFamilies: [isIPv6(clusterIP) ? 'IPv6' : 'IPv4'],
      ipFamilyPolicy: 'SingleStack',
      ports: [{ name: 'https', port: SERVICE_PORT, protocol: 'TCP', targetPort: securePort }],
      sessionAffinity: 'None',
      type: 'ClusterIP',
    },
  };
}

function endpointsObject({ advertiseAddress, securePort }: KubernetesServiceOptions): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    // The slice below is made here: no controller copies these.
    metadata: { name: NAME, namespace: 'default', labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: [{ addresses: [{ ip: advertiseAddress }], ports: [{ name: 'https', port: securePort, protocol: 'TCP' }] }],
  };
}

function endpointSliceObject({ advertiseAddress, securePort }: KubernetesServiceOptions): KubeObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: NAME, namespace: 'default', labels: { 'kubernetes.io/service-name': NAME } },
    addressType: isIPv6(advertiseAddress) ? 'IPv6' : 'IPv4',
    endpoints: [{ addresses: [advertiseAddress], conditions: { ready: true } }],
    ports: [{ name: 'https', port: securePort, protocol: 'TCP' }],
  };
}

function withPorts(existing: DeepReadonly<KubeObject>, wanted: KubeObject): KubeObject {
  const object = cloneJson(existing) as KubeObject;
  const spec = object['spec'] as Record<string, unknown>;
  const { ports } = wanted['spec'] as Record<string, unknown>;
  if (!equalJson(spec['ports'], ports)) spec['ports'] = ports;
  return object;
}

function withFields(existing: DeepReadonly<KubeObject>, wanted: KubeObject, fields: readonly string[]): KubeObject {
  const object = cloneJson(existing) as KubeObject;
  for (const field of fields) object[field] = wanted[field];
  object.metadata.labels = { ...object.metadata.labels, ...wanted.metadata.labels };
  return object;
}
