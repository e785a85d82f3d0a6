import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../json.ts';
import { DEPLOYMENT, WIDGET } from './sample-schemas.test-data.ts';
import { findTypedErrors, formatTypedErrors } from './typed-errors.ts';

const inSpec = (spec: JsonObject): string[] => findTypedErrors({ apiVersion: 'v1', kind: 'Widget', metadata: { name: 'a' }, spec }, WIDGET);
const containers = (...list: JsonObject[]): string[] => findTypedErrors({ spec: { template: { spec: { containers: list } } } }, DEPLOYMENT);

describe('what cannot be merged', () => {
  test.each<[JsonObject, string[]]>([
    [{ ports: [{ name: 'a', port: 1 }, { name: 'a', port: 2 }] }, ['.spec.ports: duplicate entries for key [name="a"]']],
    [{ tags: ['x', 'x'] }, ['.spec.tags: duplicate entries for key [="x"]']],
    [
      { ports: [{ port: 1 }] },
      ['.spec.ports: element 0: associative list with keys has an element that omits all key fields ["name"] (and doesn\'t have default values for any key fields)'],
    ],
    [{ ports: [null] }, ['.spec.ports: element 0: associative list with keys may not have a null element']],
    [{ ports: ['x'] }, ['.spec.ports: element 0: associative list with keys may not have non-map elements']],
    [{ tags: [null] }, [".spec.tags: element 0: associative list without keys has an element that's an explicit null"]],
    [{ tags: [{}] }, [".spec.tags: element 0: associative list without keys has an element that's a map type"]],
    [{ tags: [[]] }, ['.spec.tags: element 0: not supported: associative list with lists as elements']],
    [{ z: 1 }, ['.spec.z: field not declared in schema']],
    [{ n: 'three' }, ['.spec.n: expected numeric (int or float), got string']],
    [{ n: true }, ['.spec.n: expected numeric (int or float), got bool']],
    [{ n: { a: 1 } }, ['.spec.n: expected numeric (int or float), got map[string]interface {}']],
    [{ n: [] }, ['.spec.n: expected numeric (int or float), got []interface {}']],
    [{ s: 5 }, ['.spec.s: expected string, got &value.valueUnstructured{Value:5}']],
    [{ s: { b: [1.5, 'x'], a: null } }, ['.spec.s: expected string, got &value.valueUnstructured{Value:map[string]interface {}{"a":interface {}(nil), "b":[]interface {}{1.5, "x"}}}']],
    [{ b: 'yes' }, ['.spec.b: expected boolean, got &value.valueUnstructured{Value:"yes"}']],
    [{ args: [1] }, ['.spec.args[0]: expected string, got &value.valueUnstructured{Value:1}']],
    [{ gran: { k: 1 } }, ['.spec.gran.k: expected string, got &value.valueUnstructured{Value:1}']],
    [{ ports: { a: 'b' } }, ['.spec.ports: expected list, got &{map[a:b]}']],
    [{ gran: ['a', 'b'] }, ['.spec.gran: expected map, got &{[a b]}']],
  ])('%j', (spec, errors) => {
    expect(inSpec(spec)).toEqual(errors);
  });

  test.each<[string, JsonObject]>([
    ['null anywhere', { s: null, n: null, gran: null, ports: null, args: [null] }],
    ['numbers and strings where either may stand', { times: { a: 1, b: '25%' } }],
    ['anything where there is no schema', { any: { deep: [1, { x: null }] } }],
    ['items with one of their keys', {}],
  ])('%s can be merged', (_, spec) => {
    expect(inSpec(spec)).toEqual([]);
  });

  test('a key field that is left out has its default', () => {
    expect(containers({ name: 'c', ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'UDP' }] })).toEqual([]);
    expect(containers({ name: 'c', ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'TCP' }] })).toEqual([
      '.spec.template.spec.containers[name="c"].ports: duplicate entries for key [containerPort=80,protocol="TCP"]',
    ]);
    expect(containers({ image: 'x' })).toEqual([]);
  });

  test('several findings stand in lines of their own', () => {
    expect(formatTypedErrors(inSpec({ n: 'x', b: 1 }))).toBe(
      'errors:\n  .spec.n: expected numeric (int or float), got string\n  .spec.b: expected boolean, got &value.valueUnstructured{Value:1}',
    );
  });

  test('inherited names are not declared', () => {
    const value: unknown = JSON.parse('{"spec":{"__proto__":{"x":1}}}');
    expect(findTypedErrors(value, WIDGET)).toEqual(['.spec.__proto__: field not declared in schema']);
  });

  test('the number of findings is bounded', () => {
    expect(inSpec({ args: Array.from({ length: 5000 }, () => 1) }).length).toBeLessThanOrEqual(100);
  });
});
