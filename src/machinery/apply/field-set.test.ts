import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import {
  difference,
  EMPTY_SET,
  equalSets,
  has,
  intersection,
  isEmptySet,
  leaves,
  paths,
  recursiveDifference,
  setOfFieldPaths,
  setOfPaths,
  union,
  type FieldSet,
} from './field-set.ts';
import { parseFieldsV1 } from './fields-v1.ts';
import { compareElements } from './path-element.ts';

const element = fc.constantFrom('f:a', 'f:b', 'f:c', 'k:{"name":"x"}', 'k:{"name":"y"}', 'v:"x"', 'i:0');
const path = fc.array(element, { minLength: 1, maxLength: 4 });
const pathList = fc.array(path, { maxLength: 12 });

/** The naive model: a set of paths as texts. */
const texts = (set: FieldSet): Set<string> => new Set([...paths(set)].map((p) => JSON.stringify(p)));
const textsOf = (list: readonly string[][]): Set<string> => new Set(list.map((p) => JSON.stringify(p)));
const isBelow = (text: string, above: string): boolean => text === above || text.startsWith(`${above.slice(0, -1)},`);

function expectCanonical(node: FieldSet, root = true): void {
  const keys = Object.keys(node);
  if (root) expect(keys).not.toContain('.');
  expect(keys).not.toEqual(['.']);
  expect([...keys].sort(compareElements)).toEqual(keys);
  for (const key of keys) {
    if (key === '.') expect(node[key]).toEqual({});
    else expectCanonical(node[key] ?? {}, false);
  }
}

describe('field sets', () => {
  test('are FieldsV1', () => {
    expect(setOfPaths([['f:spec', 'f:b'], ['f:spec'], ['f:spec', 'f:a', 'v:"x"']])).toEqual({ 'f:spec': { '.': {}, 'f:a': { 'v:"x"': {} }, 'f:b': {} } });
    expect(setOfFieldPaths([['metadata', 'labels'], ['status']])).toEqual({ 'f:metadata': { 'f:labels': {} }, 'f:status': {} });
  });

  test('of one place list the paths that end there before those that go on', () => {
    const set = { 'f:a': { 'f:x': {} }, 'f:b': { '.': {}, 'f:y': {} } };
    expect([...paths(set)]).toEqual([['f:b'], ['f:a', 'f:x'], ['f:b', 'f:y']]);
  });

  test('a recursive difference takes what is below, a plain one does not', () => {
    const set = setOfFieldPaths([['status'], ['status', 'a'], ['spec']]);
    const status = setOfFieldPaths([['status']]);
    expect(difference(set, status)).toEqual({ 'f:spec': {}, 'f:status': { 'f:a': {} } });
    expect(recursiveDifference(set, status)).toEqual({ 'f:spec': {} });
  });

  test('leaves are the paths with nothing below', () => {
    expect(leaves({ 'f:a': { '.': {}, 'f:x': {} }, 'f:b': {} })).toEqual({ 'f:a': { 'f:x': {} }, 'f:b': {} });
  });

  test('results share what does not change', () => {
    const set = { 'f:a': { 'f:x': {} }, 'f:b': { 'f:y': {}, 'f:z': {} } };
    expect(difference(set, { 'f:c': {} })).toBe(set);
    expect(union(set, { 'f:b': { 'f:y': {} } })).toBe(set);
    expect(difference(set, { 'f:b': { 'f:y': {} } })['f:a']).toBe(set['f:a']);
  });

  test('keep the laws of sets, and the canonical form', () => {
    fc.assert(
      fc.property(pathList, pathList, (listA, listB) => {
        const a = setOfPaths(listA);
        const b = setOfPaths(listB);
        const [inA, inB] = [textsOf(listA), textsOf(listB)];
        expect(texts(a)).toEqual(inA);
        expect(texts(union(a, b))).toEqual(inA.union(inB));
        expect(texts(intersection(a, b))).toEqual(inA.intersection(inB));
        expect(texts(difference(a, b))).toEqual(inA.difference(inB));
        expect(texts(recursiveDifference(a, b))).toEqual(new Set([...inA].filter((x) => ![...inB].some((y) => isBelow(x, y)))));
        expect(listA.every((p) => has(a, p))).toBe(true);
        expect(isEmptySet(difference(a, a))).toBe(true);
        expect(equalSets(union(a, b), union(b, a))).toBe(true);
        for (const set of [a, union(a, b), intersection(a, b), difference(a, b), recursiveDifference(a, b), leaves(a)]) expectCanonical(set);
      }),
    );
  });
});

describe('FieldsV1', () => {
  test('goes round as it is', () => {
    fc.assert(
      fc.property(pathList, (list) => {
        const set = setOfPaths(list);
        expect(parseFieldsV1(set)).toBe(set);
        const parsed = parseFieldsV1(JSON.parse(JSON.stringify(set)));
        expect(JSON.stringify(parsed)).toBe(JSON.stringify(set));
      }),
    );
  });

  test.each<[string, unknown, unknown]>([
    ['nothing', undefined, {}],
    ['null', null, {}],
    ['a root that is a member', { '.': {} }, {}],
    ['fields out of order', { 'f:b': {}, 'f:a': {} }, { 'f:a': {}, 'f:b': {} }],
    ['a place that comes last', { 'f:a': { 'f:x': {}, '.': {} } }, { 'f:a': { '.': {}, 'f:x': {} } }],
    ['a place that is all there is', { 'f:a': { '.': {} } }, { 'f:a': {} }],
    ['keys out of order', { 'k:{"b":1,"a":2}': {} }, { 'k:{"a":2,"b":1}': {} }],
    ['steps of unknown kinds', { 'x:data': {} }, {}],
    ['a place with unknown steps only', { 'f:a': { 'x:data': {} } }, { 'f:a': {} }],
  ])('makes %s canonical', (_, value, expected) => {
    expect(JSON.stringify(parseFieldsV1(value))).toBe(JSON.stringify(expected));
    expect(equalSets(EMPTY_SET, {})).toBe(true);
  });

  test.each<[string, unknown]>([
    ['a list', []],
    ['a string', 'f:a'],
    ['a number below', { 'f:a': 1 }],
    ['a name without a kind', { data: {} }],
    ['an inherited name', JSON.parse('{"__proto__":{}}')],
    ['a broken key', { 'k:{': {} }],
  ])('refuses %s', (_, value) => {
    expect(() => parseFieldsV1(value)).toThrow(SyntaxError);
  });
});
