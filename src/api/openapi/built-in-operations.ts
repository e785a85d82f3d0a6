import type { GroupVersionKind } from '../../machinery/group-version.ts';
import type { Facts, OperationFacts } from '../facts/facts.ts';
import type { ResourceFacts } from '../facts/resource-facts.ts';
import { planOperation, planPlainRead, type Operation } from './operation.ts';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const DISCOVERY_TYPES = ['application/json', 'application/vnd.kubernetes.protobuf', 'application/yaml'];

/** Kinds whose DELETE answers with the object that was there. */
const RETURNS_DELETED: ReadonlySet<string> = new Set(
  `v1/PersistentVolume v1/PersistentVolumeClaim v1/Pod v1/PodTemplate v1/ResourceQuota v1/Service v1/ServiceAccount
  storage.k8s.io/v1/CSIDriver storage.k8s.io/v1/CSINode storage.k8s.io/v1/StorageClass storage.k8s.io/v1/VolumeAttachment
  storage.k8s.io/v1/VolumeAttributesClass resource.k8s.io/v1/DeviceClass resource.k8s.io/v1/ResourceClaim
  resource.k8s.io/v1/ResourceClaimTemplate resource.k8s.io/v1/ResourceSlice`.split(/\s+/),
);

/** Where an operation's path leads: `/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale`. */
interface ResourcePath {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
}

const RESOURCE_PATH = /^\/(?:api|apis\/([^/]+))\/([^/]+)\/(?:watch\/)?(?:namespaces\/\{namespace\}\/)?([^/{]+)(?:\/\{name\}(?:\/([^/]+))?)?/;

function parseResourcePath(path: string): ResourcePath | undefined {
  const found = RESOURCE_PATH.exec(path);
  if (found === null) return undefined;
  const [, group = '', version = '', resource = '', subresource = ''] = found;
  return { group, version, resource, subresource };
}

/** `core_v1`, `rbacAuthorization_v1`: how operations are sorted in documents. */
export function tagOf(group: string, version: string): string {
  const words = (group === '' ? 'core' : group.replace(/\.k8s\.io$/, '')).split(/[.-]/);
  const name = words.map((word, i) => (i === 0 ? word : word.slice(0, 1).toUpperCase() + word.slice(1))).join('');
  return version === '' ? name : `${name}_${version}`;
}

/** The place of an operation among the version 3 documents: `apis/apps/v1`, `api`, `version`. */
export function documentOf(path: string): string {
  const resource = /^\/(api\/[^/]+|apis\/[^/]+\/[^/]+)\//.exec(path)?.[1];
  return resource ?? path.replace(/^\/|\/$/g, '');
}

/** The facts' operations by path, in their order. */
export function builtInPaths(facts: Facts): ReadonlyMap<string, readonly Operation[]> {
  const paths = new Map<string, Operation[]>();
  for (const row of facts.operations) {
    const operations = paths.get(row.path) ?? [];
    operations.push(operationOf(row, facts));
    paths.set(row.path, operations);
  }
  return paths;
}

function operationOf(row: OperationFacts, facts: Facts): Operation {
  const place = row.action === '' ? undefined : parseResourcePath(row.path);
  const resource = place === undefined ? undefined : facts.resource(place.group, place.version, place.resource);
  if (place === undefined || resource === undefined) return plainRead(row);
  const kind = kindOf(resource, place.subresource);
  const definition = definitionOf(kind, facts);
  const list = definitionOf({ ...kind, kind: `${kind.kind}List` }, facts);
  return planOperation({
    ...row,
    tag: tagOf(place.group, place.version),
    kind,
    definition: definition ?? '',
    listDefinition: list,
    subresource: place.subresource,
    returnsDeleted: RETURNS_DELETED.has(`${place.group === '' ? '' : `${place.group}/`}${place.version}/${kind.kind}`),
    custom: false,
  });
}

function kindOf(resource: ResourceFacts, subresource: string): GroupVersionKind {
  const sub = resource.subresources.find((s) => s.name === subresource);
  if (sub === undefined) return { group: resource.group, version: resource.version, kind: resource.kind };
  return { group: sub.kindGroup, version: sub.kindVersion, kind: sub.kind };
}

function definitionOf({ group, version, kind }: GroupVersionKind, facts: Facts): string | undefined {
  return facts.typeOfKind(group, version, kind)?.name;
}

function plainRead(row: OperationFacts): Operation {
  const { path, id } = row;
  const parts = path.split('/').filter((part) => part !== '');
  const [root = '', group = '', version = ''] = parts;
  const read = (tag: string, definition: string | undefined, types: readonly string[], summary: string): Operation =>
    planPlainRead({ path, id, tag, definition, types, summary });
  if (root === 'version') return read('version', 'io.k8s.apimachinery.pkg.version.Info', ['application/json'], 'get the version information for this server');
  if (root === 'openid') return read('openid', undefined, ['application/jwk-set+json'], 'get the keys that sign service account tokens');
  if (root === '.well-known') return read('WellKnown', undefined, ['application/json'], 'get the OpenID configuration of the service account issuer');
  if (root === 'api') {
    if (group === '') return read('core', `${META}.APIVersions`, DISCOVERY_TYPES, 'get available API versions');
    return read(tagOf('', group), `${META}.APIResourceList`, DISCOVERY_TYPES, 'get available resources');
  }
  if (group === '') return read('apis', `${META}.APIGroupList`, DISCOVERY_TYPES, 'get available API versions');
  if (version === '') return read(tagOf(group, ''), `${META}.APIGroup`, DISCOVERY_TYPES, 'get information of a group');
  return read(tagOf(group, version), `${META}.APIResourceList`, DISCOVERY_TYPES, 'get available resources');
}
