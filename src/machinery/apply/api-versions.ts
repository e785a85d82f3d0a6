import type { JsonObject } from '../json.ts';
import type { MergeSchema } from '../merge-schema.ts';

/**
 * The other versions of a kind: every manager owns fields of the version that it wrote in. Both functions may be called
 * for any version that an entry names.
 */
export interface ApiVersions {
  /** Undefined for a version that is not served any more: what was owned in it is forgotten. */
  schemaOf(apiVersion: string): MergeSchema | undefined;
  /** The object in another version; it must not change the given one, and may return it. */
  convert(object: JsonObject, fromApiVersion: string, toApiVersion: string): JsonObject;
}

/** An object of one kind, seen in each version at most once. */
export class VersionedObject {
  readonly apiVersion: string;
  readonly #versions: ApiVersions;
  readonly #seen = new Map<string, JsonObject>();

  constructor(object: JsonObject, apiVersion: string, versions: ApiVersions) {
    this.apiVersion = apiVersion;
    this.#versions = versions;
    this.#seen.set(apiVersion, object);
  }

  /** Undefined when the version is not served. */
  in(apiVersion: string): { readonly object: JsonObject; readonly schema: MergeSchema } | undefined {
    const schema = this.#versions.schemaOf(apiVersion);
    if (schema === undefined) return undefined;
    let object = this.#seen.get(apiVersion);
    if (object === undefined) {
      object = this.#versions.convert(this.#seen.get(this.apiVersion) ?? {}, this.apiVersion, apiVersion);
      this.#seen.set(apiVersion, object);
    }
    return { object, schema };
  }
}

/** A kind with one version: entries of all others are forgotten. */
export function singleVersion(apiVersion: string, schema: MergeSchema): ApiVersions {
  return { schemaOf: (version) => (version === apiVersion ? schema : undefined), convert: (object) => object };
}
