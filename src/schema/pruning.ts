/**
 * Pruning: fields that the schema does not declare are dropped, except under `x-kubernetes-preserve-unknown-fields`,
 * where pruning resumes in what is declared below.
 */
import { compareBytes } from '../machinery/go-format.ts';
import { schemaOfKey, type Structural } from './structural.ts';

/** apiVersion, kind and metadata of an embedded or whole object: implied, never pruned here. */
export function isMetaField(name: string): boolean {
  return name === 'apiVersion' || name === 'kind' || name === 'metadata';
}

/**
 * Changes the value in place. With `track`, returns the paths of what was dropped (`spec.list[0].x`), in the order of
 * their bytes; without, an empty list. `root` says that the value is a whole object.
 */
export function prune(value: unknown, schema: Structural, options: { readonly root: boolean; readonly track: boolean }): string[] {
  const found: string[] | undefined = options.track ? [] : undefined;
  pruneValue(value, schema, options.root, '', found);
  return found === undefined ? [] : found.sort(compareBytes);
}

/** `schema` is undefined where any field is unknown. */
function pruneValue(value: unknown, schema: Structural | undefined, embedded: boolean, path: string, found: string[] | undefined): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    pruneItems(value, schema, path, found);
    return;
  }
  const object = value as Record<string, unknown>;
  const skipMeta = embedded || schema?.embeddedResource === true;
  const keepUnknown = schema?.preserveUnknownFields === true;
  for (const name of Object.keys(object)) {
    if (skipMeta && isMetaField(name)) continue;
    const declared = schema === undefined ? undefined : schemaOfKey(schema, name);
    const allowed = declared !== undefined || typeof schema?.additionalProperties === 'boolean';
    if (allowed) {
      const child = object[name];
      if (typeof child === 'object' && child !== null) pruneValue(child, declared, false, found === undefined ? '' : join(path, name), found);
    } else if (!keepUnknown) {
      found?.push(join(path, name));
      delete object[name];
    }
  }
}

function pruneItems(list: readonly unknown[], schema: Structural | undefined, path: string, found: string[] | undefined): void {
  const keepUnknown = schema?.preserveUnknownFields === true;
  const declared = schema?.items;
  if (declared === undefined && keepUnknown) return;
  // Preserving passes through lists: the items' own unknown fields stay too.
  const items = keepUnknown && declared !== undefined ? { ...declared, preserveUnknownFields: true } : declared;
  for (let i = 0; i < list.length; i++) {
    const item = list[i];
    if (typeof item === 'object' && item !== null) pruneValue(item, items, false, found === undefined ? '' : `${path}[${i}]`, found);
  }
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
