/** A resource as discovery lists it. */
export interface ResourceFacts {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly singular: string;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly SubresourceFacts[];
}

export interface SubresourceFacts {
  readonly name: string;
  /** The group and version of the body's kind where they are not the resource's own (`policy/v1` of pods/eviction). */
  readonly kindGroup: string;
  readonly kindVersion: string;
  readonly kind: string;
  readonly verbs: readonly string[];
}

export interface GroupFacts {
  readonly group: string;
  /** The preferred version first. */
  readonly versions: readonly { readonly version: string; readonly resources: readonly ResourceFacts[] }[];
}

export interface TableColumnFacts {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  /** 0: shown always; above: with `-o wide`. */
  readonly priority: number;
}

/** A row of data/resources.json. */
export interface GroupRow {
  readonly group: string;
  readonly versions: readonly { readonly version: string; readonly resources: readonly ResourceRow[] }[];
}
interface ResourceRow {
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly singular: string;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly subresources?: readonly { readonly name: string; readonly kind: string; readonly verbs: readonly string[] }[];
}

/** Groups in discovery's order. */
export function makeGroups(rows: readonly GroupRow[]): GroupFacts[] {
  return rows.map(({ group, versions }) => ({
    group,
    versions: versions.map(({ version, resources }) => ({ version, resources: resources.map((row) => makeResource(group, version, row)) })),
  }));
}

function makeResource(group: string, version: string, row: ResourceRow): ResourceFacts {
  const { resource, kind, namespaced, singular, verbs, shortNames = [], categories = [], subresources = [] } = row;
  return {
    group,
    version,
    resource,
    kind,
    namespaced,
    singular,
    verbs,
    shortNames,
    categories,
    subresources: subresources.map((sub) => {
      const parts = sub.kind.split('/');
      const foreign = parts.length > 1;
      return {
        name: sub.name,
        kindGroup: foreign ? (parts.length === 3 ? (parts[0] ?? '') : '') : group,
        kindVersion: foreign ? (parts.at(-2) ?? '') : version,
        kind: parts.at(-1) ?? '',
        verbs: sub.verbs,
      };
    }),
  };
}
