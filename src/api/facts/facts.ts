import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { JsonObject } from '../../machinery/json.ts';
import { formatApiVersion } from '../../machinery/group-version.ts';
import { makeGroups, type GroupFacts, type GroupRow, type ResourceFacts, type TableColumnFacts } from './resource-facts.ts';
import { makeTypeFacts, type TypeFacts, type TypeRow } from './type-facts.ts';

export interface FlagFacts {
  readonly type: string;
  readonly default?: string;
  readonly deprecated?: boolean;
}

/** `stage` is alpha, beta, or '' for features that are always there. */
export interface FeatureGateFacts {
  readonly stage: string;
  readonly default: boolean;
}

/** An operation of the OpenAPI document. `action` is its x-kubernetes-action, '' for paths that are no resource. */
export interface OperationFacts {
  readonly method: string;
  readonly path: string;
  readonly id: string;
  readonly action: string;
}

/**
 * The built-in API as data: read off the data files beside this one, each on first use, never changed afterwards.
 * Sharing one Facts between servers is safe; asking twice gives the same objects.
 */
export interface Facts {
  /** `io.k8s.api.core.v1.Pod`; undefined for names that are none of the API's. */
  typeByName(name: string): TypeFacts | undefined;
  typeOfKind(group: string, version: string, kind: string): TypeFacts | undefined;
  typeNames(): readonly string[];
  /** In discovery's order. */
  readonly groups: readonly GroupFacts[];
  readonly resources: readonly ResourceFacts[];
  resource(group: string, version: string, resource: string): ResourceFacts | undefined;
  resourceOfKind(group: string, version: string, kind: string): ResourceFacts | undefined;
  tableColumns(group: string, version: string, resource: string): readonly TableColumnFacts[] | undefined;
  /** What a new cluster holds, by `<apiVersion>/<resource>`. Objects have neither apiVersion nor kind. Shared: copy before changing. */
  readonly bootstrapObjects: ReadonlyMap<string, readonly JsonObject[]>;
  /** Flags of `kube-apiserver`, `kube-controller-manager`, `kube-scheduler`, `kubelet` or `kube-proxy`. */
  flags(component: string): ReadonlyMap<string, FlagFacts>;
  readonly featureGates: ReadonlyMap<string, FeatureGateFacts>;
  readonly defaultAdmissionPlugins: readonly string[];
  readonly operations: readonly OperationFacts[];
  /** Changes whenever the types, resources or operations do. */
  readonly digest: string;
  /** kube-apiserver's metrics: name to type and labels. */
  readonly metrics: ReadonlyMap<string, { readonly type: string; readonly labels: readonly string[] }>;
}

function readTable(file: string): string {
  return readFileSync(new URL(`data/${file}`, import.meta.url), 'utf8');
}

/** Callers know the table's shape: the generator makes it. */
function parseTable(file: string): unknown {
  return JSON.parse(readTable(file));
}

/** Computed once, when asked for. */
function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** The types' table is 170 kB and holds one type a line: lines are found at once, parsed when their type is asked for. */
function typeLines(): { byName: Map<string, string>; byKind: Map<string, string> } {
  const byName = new Map<string, string>();
  const byKind = new Map<string, string>();
  for (const line of readTable('types.json').split('\n')) {
    if (!line.startsWith('"')) continue;
    const nameEnd = line.indexOf('"', 1);
    const name = line.slice(1, nameEnd);
    const row = line.slice(nameEnd + 2, line.endsWith(',') ? -1 : undefined);
    byName.set(name, row);
    if (!row.startsWith('{"gvk":')) continue;
    for (const kind of JSON.parse(row.slice('{"gvk":'.length, row.indexOf(']') + 1)) as string[]) byKind.set(kind, name);
  }
  return { byName, byKind };
}

interface FlagTable {
  readonly 'feature-gates': Readonly<Record<string, readonly [string, boolean]>>;
  readonly 'default-admission-plugins': readonly string[];
  readonly [component: string]: unknown;
}

export function loadFacts(): Facts {
  const lines = lazily(typeLines);
  const types = new Map<string, TypeFacts>();
  const typeByName = (name: string): TypeFacts | undefined => {
    const known = types.get(name);
    if (known !== undefined) return known;
    const line = lines().byName.get(name);
    if (line === undefined) return undefined;
    const made = makeTypeFacts(name, JSON.parse(line) as TypeRow, resolve);
    types.set(name, made);
    return made;
  };
  const resolve = (name: string): TypeFacts => {
    const type = typeByName(name);
    if (type === undefined) throw new Error(`types.json refers to ${name}, which it does not hold`);
    return type;
  };
  const groups = lazily(() => makeGroups(parseTable('resources.json') as GroupRow[]));
  const resources = lazily(() => groups().flatMap((group) => group.versions.flatMap((version) => version.resources)));
  const byResource = lazily(() => new Map(resources().map((r) => [`${formatApiVersion(r)}/${r.resource}`, r])));
  const byKind = lazily(() => new Map(resources().map((r) => [`${formatApiVersion(r)}/${r.kind}`, r])));
  const columns = lazily(() => new Map(Object.entries(parseTable('table-columns.json') as Record<string, [string, string, string, number][]>)));
  const flagTable = lazily(() => parseTable('flags.json') as FlagTable);
  const bootstrapObjects = lazily(() => new Map(Object.entries(parseTable('bootstrap-objects.json') as Record<string, JsonObject[]>)));
  const featureGates = lazily(
    () => new Map(Object.entries(flagTable()['feature-gates']).map(([gate, [stage, enabled]]) => [gate, { stage, default: enabled }])),
  );
  const operations = lazily(() =>
    (parseTable('operations.json') as [string, string, string, string][]).map(([method, path, id, action]) => ({ method, path, id, action })),
  );
  const metrics = lazily(
    () => new Map(Object.entries(parseTable('metrics.json') as Record<string, [string, string[]]>).map(([name, [type, labels]]) => [name, { type, labels }])),
  );
  const digest = lazily(() => {
    const hash = createHash('sha256');
    for (const file of ['types.json', 'resources.json', 'operations.json']) hash.update(readTable(file));
    return hash.digest('hex');
  });
  return {
    typeByName,
    typeOfKind(group, version, kind) {
      const name = lines().byKind.get(`${formatApiVersion({ group, version })}/${kind}`);
      return name === undefined ? undefined : typeByName(name);
    },
    typeNames: () => [...lines().byName.keys()],
    get groups() {
      return groups();
    },
    get resources() {
      return resources();
    },
    resource: (group, version, resource) => byResource().get(`${formatApiVersion({ group, version })}/${resource}`),
    resourceOfKind: (group, version, kind) => byKind().get(`${formatApiVersion({ group, version })}/${kind}`),
    tableColumns: (group, version, resource) =>
      columns()
        .get(`${formatApiVersion({ group, version })}/${resource}`)
        ?.map(([name, type, format, priority]) => ({ name, type, format, priority })),
    get bootstrapObjects() {
      return bootstrapObjects();
    },
    flags: (component) => new Map(Object.entries((flagTable()[component] ?? {}) as Record<string, FlagFacts>)),
    get featureGates() {
      return featureGates();
    },
    get defaultAdmissionPlugins() {
      return flagTable()['default-admission-plugins'];
    },
    get operations() {
      return operations();
    },
    get digest() {
      return digest();
    },
    get metrics() {
      return metrics();
    },
  };
}
