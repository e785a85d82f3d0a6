import { formatApiVersion, type GroupVersionResource } from '../../machinery/group-version.ts';
import { cloneJson, equalJson, type DeepReadonly, type JsonObject } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { KEEP, type BootstrapItem, type Reconciliation } from './bootstrap-item.ts';
import { kubernetesServiceItems, type KubernetesServiceOptions } from './kubernetes-service.ts';
import { changed, reconcileBinding, reconcileRole, withWantedMetadata } from './reconcile-rbac.ts';

export interface BootstrapOptions extends KubernetesServiceOptions {
  /** By their keys in the store, what needs no look: it was just put there as it should be. */
  readonly seeded?: ReadonlySet<string>;
  /** What a new cluster holds, by `group/version/resource` (`v1/namespaces` in the core group); of the API's facts. */
  readonly bootstrapObjects: ReadonlyMap<string, readonly JsonObject[]>;
  /** PEM; where given, aggregated API servers find them in the ConfigMap `extension-apiserver-authentication`. */
  readonly clientCa?: string;
  readonly frontProxyCa?: string;
}

const KINDS: Readonly<Record<string, string>> = {
  namespaces: 'Namespace',
  clusterroles: 'ClusterRole',
  clusterrolebindings: 'ClusterRoleBinding',
  roles: 'Role',
  rolebindings: 'RoleBinding',
  priorityclasses: 'PriorityClass',
  flowschemas: 'FlowSchema',
  prioritylevelconfigurations: 'PriorityLevelConfiguration',
  apiservices: 'APIService',
  servicecidrs: 'ServiceCIDR',
};

/** Made before everything else: the rest stands in them. */
const FIRST: ReadonlySet<string> = new Set(['namespaces', 'servicecidrs']);
const FLOW_CONTROL_MANAGER = 'api-priority-and-fairness-config-producer-v1';
const AUTO_UPDATE_SPEC = 'apf.kubernetes.io/autoupdate-spec';
/** Without these two no request would be served: their specs are not the administrator's. */
const MANDATORY: ReadonlySet<string> = new Set(['exempt', 'catch-all']);

/**
 * What to ensure in a cluster, in stages. Roles and bindings are repaired unless they say `autoupdate: "false"`, flow
 * control follows its own annotation, API services that the server serves itself are kept right, and the rest is made
 * once.
 */
export function planBootstrap(options: BootstrapOptions): BootstrapItem[][] {
  const first: BootstrapItem[] = [];
  const rest: BootstrapItem[] = [];
  for (const [key, objects] of options.bootstrapObjects) {
    const resource = parseResource(key);
    const missing = objects.filter((object) => options.seeded?.has(keyOf(resource, object as unknown as KubeObject)) !== true);
    const items = missing.map((object) => itemOf(resource, completed(resource, object, options)));
    (FIRST.has(resource.resource) ? first : rest).push(...items);
  }
  const authentication = authenticationConfig(options);
  return [first, authentication === undefined ? rest : [...rest, authentication], kubernetesServiceItems(options)].map((stage) => stage.filter(({ resource, object }) => options.seeded?.has(keyOf(resource, object)) !== true));
}

function parseResource(key: string): GroupVersionResource {
  const parts = key.split('/');
  const [group, version, resource] = parts.length === 2 ? ['', ...parts] : parts;
  if (group === undefined || version === undefined || resource === undefined) throw new Error(`no resource: ${key}`);
  return { group, version, resource };
}

/** The key under which an object is stored. */
export function keyOf({ group, resource }: GroupVersionResource, { metadata }: Pick<KubeObject, 'metadata'>): string {
  const { namespace, name = '' } = metadata;
  return `/registry/${group === '' ? '' : `${group}/`}${resource}/${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

function completed(resource: GroupVersionResource, object: JsonObject, { serviceCidrs }: BootstrapOptions): KubeObject {
  const kind = KINDS[resource.resource];
  if (kind === undefined) throw new Error(`bootstrap objects of an unknown resource: ${resource.resource}`);
  const copy = { apiVersion: formatApiVersion(resource), kind, ...cloneJson(object) } as unknown as KubeObject;
  for (const field of Object.keys(copy)) if (copy[field] === null) delete copy[field];
  if (resource.resource === 'servicecidrs') copy['spec'] = { cidrs: [...serviceCidrs] };
  return copy;
}

function itemOf(resource: GroupVersionResource, object: KubeObject): BootstrapItem {
  const item = { resource, object };
  switch (resource.resource) {
    case 'roles':
    case 'clusterroles':
      return { ...item, reconcile: (existing) => reconcileRole(existing, object) };
    case 'rolebindings':
    case 'clusterrolebindings':
      return { ...item, reconcile: (existing) => reconcileBinding(existing, object) };
    case 'flowschemas':
    case 'prioritylevelconfigurations':
      return { ...item, manager: FLOW_CONTROL_MANAGER, reconcile: (existing) => reconcileFlowControl(existing, object) };
    case 'apiservices':
      return { ...item, reconcile: (existing) => reconcileApiService(existing, object) };
    default:
      return item;
  }
}

/** The annotation says whether the server keeps the spec; where it is missing, an untouched object (generation 1) is kept. */
function reconcileFlowControl(existing: DeepReadonly<KubeObject>, wanted: KubeObject): Reconciliation {
  const annotation = existing.metadata.annotations?.[AUTO_UPDATE_SPEC];
  const mandatory = MANDATORY.has(wanted.metadata.name ?? '');
  const keepsSpec = mandatory || (annotation === undefined ? existing.metadata.generation === 1 : annotation === 'true');
  const object = cloneJson(existing) as KubeObject;
  if (mandatory || annotation === undefined) object.metadata.annotations = { ...object.metadata.annotations, [AUTO_UPDATE_SPEC]: String(keepsSpec) };
  if (keepsSpec && !contains(existing['spec'], wanted['spec'])) object['spec'] = wanted['spec'];
  return changed(existing, object);
}

/** An API service of the same name that leads to another server is the administrator's. */
function reconcileApiService(existing: DeepReadonly<KubeObject>, wanted: KubeObject): Reconciliation {
  if ((existing['spec'] as { readonly service?: unknown } | undefined)?.service) return KEEP;
  const object = withWantedMetadata(existing, wanted);
  if (!contains(existing['spec'], wanted['spec'])) object['spec'] = wanted['spec'];
  return changed(existing, object);
}

/** True when everything wanted is there: stored objects hold more, since defaults are filled in. */
function contains(held: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) return Array.isArray(held) && held.length === wanted.length && wanted.every((item, i) => contains(held[i], item));
  if (typeof wanted !== 'object' || wanted === null) return equalJson(held, wanted);
  if (typeof held !== 'object' || held === null) return false;
  return Object.entries(wanted).every(([key, value]) => contains((held as Record<string, unknown>)[key], value));
}

/** By this, aggregated API servers know whose certificates to believe. */
function authenticationConfig({ clientCa, frontProxyCa }: BootstrapOptions): BootstrapItem | undefined {
  if (clientCa === undefined && frontProxyCa === undefined) return undefined;
  const list = (...values: readonly string[]): string => JSON.stringify(values);
  const data: Record<string, string> = {
    ...(clientCa === undefined ? {} : { 'client-ca-file': clientCa }),
    ...(frontProxyCa === undefined
      ? {}
      : {
          'requestheader-allowed-names': list('front-proxy-client'),
          'requestheader-client-ca-file': frontProxyCa,
          'requestheader-extra-headers-prefix': list('X-Remote-Extra-'),
          'requestheader-group-headers': list('X-Remote-Group'),
          'requestheader-uid-headers': list('X-Remote-Uid'),
          'requestheader-username-headers': list('X-Remote-User'),
        }),
  };
  return {
    resource: { group: '', version: 'v1', resource: 'configmaps' },
    object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'extension-apiserver-authentication', namespace: 'kube-system' }, data },
    reconcile: (existing) => changed(existing, { ...(cloneJson(existing) as KubeObject), data: { ...(existing['data'] as Record<string, string> | undefined), ...data } }),
  };
}
