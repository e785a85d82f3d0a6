/**
 * Sets of field paths. A set is FieldsV1 itself: a trie of plain JSON whose keys are path elements. A node without keys
 * is a path of the set that has nothing below; `.` says that a node with more below is itself a path of the set.
 *
 *     {"f:spec":{"f:ports":{"k:{\"name\":\"a\"}":{".":{},"f:port":{}}}}}
 *
 * holds `.spec.ports[name="a"]` and `.spec.ports[name="a"].port`. Sets are never changed, keys stand in Kubernetes'
 * canonical order, and results share what they have in common with the operands: a set read from a stored object is
 * used as it is, and an operation costs what its smaller operand holds rather than what the object has.
 */
import { compareElements, type PathElement } from './path-element.ts';

export interface FieldSet {
  readonly [element: PathElement]: FieldSet;
}

type Draft = Record<PathElement, FieldSet>;

/** As the root: the empty set. Below the root: a path of the set with nothing below it. */
export const LEAF: FieldSet = Object.freeze({});
export const EMPTY_SET: FieldSet = LEAF;

export function isEmptySet(set: FieldSet): boolean {
  for (const _ in set) return false;
  return true;
}

/** Whether the place that this node (not the root) stands for is a path of the set. */
export function isMember(node: FieldSet): boolean {
  return node['.'] !== undefined || isEmptySet(node);
}

/** A node with `children` at `elements` (any order, no repeats); `member` where the place itself is a path of the set. */
export function makeNode(member: boolean, elements: readonly PathElement[], children: readonly FieldSet[]): FieldSet {
  if (elements.length === 0) return LEAF;
  const node: Draft = {};
  if (member) node['.'] = LEAF;
  let sorted = true;
  for (let i = 1; sorted && i < elements.length; i++) sorted = compareElements(elements[i - 1] ?? '', elements[i] ?? '') < 0;
  if (sorted) {
    for (let i = 0; i < elements.length; i++) node[elements[i] ?? ''] = children[i] ?? LEAF;
    return node;
  }
  const order = elements.map((_, i) => i).sort((a, b) => compareElements(elements[a] ?? '', elements[b] ?? ''));
  for (const i of order) node[elements[i] ?? ''] = children[i] ?? LEAF;
  return node;
}

export function setOfPaths(paths: Iterable<readonly PathElement[]>): FieldSet {
  let set = EMPTY_SET;
  for (const path of paths) {
    if (path.length === 0) continue;
    let node = LEAF;
    for (let i = path.length - 1; i >= 0; i--) node = { [path[i] ?? '']: node };
    set = union(set, node);
  }
  return set;
}

/** A set of paths through fields only: `[['status'], ['metadata', 'labels']]`. */
export function setOfFieldPaths(paths: Iterable<readonly string[]>): FieldSet {
  return setOfPaths([...paths].map((path) => path.map((name) => `f:${name}`)));
}

export function has(set: FieldSet, path: readonly PathElement[]): boolean {
  const node = path.length === 0 ? undefined : nodeAt(set, path);
  return node !== undefined && isMember(node);
}

export function nodeAt(set: FieldSet, path: readonly PathElement[]): FieldSet | undefined {
  let node: FieldSet | undefined = set;
  for (const element of path) node = node?.[element];
  return node;
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || isEmptySet(b)) return a;
  if (isEmptySet(a)) return b;
  return mergeNodes(a, b);
}

/** Neither is empty, or both are nodes below the root. */
function uniteNodes(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b) return a;
  if (isEmptySet(b)) return withMember(a);
  if (isEmptySet(a)) return withMember(b);
  return mergeNodes(a, b);
}

function withMember(node: FieldSet): FieldSet {
  return isMember(node) ? node : { '.': LEAF, ...node };
}

function mergeNodes(a: FieldSet, b: FieldSet): FieldSet {
  const added: PathElement[] = [];
  let changed: Draft | undefined;
  for (const element in b) {
    const left = a[element];
    const right = b[element] ?? LEAF;
    if (left === undefined) {
      added.push(element);
      continue;
    }
    const united = uniteNodes(left, right);
    if (united !== left) (changed ??= { ...a })[element] = united;
  }
  if (added.length === 0) return changed ?? a;
  const merged: Draft = {};
  let i = 0;
  const source = changed ?? a;
  for (const element in source) {
    for (let next = added[i]; next !== undefined && compareElements(next, element) < 0; next = added[++i]) merged[next] = b[next] ?? LEAF;
    merged[element] = source[element] ?? LEAF;
  }
  for (; i < added.length; i++) merged[added[i] ?? ''] = b[added[i] ?? ''] ?? LEAF;
  return merged;
}

/** The paths of `a` that are not in `b`. What lies below a path of `b` stays. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  return subtract(a, b, false) ?? EMPTY_SET;
}

/** The paths of `a` that are not in `b` nor below a path of `b`. */
export function recursiveDifference(a: FieldSet, b: FieldSet): FieldSet {
  return subtract(a, b, true) ?? EMPTY_SET;
}

/** The children of `a` (and its `.`) less those of `b`; undefined when nothing is left. */
function subtract(a: FieldSet, b: FieldSet, recursive: boolean): FieldSet | undefined {
  let changed: Map<PathElement, FieldSet | undefined> | undefined;
  for (const element in b) {
    const node = a[element];
    if (node === undefined || element === '.') continue;
    const rest = subtractNode(node, b[element] ?? LEAF, recursive);
    if (rest !== node) (changed ??= new Map()).set(element, rest);
  }
  if (changed === undefined) return isEmptySet(a) ? undefined : a;
  let left: Draft | undefined;
  for (const element in a) {
    const node = changed.has(element) ? changed.get(element) : a[element];
    if (node !== undefined) (left ??= {})[element] = node;
  }
  return left;
}

function subtractNode(a: FieldSet, b: FieldSet, recursive: boolean): FieldSet | undefined {
  const removed = isMember(b);
  if (removed && recursive) return undefined;
  if (isEmptySet(a)) return removed ? undefined : a;
  const rest = subtract(a, b, recursive);
  if (rest?.['.'] === undefined) return rest;
  const { '.': _, ...below } = rest;
  if (isEmptySet(below)) return removed ? undefined : LEAF;
  return removed ? below : rest;
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b) return a;
  const elements: PathElement[] = [];
  const nodes: FieldSet[] = [];
  for (const element in a) {
    const right = b[element];
    if (right === undefined || element === '.') continue;
    const node = intersectNodes(a[element] ?? LEAF, right);
    if (node === undefined) continue;
    elements.push(element);
    nodes.push(node);
  }
  return makeNode(false, elements, nodes);
}

function intersectNodes(a: FieldSet, b: FieldSet): FieldSet | undefined {
  if (a === b) return a;
  const member = isMember(a) && isMember(b);
  const below = intersection(a, b);
  if (isEmptySet(below)) return member ? LEAF : undefined;
  return member ? { '.': LEAF, ...below } : below;
}

/** Equal sets have equal texts; this compares without making them. */
export function equalSets(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true;
  let count = 0;
  for (const element in a) {
    count++;
    const right = b[element];
    if (right === undefined || !equalSets(a[element] ?? LEAF, right)) return false;
  }
  for (const _ in b) count--;
  return count === 0;
}

/** Every path of the set: of one place first the paths that end there, then those that go on, each in canonical order. */
export function* paths(set: FieldSet): Generator<PathElement[]> {
  yield* pathsBelow(set, []);
}

function* pathsBelow(node: FieldSet, prefix: readonly PathElement[]): Generator<PathElement[]> {
  for (const element in node) {
    if (element !== '.' && isMember(node[element] ?? LEAF)) yield [...prefix, element];
  }
  for (const element in node) {
    const child = node[element] ?? LEAF;
    if (element !== '.' && !isEmptySet(child)) yield* pathsBelow(child, [...prefix, element]);
  }
}

/** The paths of the set below which the set holds nothing. */
export function leaves(set: FieldSet): FieldSet {
  const elements: PathElement[] = [];
  const nodes: FieldSet[] = [];
  for (const element in set) {
    if (element === '.') continue;
    const node = set[element] ?? LEAF;
    elements.push(element);
    nodes.push(isEmptySet(node) ? LEAF : leaves(node));
  }
  return makeNode(false, elements, nodes);
}
