/** FieldsV1 as it comes from outside. What this server itself wrote needs no parsing: a stored FieldsV1 is a FieldSet. */
import { isJsonObject } from '../json.ts';
import { isEmptySet, LEAF, makeNode, type FieldSet } from './field-set.ts';
import { canonicalElement, compareElements, type PathElement } from './path-element.ts';

/**
 * Reads a field set: steps of unknown kinds are dropped, texts and their order made canonical. The value itself is
 * returned, not a copy, when it is canonical already. Throws a SyntaxError for what is no field set.
 */
export function parseFieldsV1(value: unknown): FieldSet {
  if (value === undefined || value === null) return LEAF;
  const set = parseNode(value);
  if (set['.'] === undefined) return set;
  const { '.': _, ...rest } = set;
  return rest;
}

function parseNode(value: unknown): FieldSet {
  if (!isJsonObject(value)) {
    if (value === null) return LEAF;
    throw new SyntaxError('a field set must be an object');
  }
  const source = value as Record<string, unknown>;
  let canonical = true;
  let previous = '';
  let member = false;
  const elements: PathElement[] = [];
  const nodes: FieldSet[] = [];
  for (const key of Object.keys(source)) {
    if (key === '.') {
      member = true;
      canonical &&= previous === '' && isJsonObject(source[key]) && isEmptySet(source[key] as FieldSet);
      continue;
    }
    const element = canonicalElement(key);
    if (element === undefined) {
      canonical = false;
      continue;
    }
    const node = parseNode(source[key]);
    canonical &&= element === key && node === source[key] && (previous === '' || compareElements(previous, element) < 0);
    previous = element;
    elements.push(element);
    nodes.push(node);
  }
  if (canonical && (elements.length > 0 || !member)) return source as unknown as FieldSet;
  return makeNode(member, elements, nodes);
}
