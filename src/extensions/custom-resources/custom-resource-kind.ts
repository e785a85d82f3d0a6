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

/** Converts objects of definitions whose strategy is `Webhook`. Answers own objects in the order asked. */
export interface WebhookConverter {
  convert(definition: DeepReadonly<CustomResourceDefinition>, objects: readonly KubeObject[], toApiVersion: string): Promise<KubeObject[]>;
}

export interface CustomResourceKindOptions extends ServedVersionOptions {
  readonly converter?: WebhookConverter;
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
  readonly #converter: WebhookConverter | undefined;

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

  get convertsByWebhook(): boolean {
    return this.definition.spec.conversion?.strategy === 'Webhook' && this.versions.size > 1;
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
   * version does not declare goes. Throws where the strategy is Webhook and the versions differ (see convertAll).
   */
  convert(object: KubeObject, to: ServedVersion): KubeObject {
    if (object.apiVersion !== to.apiVersion && this.convertsByWebhook) {
      throw failure({ code: 500, message: `conversion webhook for ${object.apiVersion}, Kind=${object.kind} failed: objects of this resource are converted asynchronously` });
    }
    return to.adopt(object);
  }

  /** As convert, for several objects at once and for any strategy. */
  async convertAll(objects: readonly KubeObject[], to: ServedVersion): Promise<KubeObject[]> {
    if (!this.convertsByWebhook || objects.every((object) => object.apiVersion === to.apiVersion)) return objects.map((object) => to.adopt(object));
    if (this.#converter === undefined) {
      const [first] = objects;
      throw failure({ code: 500, message: `conversion webhook for ${first?.apiVersion ?? to.apiVersion}, Kind=${to.kind} failed: conversion webhooks are not supported yet` });
    }
    const converted = await this.#converter.convert(this.definition, objects, to.apiVersion);
    return converted.map((object) => to.adopt(object));
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
