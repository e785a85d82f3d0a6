/**
 * A CustomResourceDefinition as the registry serves it: its versions, and the way between them. Made anew for each
 * revision of the definition; versions whose shape did not change keep what they compiled.
 */
import { failure } from '../../machinery/status-error.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { isServed } from './definition-status.ts';
import type { CustomResourceDefinition } from './custom-resource-definition.ts';
import { ServedVersion, type ServedVersionOptions } from './served-version.ts';

/** Converts objects between the versions of definitions: a webhook, or a function in this process. */
export interface ObjectConverter {
  /** Whether objects of this definition are converted by it at all; else only their apiVersion changes. */
  handles(definition: DeepReadonly<CustomResourceDefinition>): boolean;
  /**
   * Own objects of the version asked for, in the order given; none of the given ones is in that version. Rejects with a
   * StatusError when they cannot be had.
   */
  convert(definition: DeepReadonly<CustomResourceDefinition>, objects: readonly KubeObject[], toApiVersion: string): Promise<readonly KubeObject[]>;
}

export interface CustomResourceKindOptions extends ServedVersionOptions {
  readonly converter?: ObjectConverter;
}

export class CustomResourceKind {
  readonly definition: DeepReadonly<CustomResourceDefinition>;
  readonly group: string;
  readonly resource: string;
  readonly namespaced: boolean;
  /** All declared versions, served or not, in the definition's order: stored bytes may be of any. */
  readonly versions: ReadonlyMap<string, ServedVersion>;
  readonly storageVersion: ServedVersion;
  /**
   * Objects last written at this revision or later are stored just as the storage version's schema has them now: their
   * bytes may be answered as they are. Older ones must be read through `fromStorage`, which prunes and defaults anew.
   */
  readonly shapedSince: number;
  readonly #converter: ObjectConverter | undefined;

  /** `previous` is this definition's kind before the change, if it was served. */
  constructor(definition: DeepReadonly<CustomResourceDefinition>, options: CustomResourceKindOptions, previous?: CustomResourceKind) {
    this.definition = definition;
    this.group = definition.spec.group;
    this.resource = definition.spec.names.plural;
    this.namespaced = definition.spec.scope === 'Namespaced';
    this.#converter = options.converter;
    const versions = new Map<string, ServedVersion>();
    let storage: ServedVersion | undefined;
    for (const declared of definition.spec.versions ?? []) {
      const version = new ServedVersion(definition, declared, options, previous?.versions.get(declared.name));
      versions.set(version.name, version);
      if (version.isStorage) storage = version;
    }
    if (storage === undefined) throw new Error(`${definition.metadata.name ?? ''} has no storage version`);
    this.versions = versions;
    this.storageVersion = storage;
    const unchanged = previous !== undefined && storage.shapesLike(previous.storageVersion);
    this.shapedSince = unchanged ? previous.shapedSince : Number(definition.metadata.resourceVersion ?? 0);
  }

  /** The versions clients may use: none before the names were accepted. */
  get servedVersions(): ServedVersion[] {
    if (!isServed(this.definition)) return [];
    return [...this.versions.values()].filter((version) => version.declared.served);
  }

  /** Being deleted: no new objects. */
  get isTerminating(): boolean {
    return this.definition.metadata.deletionTimestamp !== undefined;
  }

  /** Objects cannot be converted at once: see convertAll. */
  get convertsElsewhere(): boolean {
    return this.versions.size > 1 && this.#converter?.handles(this.definition) === true;
  }

  version(name: string): ServedVersion | undefined {
    return this.versions.get(name);
  }

  /** The version of an object by its apiVersion. */
  versionOf(apiVersion: string): ServedVersion | undefined {
    const slash = apiVersion.indexOf('/');
    return apiVersion.slice(0, slash) === this.group ? this.versions.get(apiVersion.slice(slash + 1)) : undefined;
  }

  /**
   * An object of the version asked for, made in place where strategy is None: only its apiVersion changes, and what that
   * version does not declare goes. Throws where versions that differ are converted elsewhere (see convertAll).
   */
  convert(object: KubeObject, to: ServedVersion): KubeObject {
    if (object.apiVersion !== to.apiVersion && this.convertsElsewhere) {
      throw failure({ code: 500, message: `conversion webhook for ${object.apiVersion}, Kind=${object.kind} failed: objects of this resource are converted asynchronously` });
    }
    return to.adopt(object);
  }

  /** As convert, for several objects at once and wherever they are converted; those of other versions go there together. */
  async convertAll(objects: readonly KubeObject[], to: ServedVersion): Promise<KubeObject[]> {
    const others = objects.filter((object) => object.apiVersion !== to.apiVersion);
    const converter = this.convertsElsewhere ? this.#converter : undefined;
    const converted = converter && others.length > 0 ? await converter.convert(this.definition, others, to.apiVersion) : others;
    const byOriginal = new Map(others.map((object, i) => [object, converted[i] ?? object]));
    return objects.map((object) => to.adopt(byOriginal.get(object) ?? object));
  }

  /** As fromStorage, for several objects at once and wherever they are converted. */
  fromStorageAll(objects: readonly KubeObject[], to: ServedVersion): Promise<KubeObject[]> {
    for (const object of objects) this.versionOf(object.apiVersion)?.default(object);
    return this.convertAll(objects, to);
  }

  /**
   * What stands in the store, read in the version asked for; changes and returns the object. Defaults are those of the
   * version it is stored in: another version's appear only on what is written through that version.
   */
  fromStorage(object: KubeObject, to: ServedVersion): KubeObject {
    this.versionOf(object.apiVersion)?.default(object);
    return this.convert(object, to);
  }

  /** An object of any version as it is stored. Nothing is done for one that is in that version already. */
  toStorage(object: KubeObject): KubeObject {
    return object.apiVersion === this.storageVersion.apiVersion ? object : this.convert(object, this.storageVersion);
  }
}
