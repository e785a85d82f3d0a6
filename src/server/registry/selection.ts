import type { DeepReadonly } from '../../machinery/json.ts';
import { parseFieldSelector, type FieldSelector } from '../../machinery/field-selector.ts';
import type { LabelSelector } from '../../machinery/label-selector.ts';
import { parseLabelSelector } from '../../machinery/parse-label-selector.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { badRequest } from '../../machinery/status-error.ts';
import type { CachedObject } from '../watch-cache/cached-object.ts';
import { inRequestVersions } from './conversion.ts';
import type { ResourceStorage, ResourceType } from './resource-type.ts';
import type { ListOptions } from './request-options.ts';

/** Which objects a list, a watch or a collection's deletion is about. */
export interface Selection {
  /** '' for all, `namespace/`, or one key: what to look at. */
  readonly scope: string;
  /** True when nothing but the scope decides. */
  readonly everything: boolean;
  /**
   * Present where fields are selected of a kind that is converted elsewhere: to be awaited before objects are matched.
   * Rejects when they cannot be converted.
   */
  prepare?(items: readonly CachedObject[]): Promise<void>;
  matches(item: CachedObject): boolean;
}

/**
 * Compiles the selectors of a request. A field selector on metadata.name (and, in a namespace, only there) narrows the
 * scope to one key, so that such a list or watch costs one object. Throws BadRequest with Kubernetes' words.
 */
export function selectionOf(type: ResourceType, namespace: string, name: string, options: ListOptions): Selection {
  const { storage } = type;
  const labels = options.labelSelector === '' ? undefined : parsedLabels(options.labelSelector);
  const fields = options.fieldSelector === '' ? undefined : parsedFields(options.fieldSelector);
  const terms = fields ? fieldTerms(storage, fields) : [];

  let scope = storage.namespaced && namespace !== '' ? `${namespace}/` : '';
  const exactName = name !== '' ? name : exactValue(fields, 'metadata.name');
  if (name !== '' && fields) {
    const selected = exactValue(fields, 'metadata.name');
    if (selected !== undefined && selected !== name) throw badRequest(`fieldSelector metadata.name doesn't match requested name`);
  }
  if (exactName !== undefined && exactName !== '' && (!storage.namespaced || namespace !== '')) scope = scope + exactName;
  else if (scope === '' && storage.namespaced) {
    const exactNamespace = exactValue(fields, 'metadata.namespace');
    if (exactNamespace !== undefined && exactNamespace !== '') scope = exactName ? `${exactNamespace}/${exactName}` : `${exactNamespace}/`;
  }

  const filters: ((object: DeepReadonly<KubeObject>) => boolean)[] = [];
  if (labels) filters.push((object) => labels.matches(object.metadata.labels ?? {}));
  for (const term of terms) filters.push(term);
  if (filters.length === 0) return { scope, everything: true, matches: () => true };
  if (type.conversion && fields?.terms.some(({ field }) => !field.startsWith('metadata.'))) return convertedSelection(type, scope, filters);
  return {
    scope,
    everything: false,
    matches: (item) => {
      const object = item.object();
      return filters.every((f) => f(object));
    },
  };
}

/** Fields are those of the version that is asked for. */
function convertedSelection(type: ResourceType, scope: string, filters: readonly ((object: DeepReadonly<KubeObject>) => boolean)[]): Selection {
  const converted = new WeakMap<CachedObject, DeepReadonly<KubeObject>>();
  return {
    scope,
    everything: false,
    async prepare(items) {
      const missing = items.filter((item) => !converted.has(item));
      const objects = await inRequestVersions(type, missing);
      missing.forEach((item, i) => converted.set(item, objects[i] as DeepReadonly<KubeObject>));
    },
    matches: (item) => {
      const object = converted.get(item) ?? item.object();
      return filters.every((filter) => filter(object));
    },
  };
}

/** The one value that the selector lets a field have. */
function exactValue(fields: FieldSelector | undefined, field: string): string | undefined {
  return fields?.terms.find((t) => t.field === field && t.operator === '=')?.value;
}

function parsedLabels(text: string): LabelSelector {
  try {
    return parseLabelSelector(text);
  } catch (error) {
    throw badRequest(error instanceof Error ? error.message : String(error));
  }
}

function parsedFields(text: string): FieldSelector {
  try {
    return parseFieldSelector(text);
  } catch (error) {
    throw badRequest(error instanceof Error ? error.message : String(error));
  }
}

function fieldTerms(storage: ResourceStorage, fields: FieldSelector): ((object: DeepReadonly<KubeObject>) => boolean)[] {
  return fields.terms.map((term) => {
    const read = fieldReader(storage, term.field);
    return (object) => (read(object as KubeObject) === term.value) === (term.operator === '=');
  });
}

function fieldReader(storage: ResourceStorage, field: string): (object: KubeObject) => string {
  if (field === 'metadata.name') return (o) => o.metadata.name ?? '';
  if (field === 'metadata.namespace' && storage.namespaced) return (o) => o.metadata.namespace ?? '';
  const read = storage.selectableField(field);
  if (read) return read;
  if (storage.hasOwnSelectableFields) throw badRequest(storage.rules.unknownFieldLabel?.(field) ?? `field label not supported: ${field}`);
  throw badRequest(`${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`);
}
