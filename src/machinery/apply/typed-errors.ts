/**
 * Whether a value can be merged by its schema: what server-side apply asks of a patch before anything else. This is not
 * validation of the kind, which comes later: an empty name or a negative number pass here.
 */
import { compareBytes, formatGoValue, quoteGo } from '../go-format.ts';
import { isJsonObject } from '../json.ts';
import { ANY_SCHEMA, type ListSchema, type MergeSchema, type ScalarSchema } from '../merge-schema.ts';
import { listItemElement, ListItemError } from './list-item.ts';
import { formatElement } from './path-element.ts';
import type { ObjectSchema } from './schema-children.ts';

/** More findings than this are of no use to anybody. */
const MAX_ERRORS = 100;

/**
 * Findings as Kubernetes words them: `.spec.ports: duplicate entries for key [name="a"]`,
 * `.spec.m: field not declared in schema`, `.spec.n: expected numeric (int or float), got string`. Empty: mergeable.
 */
export function findTypedErrors(value: unknown, schema: MergeSchema, options: TypedErrorsOptions = {}): string[] {
  const errors: string[] = [];
  visit(value, schema, '', { errors, allowDuplicates: options.allowDuplicates ?? false });
  return errors;
}

export interface TypedErrorsOptions {
  /** For stored objects, which may be older than the rule. */
  readonly allowDuplicates?: boolean;
}

interface Walk {
  readonly errors: string[];
  readonly allowDuplicates: boolean;
}

/** One finding stands as it is, several under a heading. */
export function formatTypedErrors(errors: readonly string[]): string {
  return errors.length === 1 ? (errors[0] ?? '') : ['errors:', ...errors.map((error) => `  ${error}`)].join('\n');
}

function visit(value: unknown, schema: MergeSchema, path: string, walk: Walk): void {
  if (value === null || value === undefined || walk.errors.length >= MAX_ERRORS) return;
  switch (schema.kind) {
    case 'any':
      return;
    case 'scalar':
      visitScalar(value, schema, path, walk);
      return;
    case 'list':
      visitList(value, schema, path, walk);
      return;
    case 'struct':
    case 'map':
      visitObject(value, schema, path, walk);
  }
}

function add(walk: Walk, path: string, message: string): void {
  walk.errors.push(path === '' ? message : `${path}: ${message}`);
}

function visitScalar(value: unknown, schema: ScalarSchema, path: string, walk: Walk): void {
  const isNumber = typeof value === 'number' || typeof value === 'bigint';
  switch (schema.scalar) {
    case 'number':
      if (!isNumber) add(walk, path, `expected numeric (int or float), got ${goType(value)}`);
      return;
    case 'string':
      if (typeof value !== 'string') add(walk, path, `expected string, got ${goUnstructured(value)}`);
      return;
    case 'boolean':
      if (typeof value !== 'boolean') add(walk, path, `expected boolean, got ${goUnstructured(value)}`);
      return;
    case 'any':
    // Also what is owned as a whole whatever it is, such as an object of another kind.
  }
}

function visitList(value: unknown, schema: ListSchema, path: string, walk: Walk): void {
  if (!Array.isArray(value)) {
    add(walk, path, `expected list, got &{${formatGoValue(value)}}`);
    return;
  }
  const seen = new Set<string>();
  for (const [i, item] of (value as unknown[]).entries()) {
    if (schema.listType === 'atomic') {
      visit(item, schema.element, `${path}[${i}]`, walk);
      continue;
    }
    let element;
    try {
      element = listItemElement(schema, item);
    } catch (error) {
      if (!(error instanceof ListItemError)) throw error;
      add(walk, path, `element ${i}: ${error.message}`);
      return;
    }
    const shown = formatElement(element);
    if (seen.has(element) && !walk.allowDuplicates) add(walk, path, `duplicate entries for key ${shown}`);
    seen.add(element);
    visit(item, schema.element, `${path}${shown}`, walk);
  }
}

function visitObject(value: unknown, schema: ObjectSchema, path: string, walk: Walk): void {
  if (!isJsonObject(value)) {
    add(walk, path, `expected map, got &{${formatGoValue(value)}}`);
    return;
  }
  for (const key of Object.keys(value)) {
    const declared = schema.kind === 'map' ? schema.element : schema.field(key)?.schema;
    if (declared === undefined && schema.kind === 'struct' && !schema.preserveUnknown) {
      add(walk, `${path}.${key}`, 'field not declared in schema');
      return;
    }
    visit(value[key], declared ?? ANY_SCHEMA, `${path}.${key}`, walk);
  }
}

/** `%T` of a decoded value. */
function goType(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (isJsonObject(value)) return 'map[string]interface {}';
  return typeof value === 'boolean' ? 'bool' : 'string';
}

/** `%#v` of the wrapper that merging holds a decoded value in. */
function goUnstructured(value: unknown): string {
  return `&value.valueUnstructured{Value:${goSyntax(value)}}`;
}

function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (typeof value === 'string') return quoteGo(value);
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (!isJsonObject(value)) return formatGoValue(value);
  const entries = Object.keys(value).sort(compareBytes).map((key) => `${quoteGo(key)}:${goSyntax(value[key])}`);
  return `map[string]interface {}{${entries.join(', ')}}`;
}
