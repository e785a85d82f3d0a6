import type { JsonObject } from '../json.ts';
import type { MergeSchema } from '../merge-schema.ts';
import { findTypedErrors, formatTypedErrors } from './typed-errors.ts';

/**
 * The versions of a kind: every manager owns fields of the version that it wrote in. Both functions may be called for
 * any version that an entry names.
 */
export interface ApiVersions {
  /** Undefined for a version of another group or one not served any more: what was owned in it is forgotten. */
  schemaOf(apiVersion: string): MergeSchema | undefined;
  /** The object in another version; it must not change the given one, and may return it. */
  convert(object: JsonObject, fromApiVersion: string, toApiVersion: string): JsonObject;
}

/** The object cannot be had in a version that somebody owns fields in. */
export class ConversionError extends Error {
  override name = 'ConversionError';
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

  /** Undefined when the version is not served; throws ConversionError when the object does not fit it. */
  in(apiVersion: string): { readonly object: JsonObject; readonly schema: MergeSchema } | undefined {
    const schema = this.#versions.schemaOf(apiVersion);
    if (schema === undefined) return undefined;
    let object = this.#seen.get(apiVersion);
    if (object === undefined) {
      object = convertObject(this.#seen.get(this.apiVersion) ?? {}, this.apiVersion, apiVersion, this.#versions);
      const errors = findTypedErrors(object, schema, { allowDuplicates: true });
      if (errors.length > 0) throw new ConversionError(`failed to convert to ${apiVersion}: ${formatTypedErrors(errors)}`);
      this.#seen.set(apiVersion, object);
    }
    return { object, schema };
  }
}

function convertObject(object: JsonObject, from: string, to: string, versions: ApiVersions): JsonObject {
  try {
    return versions.convert(object, from, to);
  } catch (error) {
    throw new ConversionError(`failed to convert to ${to}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** A kind with one version: entries of all others are forgotten. */
export function singleVersion(apiVersion: string, schema: MergeSchema): ApiVersions {
  return { schemaOf: (version) => (version === apiVersion ? schema : undefined), convert: (object) => object };
}
