import type { GroupVersionKind, GroupVersionResource } from '../../machinery/group-version.ts';
import { cloneJson, type DeepReadonly, type JsonObject } from '../../machinery/json.ts';
import type { MergeSchema } from '../../machinery/merge-schema.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { AdmissionRequest } from '../../server/admission/admission-plugin.ts';
import { fromStored, toStored } from '../../server/registry/conversion.ts';
import type { ResourceCatalog } from '../../server/registry/resource-catalog.ts';
import type { ResourceType, ScaleMapping } from '../../server/registry/resource-type.ts';
import { decodeScale, SCALE_SCHEMA } from '../../server/registry/scale.ts';

/** The objects of a request as a policy is to see them: in the version its rules name, or as a scale. */
export interface ResourceView {
  readonly kind: GroupVersionKind;
  readonly schema: MergeSchema;
  /**
   * To be awaited before a request's objects are read, and again when something else changed them; absent for kinds that
   * are converted at once.
   */
  prepare?(objects: readonly (KubeObject | undefined)[]): Promise<void>;
  /** Shares with `object` where no conversion is needed. */
  read(object: DeepReadonly<KubeObject>): DeepReadonly<KubeObject>;
  /**
   * Makes `json`, a changed form of what was read, the content of `object`: decoded, with the defaults of its version.
   * Throws DecodeError for wrong types.
   */
  write(json: JsonObject, object: KubeObject): void | Promise<void>;
}

/** Which resources hold the same objects, and how these look in each. */
export class ResourceViews {
  readonly #catalog: ResourceCatalog;
  #generation = -1;
  #byPrefix = new Map<string, ResourceType[]>();

  constructor(catalog: ResourceCatalog) {
    this.#catalog = catalog;
  }

  /** The same objects in other versions and groups, without the resource itself. */
  equivalents(resource: GroupVersionResource, subresource: string): readonly GroupVersionResource[] {
    const own = this.#catalog.find(resource.group, resource.version, resource.resource);
    if (!own) return [];
    return this.#sharing(own.storage.prefix).filter((type) => type !== own && (subresource === '' || type.subresources.has(subresource)));
  }

  /** Undefined for a resource that is not served. */
  async view(resource: GroupVersionResource, subresource: string): Promise<ResourceView | undefined> {
    const type = this.#catalog.find(resource.group, resource.version, resource.resource);
    if (!type) return undefined;
    await type.storage.load?.();
    const below = subresource === '' ? undefined : type.subresources.get(subresource);
    if (type.conversion && below?.handling.type !== 'custom') return convertedView(type, below?.handling.type === 'scale' ? below.handling.scale : undefined);
    if (below?.handling.type === 'scale') return scaleView(type, below.handling.scale);
    return below?.handling.type === 'custom' ? plainView(type, { group: below.group || type.group, version: below.version || type.version, kind: below.kind }) : versionView(type);
  }

  /** The kind of what a request itself brings. */
  kindOf(request: AdmissionRequest): GroupVersionKind {
    const { group, version, resource } = request.resource;
    const below = this.#catalog.find(group, version, resource)?.subresources.get(request.subresource);
    if (below === undefined || below.handling.type === 'object') return request.kind;
    return { group: below.group || group, version: below.version || version, kind: below.kind };
  }

  #sharing(prefix: string): readonly ResourceType[] {
    if (this.#generation !== this.#catalog.generation) {
      this.#byPrefix = Map.groupBy(this.#catalog.all(), (type) => type.storage.prefix);
      this.#generation = this.#catalog.generation;
    }
    return this.#byPrefix.get(prefix) ?? [];
  }
}

function versionView(type: ResourceType): ResourceView {
  return {
    kind: { group: type.group, version: type.version, kind: type.kind },
    schema: type.mergeSchema,
    read: (object) => inVersion(type, object),
    write(json, object) {
      const decoded = type.decode(cloneJson(json)).object;
      type.defaults(decoded);
      const stored = type.toStorage(decoded);
      type.settle?.(stored);
      replaceContent(object, stored);
    },
  };
}

const SCALE_VIEW = { kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' }, schema: SCALE_SCHEMA };

function scaleView(type: ResourceType, mapping: ScaleMapping): ResourceView {
  return {
    ...SCALE_VIEW,
    read: (object) => mapping.toScale(inVersion(type, object)) as DeepReadonly<KubeObject>,
    write(json, object) {
      const scaled = cloneJson(inVersion(type, object as DeepReadonly<KubeObject>)) as KubeObject;
      mapping.applyScale(scaled, decodeScale(cloneJson(json)).object);
      replaceContent(object, type.toStorage(scaled));
    },
  };
}

/** Of a kind that is converted elsewhere. What was prepared is kept for as long as the view. */
function convertedView(type: ResourceType, mapping: ScaleMapping | undefined): ResourceView {
  const converted = new Map<DeepReadonly<KubeObject>, KubeObject>();
  const prepare = async (object: KubeObject): Promise<void> => {
    if (object.apiVersion !== type.apiVersion) converted.set(object as DeepReadonly<KubeObject>, await fromStored(type, cloneJson(object)));
  };
  const read = (object: DeepReadonly<KubeObject>): DeepReadonly<KubeObject> => (converted.get(object) as DeepReadonly<KubeObject> | undefined) ?? inVersion(type, object);
  const replace = async (object: KubeObject, content: KubeObject): Promise<void> => {
    replaceContent(object, await toStored(type, content));
    await prepare(object);
  };
  const shared = { prepare: async (objects: readonly (KubeObject | undefined)[]): Promise<void> => void (await Promise.all(objects.flatMap((object) => (object ? [prepare(object)] : [])))) };
  if (mapping) {
    return {
      ...shared,
      ...SCALE_VIEW,
      read: (object) => mapping.toScale(read(object)) as DeepReadonly<KubeObject>,
      write(json, object) {
        const scaled = cloneJson(read(object as DeepReadonly<KubeObject>)) as KubeObject;
        mapping.applyScale(scaled, decodeScale(cloneJson(json)).object);
        return replace(object, scaled);
      },
    };
  }
  return {
    ...shared,
    kind: { group: type.group, version: type.version, kind: type.kind },
    schema: type.mergeSchema,
    read,
    write(json, object) {
      const decoded = type.decode(cloneJson(json)).object;
      type.defaults(decoded);
      return replace(object, decoded);
    },
  };
}

/** What comes by a handler of its own (evictions, bindings) is seen as it is. */
function plainView(type: ResourceType, kind: GroupVersionKind): ResourceView {
  return { kind, schema: type.mergeSchema, read: (object) => object, write: (json, object) => replaceContent(object, cloneJson(json) as unknown as KubeObject) };
}

function inVersion(type: ResourceType, object: DeepReadonly<KubeObject>): DeepReadonly<KubeObject> {
  if (object.apiVersion === type.apiVersion) return object;
  return type.fromStorage(cloneJson(object) as KubeObject) as DeepReadonly<KubeObject>;
}

/** The registry keeps the object it gave to admission: it is changed in place. */
function replaceContent(object: KubeObject, content: KubeObject): void {
  for (const key of Object.keys(object)) delete object[key];
  Object.assign(object, content);
}
