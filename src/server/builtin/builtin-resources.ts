import type { Facts } from '../../api/facts/facts.ts';
import type { ResourceFacts } from '../../api/facts/resource-facts.ts';
import type { TypeFacts } from '../../api/facts/type-facts.ts';
import type { KindRules } from '../../api/kind-rules.ts';
import { decodeTyped, emptyObject } from '../../api/types/decode.ts';
import { applyFactDefaults } from '../../api/types/fact-defaults.ts';
import { settleLists } from '../../api/types/settle-lists.ts';
import { mergeSchemaOfType } from '../../api/types/merge-schema-of-type.ts';
import { cloneJson, type DeepReadonly, type JsonObject, type JsonValue } from '../../machinery/json.ts';
import { formatApiVersion } from '../../machinery/group-version.ts';
import type { StructSchema } from '../../machinery/merge-schema.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { AnswerHead, type TypeTag } from '../objects/stored-object.ts';
import type { Decoded, ResourceStorage, ResourceType, SubresourceType, TableColumn } from '../registry/resource-type.ts';
import { defaultCells } from './default-cells.ts';
import type { KindRuleSets } from './kind-rule-sets.ts';
import { scaleOf } from './scales.ts';
import { GENERATION_FROM_ZERO, GENERATION_KINDS, SHARED_STORAGE, STORAGE_VERSIONS } from './storage-versions.ts';

const EVENT_TTL_SECONDS = 3600;
/** Old kinds whose dependents are kept unless a deletion says otherwise. */
const ORPHANING: ReadonlySet<string> = new Set(['/replicationcontrollers', 'batch/jobs']);

/**
 * Every resource of the built-in API, made from the facts and, where a kind has them, its rules. What costs time
 * (schemas, columns) is made when first used.
 */
export function builtinResources(facts: Facts, rules: KindRuleSets): ResourceType[] {
  const storages = new Map<string, ResourceStorage>();
  return facts.resources.map((resource) => new BuiltinResource(facts, resource, storageOf(facts, resource, rules, storages)));
}

function storageOf(facts: Facts, resource: ResourceFacts, rules: KindRuleSets, storages: Map<string, ResourceStorage>): ResourceStorage {
  const key = `${resource.group}/${resource.resource}`;
  const shared = SHARED_STORAGE[key];
  const storedKey = shared ? `${shared.group}/${shared.resource}` : key;
  const known = storages.get(storedKey);
  if (known) return known;
  const stored = shared ?? { group: resource.group, version: STORAGE_VERSIONS[resource.group] ?? resource.version, resource: resource.resource };
  const made = new BuiltinStorage(facts, resource, stored, rules);
  storages.set(storedKey, made);
  return made;
}

class BuiltinStorage implements ResourceStorage {
  readonly group: string;
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly prefix: string;
  readonly storageType: TypeTag;
  readonly tagVersion = false;
  readonly standardFinalizers: boolean;
  readonly ttlSeconds?: number;
  readonly defaultPropagation?: 'Orphan';
  readonly #key: string;
  readonly #ruleSets: KindRuleSets;
  readonly #type: TypeFacts | undefined;

  constructor(facts: Facts, resource: ResourceFacts, stored: { group: string; version: string; resource: string }, ruleSets: KindRuleSets) {
    this.#key = `${stored.group}/${stored.resource}`;
    this.#ruleSets = ruleSets;
    this.#type = facts.typeOfKind(stored.group, stored.version, resource.kind);
    this.group = stored.group;
    this.resource = stored.resource;
    this.kind = resource.kind;
    this.namespaced = resource.namespaced;
    this.prefix = `/registry/${stored.group === '' ? '' : `${stored.group}/`}${stored.resource}/`;
    this.storageType = { apiVersion: formatApiVersion(stored), kind: resource.kind };
    this.standardFinalizers = this.#key !== 'apiextensions.k8s.io/customresourcedefinitions';
    if (this.#key === '/events') this.ttlSeconds = EVENT_TTL_SECONDS;
    if (ORPHANING.has(this.#key)) this.defaultPropagation = 'Orphan';
  }

  load(): Promise<void> | undefined {
    return this.#ruleSets.load(this.group);
  }

  get rules(): KindRules {
    return this.#ruleSets.get(this.group, this.resource);
  }

  get tracksGeneration(): boolean {
    return this.rules.tracksGeneration ?? GENERATION_KINDS.has(this.#key);
  }

  get initialGeneration(): number | undefined {
    return this.tracksGeneration && !GENERATION_FROM_ZERO.has(this.#key) ? 1 : undefined;
  }

  get hasOwnSelectableFields(): boolean {
    return this.rules.selectableFields !== undefined;
  }

  selectableField(label: string): ((object: KubeObject) => string) | undefined {
    const labels = this.rules.selectableFields ?? {};
    return Object.hasOwn(labels, label) ? labels[label] : undefined;
  }

  emptyStatus(): unknown {
    return this.#type && emptyObject(this.#type)['status'];
  }
}

/** A built-in resource in one of its versions. */
class BuiltinResource implements ResourceType {
  readonly group: string;
  readonly version: string;
  readonly apiVersion: string;
  readonly resource: string;
  readonly singular: string;
  readonly kind: string;
  readonly listKind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: ReadonlySet<string>;
  readonly subresources: ReadonlyMap<string, SubresourceType>;
  readonly storage: ResourceStorage;
  readonly isStorageVersion: boolean;
  readonly head: AnswerHead;
  readonly custom = false;
  readonly strategicMerge = true;
  readonly deprecationWarning?: string;
  readonly #facts: Facts;
  #columns: readonly TableColumn[] | undefined;

  constructor(facts: Facts, resource: ResourceFacts, storage: ResourceStorage) {
    this.#facts = facts;
    this.group = resource.group;
    this.version = resource.version;
    this.apiVersion = formatApiVersion(resource);
    this.resource = resource.resource;
    this.singular = resource.singular;
    this.kind = resource.kind;
    this.listKind = `${resource.kind}List`;
    this.namespaced = resource.namespaced;
    this.shortNames = resource.shortNames;
    this.categories = resource.categories;
    this.verbs = new Set(resource.verbs);
    this.storage = storage;
    this.isStorageVersion = storage.storageType.apiVersion === this.apiVersion;
    this.head = new AnswerHead({ apiVersion: this.apiVersion, kind: this.kind }, false);
    this.subresources = new Map(resource.subresources.map((s) => [s.name, subresourceType(resource, s)]));
    const deprecation = deprecationOf(resource);
    if (deprecation !== undefined) this.deprecationWarning = deprecation;
  }

  get #type(): TypeFacts {
    const type = this.#facts.typeOfKind(this.group, this.version, this.kind);
    if (!type) throw new Error(`no type facts for ${this.apiVersion} ${this.kind}`);
    return type;
  }

  get typeName(): string {
    return this.#type.name;
  }

  get mergeSchema(): StructSchema {
    return mergeSchemaOfType(this.#type);
  }

  decode(value: JsonObject): Decoded {
    const { object, strictErrors } = decodeTyped(value, this.#type);
    const decoded = object as unknown as KubeObject;
    decoded.apiVersion = this.apiVersion;
    decoded.kind = this.kind;
    decoded.metadata ??= {};
    return { object: decoded, strictErrors };
  }

  defaults(object: KubeObject): void {
    applyFactDefaults(object as unknown as JsonObject, this.#type);
    this.storage.rules.defaults?.(object, this.version);
  }

  settle(object: KubeObject): void {
    if (this.isStorageVersion) settleLists(object as unknown as JsonObject, this.#type);
  }

  toStorage(object: KubeObject): KubeObject {
    if (this.isStorageVersion) return object;
    const { conversion } = this.storage.rules;
    if (conversion) return conversion.toStorage(object, this.apiVersion);
    return Object.assign(object, { apiVersion: this.storage.storageType.apiVersion });
  }

  fromStorage(object: KubeObject): KubeObject {
    if (this.isStorageVersion) return object;
    const { conversion } = this.storage.rules;
    if (conversion) return conversion.fromStorage(object, this.apiVersion);
    return Object.assign(object, { apiVersion: this.apiVersion });
  }

  bookmark(metadata: Record<string, unknown>): DeepReadonly<KubeObject> {
    return { ...(emptyObject(this.#type) as object), kind: this.kind, apiVersion: this.apiVersion, metadata } as DeepReadonly<KubeObject>;
  }

  get columns(): readonly TableColumn[] {
    const facts = this.#facts.tableColumns(this.group, this.version, this.resource) ?? this.#facts.tableColumns('', 'v1', 'configmaps')?.filter((c) => c.name !== 'Data');
    this.#columns ??= (facts ?? []).map((c) => ({ name: c.name, type: c.type, format: c.format, description: c.name, priority: c.priority }));
    return this.#columns;
  }

  cells(object: DeepReadonly<KubeObject>, nowMs: number): JsonValue[] {
    const { rules } = this.storage;
    if (!rules.cells) return defaultCells(this.columns, object, nowMs);
    const stored = this.isStorageVersion ? (object as KubeObject) : this.toStorage(cloneJson(object) as KubeObject);
    return rules.cells(stored, { nowMs });
  }
}

function subresourceType(resource: ResourceFacts, facts: ResourceFacts['subresources'][number]): SubresourceType {
  const scale = facts.name === 'scale' ? scaleOf(resource) : undefined;
  const sameAsResource = facts.kindGroup === resource.group && facts.kindVersion === resource.version;
  const whole = facts.kind === resource.kind && facts.verbs.includes('update');
  return {
    name: facts.name,
    kind: facts.kind,
    // Discovery says the group and version of a subresource's kind only where they are not the resource's own.
    group: sameAsResource ? '' : facts.kindGroup,
    version: sameAsResource ? '' : facts.kindVersion,
    verbs: new Set(facts.verbs),
    handling: scale ? { type: 'scale', scale } : whole ? { type: 'object' } : { type: 'custom' },
  };
}

/** Kubernetes' words for versions on their way out; kind: what is used instead. */
const DEPRECATIONS: Readonly<Record<string, string>> = {
  'v1/componentstatuses': 'v1 ComponentStatus is deprecated in v1.19+',
  'v1/endpoints': 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
};

function deprecationOf(resource: ResourceFacts): string | undefined {
  return DEPRECATIONS[`${formatApiVersion(resource)}/${resource.resource}`];
}
