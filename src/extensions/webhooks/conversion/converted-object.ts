import { FieldPath } from '../../../machinery/field-error.ts';
import { cloneJson, isJsonObject, type JsonObject, type JsonValue } from '../../../machinery/json.ts';
import { validateLabels } from '../../../machinery/label-validation.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { validateAnnotations } from '../../../machinery/object-meta-validation.ts';
import { formatFieldErrors } from '../../../machinery/status-error.ts';
import { conversionError } from './conversion-error.ts';

export interface ConvertedPlace {
  readonly toApiVersion: string;
  readonly index: number;
  /** Messages name the place of an object only where there are several. */
  readonly several: boolean;
}

const PATH = FieldPath.root('metadata');

/**
 * A converter's object, with the metadata of the original: of metadata, converters may change labels and annotations.
 * Throws for what is no form of the original.
 */
export function acceptConverted(original: KubeObject, converted: JsonValue | undefined, place: ConvertedPlace): KubeObject {
  const at = place.several ? ` at index ${place.index}` : '';
  const what = place.several ? 'converted object' : 'object';
  const invalid = (problem: string): Error => conversionError(original, `returned invalid ${what}${at}: ${problem}`);
  if (!isJsonObject(converted)) throw invalid('it is not an object');
  const { apiVersion = '', kind = '' } = converted as { readonly apiVersion?: string; readonly kind?: string };
  const indexed = conversionError.bind(undefined, original);
  if (apiVersion !== place.toApiVersion) throw indexed(`returned invalid ${what} at index ${place.index}: invalid groupVersion (expected ${place.toApiVersion}, received ${apiVersion})`);
  if (kind !== original.kind) throw indexed(`returned invalid ${what} at index ${place.index}: invalid kind (expected ${original.kind}, received ${kind})`);
  checkIdentity(original, converted, invalid);
  const metadata = mergedMetadata(original, converted['metadata'], (problem) => conversionError(original, `returned invalid metadata${place.several ? ` in object${at}` : ''}: ${problem}`));
  return { ...converted, metadata } as unknown as KubeObject;
}

function checkIdentity({ metadata }: KubeObject, converted: JsonObject, invalid: (problem: string) => Error): void {
  const given = isJsonObject(converted['metadata']) ? converted['metadata'] : {};
  for (const [field, title] of [['name', 'name'], ['namespace', 'namespace'], ['uid', 'UID']] as const) {
    const expected = metadata[field] ?? '';
    const received = typeof given[field] === 'string' ? given[field] : '';
    if (received !== expected) throw invalid(`must have the same ${title}: ${expected} != ${received}`);
  }
}

function mergedMetadata(original: KubeObject, given: JsonValue | undefined, invalid: (problem: string) => Error): KubeObject['metadata'] {
  if (given === undefined) throw invalid('missing metadata in converted object');
  if (!isJsonObject(given)) throw invalid(`invalid metadata of type ${goType(given)} in converted object`);
  const metadata = cloneJson(original.metadata);
  for (const field of ['labels', 'annotations'] as const) {
    const map = given[field];
    if (map === undefined || map === null) {
      delete metadata[field];
      continue;
    }
    metadata[field] = stringMap(field, map, { before: original.metadata[field] ?? {}, invalid });
  }
  return metadata;
}

interface MapContext {
  readonly before: Readonly<Record<string, string>>;
  readonly invalid: (problem: string) => Error;
}

/** What was wrong before may stay as it was. */
function stringMap(field: 'labels' | 'annotations', map: JsonValue, { before, invalid }: MapContext): Record<string, string> {
  if (!isJsonObject(map)) throw invalid(`invalid metadata.${field} of type ${goType(map)} in converted object`);
  for (const [key, value] of Object.entries(map)) {
    if (typeof value !== 'string') throw invalid(`metadata.${field}[${key}] must be a string, but is ${goType(value ?? null)} in converted object`);
  }
  const strings = map as Record<string, string>;
  const keys = Object.keys(strings);
  if (keys.length === Object.keys(before).length && keys.every((key) => before[key] === strings[key])) return strings;
  const errors = field === 'labels' ? validateLabels(strings, PATH.child('labels')) : validateAnnotations(strings, PATH.child('annotation'));
  if (errors.length > 0) throw invalid(formatFieldErrors(errors));
  return strings;
}

/** As Go names what JSON is decoded to. */
function goType(value: JsonValue): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'object') return 'map[string]interface {}';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  return typeof value === 'bigint' || Number.isInteger(value) ? 'int64' : 'float64';
}
