/** Custom resources as the generic registry takes them: one ResourceType per served version. */
import type { DeepReadonly, JsonObject, JsonValue } from '../../machinery/json.ts';
import type { StructSchema } from '../../machinery/merge-schema.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { AnswerHead } from '../../server/objects/stored-object.ts';
import type { Decoded, KindConversion, ResourceStorage, ResourceType, SubresourceType, TableColumn } from '../../server/registry/resource-type.ts';
import type { CustomResourceKind } from './custom-resource-kind.ts';
import { customResourceRules } from './custom-resource-rules.ts';
import type { ServedVersion } from './served-version.ts';

/** In the order in which discovery shows them. */
const VERBS: ReadonlySet<string> = new Set(['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch']);
const SUBRESOURCE_VERBS: ReadonlySet<string> = new Set(['get', 'patch', 'update']);

export function customResourceTypes(kind: CustomResourceKind): CustomResourceType[] {
  return kind.servedVersions.map((version) => new CustomResourceType(kind, version));
}

/** Storage is the same place for all versions; selectable fields and rules are each version's own. */
function storageOf(kind: CustomResourceKind, version: ServedVersion): ResourceStorage {
  return {
    group: kind.group,
    resource: kind.resource,
    kind: version.kind,
    namespaced: kind.namespaced,
    prefix: `/registry/${kind.group}/${kind.resource}/`,
    storageType: { apiVersion: kind.storageVersion.apiVersion, kind: version.kind },
    tagVersion: true,
    rules: customResourceRules(kind, version),
    standardFinalizers: false,
    emptyStatus: () => undefined,
    tracksGeneration: true,
    initialGeneration: 1,
    hasOwnSelectableFields: true,
    selectableField: (label) => version.selectableField(label),
  };
}

export class CustomResourceType implements ResourceType {
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
  readonly verbs = VERBS;
  readonly subresources: ReadonlyMap<string, SubresourceType>;
  readonly storage: ResourceStorage;
  readonly isStorageVersion: boolean;
  readonly head: AnswerHead;
  readonly custom = true;
  readonly strategicMerge = false;
  readonly deprecationWarning?: string;
  readonly conversion?: KindConversion;
  readonly customKind: CustomResourceKind;
  readonly served: ServedVersion;

  constructor(kind: CustomResourceKind, version: ServedVersion) {
    // What was accepted is served: names that are in conflict stay as they were.
    const names = kind.definition.status?.acceptedNames ?? kind.definition.spec.names;
    this.customKind = kind;
    this.served = version;
    this.group = kind.group;
    this.version = version.name;
    this.apiVersion = version.apiVersion;
    this.resource = kind.resource;
    this.singular = names.singular ?? '';
    this.kind = version.kind;
    this.listKind = names.listKind ?? `${version.kind}List`;
    this.namespaced = kind.namespaced;
    this.shortNames = names.shortNames ?? [];
    this.categories = names.categories ?? [];
    this.subresources = subresourcesOf(version);
    this.storage = storageOf(kind, version);
    this.isStorageVersion = version.isStorage;
    this.head = new AnswerHead({ apiVersion: version.apiVersion, kind: version.kind }, true);
    if (kind.convertsElsewhere) {
      this.conversion = {
        toStorage: async (object) => (await kind.convertAll([object], kind.storageVersion))[0] ?? object,
        fromStorage: (objects) => kind.fromStorageAll(objects, version),
      };
    }
    if (version.deprecationWarning !== undefined) this.deprecationWarning = version.deprecationWarning;
  }

  /** Stored bytes last written before this revision may not have the shape of today's schema: they must be decoded. */
  get shapedSince(): number {
    return this.customKind.shapedSince;
  }

  get mergeSchema(): StructSchema {
    return this.served.mergeSchema;
  }

  get columns(): readonly TableColumn[] {
    return this.served.columns.definitions;
  }

  decode(value: JsonObject): Decoded {
    return this.served.decode(value);
  }

  defaults(object: KubeObject): void {
    this.served.default(object);
  }

  toStorage(object: KubeObject): KubeObject {
    return this.customKind.toStorage(object);
  }

  fromStorage(object: KubeObject): KubeObject {
    return this.customKind.fromStorage(object, this.served);
  }

  bookmark(metadata: Record<string, unknown>): DeepReadonly<KubeObject> {
    return { kind: this.kind, apiVersion: this.apiVersion, metadata } as DeepReadonly<KubeObject>;
  }

  cells(object: DeepReadonly<KubeObject>, nowMs: number): JsonValue[] {
    return this.served.cells(object, nowMs);
  }
}

function subresourcesOf(version: ServedVersion): ReadonlyMap<string, SubresourceType> {
  const subresources = new Map<string, SubresourceType>();
  if (version.hasStatus) {
    // Of the resource's own group and version, which discovery leaves out.
    subresources.set('status', { name: 'status', kind: version.kind, group: '', version: '', verbs: SUBRESOURCE_VERBS, handling: { type: 'object' } });
  }
  if (version.scale !== undefined) {
    const handling = { type: 'scale', scale: version.scale } as const;
    subresources.set('scale', { name: 'scale', kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: SUBRESOURCE_VERBS, handling });
  }
  return subresources;
}
