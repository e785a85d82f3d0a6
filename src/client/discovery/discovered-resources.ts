import { isJsonObject, type JsonArray, type JsonObject, type JsonValue } from '../../machinery/json.ts';
import { findStatusError } from '../../machinery/status-error.ts';
import { parseApiVersion } from '../../machinery/group-version.ts';
import type { CallOptions, Caller } from '../caller.ts';

/** A resource as the server says it serves it. */
export interface DiscoveredResource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly singular: string;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** `status`, `scale`… */
  readonly subresources: readonly string[];
}

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

export interface DiscoveryOptions extends CallOptions {
  /** Told of each version that is left out, or may be out of date, because its own server does not answer. */
  readonly onFailure?: (groupVersion: string, message: string) => void;
}

/** More than this is no API server's answer. */
const MAX_GROUP_VERSIONS = 2000;

/**
 * Everything the server serves, groups and versions in the server's order of preference: two calls where the server
 * knows aggregated discovery, one for each version of each group otherwise. Versions whose own server does not answer
 * are left out.
 */
export async function discoverResources(caller: Caller, options: DiscoveryOptions = {}): Promise<DiscoveredResource[]> {
  const roots = await Promise.all(['/api', '/apis'].map((path) => caller.json({ method: 'GET', path, accept: AGGREGATED }, options)));
  const found: DiscoveredResource[] = [];
  for (const [i, root] of roots.entries()) {
    if (!isJsonObject(root)) continue;
    if (root['kind'] === 'APIGroupDiscoveryList') {
      found.push(...aggregated(root));
      reportStale(root, options);
    }
    else found.push(...(await unaggregated(caller, i === 0 ? coreVersions(root) : groupVersions(root), options)));
  }
  return found;
}

function aggregated(root: JsonObject): DiscoveredResource[] {
  return objects(root['items']).flatMap((group) => {
    const name = text(isJsonObject(group['metadata']) ? group['metadata']['name'] : undefined);
    return objects(group['versions']).flatMap((version) =>
      objects(version['resources']).map((resource): DiscoveredResource => {
        const kind = isJsonObject(resource['responseKind']) ? text(resource['responseKind']['kind']) : '';
        return {
          group: name,
          version: text(version['version']),
          resource: text(resource['resource']),
          kind,
          namespaced: resource['scope'] === 'Namespaced',
          singular: text(resource['singularResource']),
          verbs: texts(resource['verbs']),
          shortNames: texts(resource['shortNames']),
          categories: texts(resource['categories']),
          subresources: objects(resource['subresources']).map((subresource) => text(subresource['subresource'])),
        };
      }),
    );
  });
}

function reportStale(root: JsonObject, { onFailure }: DiscoveryOptions): void {
  if (!onFailure) return;
  for (const group of objects(root['items'])) {
    const name = text(isJsonObject(group['metadata']) ? group['metadata']['name'] : undefined);
    for (const version of objects(group['versions'])) {
      if (version['freshness'] !== 'Stale') continue;
      const groupVersion = name === '' ? text(version['version']) : `${name}/${text(version['version'])}`;
      onFailure(groupVersion, `stale GroupVersion discovery: ${groupVersion}`);
    }
  }
}

function coreVersions(root: JsonObject): string[] {
  return texts(root['versions']);
}

/** `apps/v1`…, each group's preferred version first. */
function groupVersions(root: JsonObject): string[] {
  return objects(root['groups']).flatMap((group) => {
    const preferred = isJsonObject(group['preferredVersion']) ? text(group['preferredVersion']['groupVersion']) : '';
    const all = objects(group['versions']).map((version) => text(version['groupVersion']));
    return [...new Set(preferred === '' ? all : [preferred, ...all])];
  });
}

async function unaggregated(caller: Caller, versions: readonly string[], options: DiscoveryOptions): Promise<DiscoveredResource[]> {
  const found: DiscoveredResource[] = [];
  for (const groupVersion of versions.slice(0, MAX_GROUP_VERSIONS)) {
    const path = groupVersion.includes('/') ? `/apis/${groupVersion}` : `/api/${groupVersion}`;
    try {
      found.push(...legacyResources(groupVersion, await caller.json({ method: 'GET', path }, options)));
    } catch (error) {
      // One aggregated server that is down must not hide all the others.
      const code = findStatusError(error)?.code;
      if (code !== 404 && code !== 503) throw error;
      options.onFailure?.(groupVersion, (error as Error).message);
    }
  }
  return found;
}

function legacyResources(groupVersion: string, list: JsonValue): DiscoveredResource[] {
  const { group, version } = parseApiVersion(groupVersion) ?? { group: '', version: groupVersion };
  const rows = isJsonObject(list) ? objects(list['resources']) : [];
  const subresources = new Map<string, string[]>();
  for (const row of rows) {
    const [resource = '', ...sub] = text(row['name']).split('/');
    if (sub.length > 0) subresources.set(resource, [...(subresources.get(resource) ?? []), sub.join('/')]);
  }
  return rows.flatMap((row): DiscoveredResource[] => {
    const resource = text(row['name']);
    if (resource.includes('/')) return [];
    return [
      {
        group,
        version,
        resource,
        kind: text(row['kind']),
        namespaced: row['namespaced'] === true,
        singular: text(row['singularName']),
        verbs: texts(row['verbs']),
        shortNames: texts(row['shortNames']),
        categories: texts(row['categories']),
        subresources: subresources.get(resource) ?? [],
      },
    ];
  });
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function texts(value: JsonValue | undefined): string[] {
  return array(value).filter((item) => typeof item === 'string');
}

function objects(value: JsonValue | undefined): JsonObject[] {
  return array(value).filter(isJsonObject);
}

function array(value: JsonValue | undefined): JsonArray {
  return Array.isArray(value) ? value : [];
}
