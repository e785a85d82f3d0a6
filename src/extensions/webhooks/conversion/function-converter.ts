import { cloneJson, type JsonValue } from '../../../machinery/json.ts';
import { parseJson, stringifyJson } from '../../../machinery/parse-json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { findStatusError } from '../../../machinery/status-error.ts';
import type { ObjectConverter } from '../../custom-resources/custom-resource-kind.ts';
import { conversionError } from './conversion-error.ts';
import { acceptConverted } from './converted-object.ts';

/**
 * Makes an object of another version out of one. It is given a copy, which it may change and return; of metadata only
 * labels and annotations count. What it throws is told to the client.
 */
export type ConvertFunction = (object: KubeObject, toApiVersion: string) => KubeObject | Promise<KubeObject>;

/** Converts by functions in this process, by the names of definitions, and leaves the others to `next`. */
export function functionConverter(functions: ReadonlyMap<string, ConvertFunction>, next: ObjectConverter): ObjectConverter {
  return {
    handles: (definition) => functions.has(definition.metadata.name ?? '') || next.handles(definition),
    async convert(definition, objects, toApiVersion) {
      const convert = functions.get(definition.metadata.name ?? '');
      if (!convert) return next.convert(definition, objects, toApiVersion);
      const several = objects.length > 1;
      return Promise.all(objects.map(async (object, index) => acceptConverted(object, await converted(convert, object, toApiVersion), { toApiVersion, index, several })));
    },
  };
}

async function converted(convert: ConvertFunction, object: KubeObject, toApiVersion: string): Promise<JsonValue> {
  try {
    // What is stored is JSON, whatever else the function returned.
    return parseJson(stringifyJson({ ...(await convert(cloneJson(object), toApiVersion)), apiVersion: toApiVersion })).value;
  } catch (error) {
    const told = findStatusError(error) ?? (error as Error);
    throw conversionError(object, `failed: ${told.message}`, error);
  }
}
