import { createHash } from 'node:crypto';
import { formatApiVersion, parseApiVersion } from '../../machinery/group-version.ts';
import type { ResourceCatalog } from '../registry/resource-catalog.ts';
import type { ResourceType, SubresourceType } from '../registry/resource-type.ts';

/** `v1` before `v1beta1` before `v1alpha1`, higher numbers first, other names last: how Kubernetes orders versions. */
export function compareVersions(a: string, b: string): number {
  const left = versionRank(a);
  const right = versionRank(b);
  for (let i = 0; i < 3; i++) {
    const difference = (right[i] ?? 0) - (left[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

function versionRank(version: string): readonly [stability: number, major: number, minor: number] {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (!match) return [0, 0, 0];
  const stability = match[2] === undefined ? 3 : match[2] === 'beta' ? 2 : 1;
  return [stability, Number(match[1]), Number(match[3] ?? 0)];
}

/** The documents from which clients learn what is served. Made anew whenever the catalog changed, then kept. */
export class DiscoveryDocuments {
  readonly #catalog: ResourceCatalog;
  #generation = -1;
  readonly #kept = new Map<string, unknown>();

  constructor(catalog: ResourceCatalog) {
    this.#catalog = catalog;
  }

  /** Groups in the order of their registration, the core group ('') left out. */
  groupNames(): string[] {
    return this.#catalog.groups().filter((g) => g !== '');
  }

  coreVersions(serverAddress: string): unknown {
    return { kind: 'APIVersions', versions: this.#versions(''), serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }] };
  }

  groupList(): unknown {
    return this.#keep('groups', () => ({ kind: 'APIGroupList', apiVersion: 'v1', groups: this.groupNames().map((g) => this.#groupEntry(g)) }));
  }

  /** Groups of custom resources come and go: what they do not serve is answered without a Status. */
  isBuiltin(group: string): boolean {
    return this.#catalog.versions(group).some((v) => this.#catalog.resources(group, v).some((t) => !t.custom));
  }

  /** Undefined for groups that are not served. */
  group(group: string): unknown {
    if (this.#versions(group).length === 0) return undefined;
    return this.#keep(`group ${group}`, () => ({ kind: 'APIGroup', apiVersion: 'v1', ...this.#groupEntry(group) }));
  }

  /** Undefined for versions that are not served. */
  resourceList(group: string, version: string): unknown {
    if (!this.#catalog.hasGroupVersion(group, version)) return undefined;
    return this.#keep(`resources ${group}/${version}`, () => ({
      kind: 'APIResourceList',
      apiVersion: 'v1',
      groupVersion: formatApiVersion({ group, version }),
      resources: this.#resources(group, version).flatMap((type) => [
        apiResource(type),
        ...sortedSubresources(type).map((s) => apiSubresource(type, s)),
      ]),
    }));
  }

  /** apidiscovery.k8s.io/v2: everything about the core group, or about all others, in one document. */
  aggregated(core: boolean): { document: unknown; etag: string } {
    return this.#keep(`aggregated ${core}`, () => {
      const groups = core ? [''] : this.groupNames();
      const document = {
        kind: 'APIGroupDiscoveryList',
        apiVersion: 'apidiscovery.k8s.io/v2',
        metadata: {},
        items: groups.map((group) => ({
          metadata: group === '' ? {} : { name: group },
          versions: this.#versions(group).map((version) => ({
            version,
            resources: this.#resources(group, version).map(discoveryResource),
            freshness: 'Current',
          })),
        })),
      };
      const etag = `"${createHash('sha512').update(JSON.stringify(document)).digest('hex').toUpperCase()}"`;
      return { document, etag };
    });
  }

  #groupEntry(group: string): Record<string, unknown> {
    const versions = this.#versions(group).map((version) => ({ groupVersion: formatApiVersion({ group, version }), version }));
    return { name: group, versions, preferredVersion: versions[0] };
  }

  #versions(group: string): string[] {
    return this.#catalog.versions(group).sort(compareVersions);
  }

  #resources(group: string, version: string): ResourceType[] {
    return this.#catalog.resources(group, version).sort((a, b) => (a.resource < b.resource ? -1 : 1));
  }

  #keep<T>(key: string, make: () => T): T {
    if (this.#generation !== this.#catalog.generation) {
      this.#kept.clear();
      this.#generation = this.#catalog.generation;
    }
    if (!this.#kept.has(key)) this.#kept.set(key, make());
    return this.#kept.get(key) as T;
  }
}

function sortedSubresources(type: ResourceType): SubresourceType[] {
  const list = [...type.subresources.values()];
  return type.custom ? list : list.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function apiResource(type: ResourceType): unknown {
  return {
    name: type.resource,
    singularName: type.singular,
    namespaced: type.namespaced,
    kind: type.kind,
    verbs: [...type.verbs],
    ...(type.shortNames.length > 0 && { shortNames: type.shortNames }),
    ...(type.categories.length > 0 && { categories: type.categories }),
    ...(type.verbs.has('list') && type.verbs.has('create') && { storageVersionHash: storageVersionHash(type) }),
  };
}

/** The first bytes of the SHA-256 of `group/version/kind` of the version that objects are stored in. */
function storageVersionHash(type: ResourceType): string {
  const { storageType } = type.storage;
  const gv = parseApiVersion(storageType.apiVersion) ?? { group: '', version: '' };
  return createHash('sha256').update(`${gv.group}/${gv.version}/${storageType.kind}`).digest().subarray(0, 8).toString('base64');
}

function apiSubresource(type: ResourceType, subresource: SubresourceType): unknown {
  return {
    name: `${type.resource}/${subresource.name}`,
    singularName: '',
    namespaced: type.namespaced,
    ...(subresource.group !== '' && { group: subresource.group }),
    ...(subresource.version !== '' && { version: subresource.version }),
    kind: subresource.kind,
    verbs: [...subresource.verbs],
  };
}

function discoveryResource(type: ResourceType): unknown {
  const subresources = sortedSubresources(type).map((s) => ({
    subresource: s.name,
    responseKind: { group: s.group, version: s.version, kind: s.kind },
    verbs: [...s.verbs],
  }));
  return {
    resource: type.resource,
    responseKind: { group: type.custom ? type.group : '', version: type.custom ? type.version : '', kind: type.kind },
    scope: type.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: type.singular,
    verbs: [...type.verbs],
    ...(type.shortNames.length > 0 && { shortNames: type.shortNames }),
    ...(type.categories.length > 0 && { categories: type.categories }),
    ...(subresources.length > 0 && { subresources }),
  };
}
