import { assert, dictionary, jsonValue, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { jsonPatchBetween } from './json-patch-diff.ts';
import { applyJsonPatch } from './json-patch.ts';
import type { JsonObject } from './json.ts';

test.each<[JsonObject, JsonObject, object[]]>([
  [{ a: 1 }, { a: 1 }, []],
  [{ a: 1, b: 2 }, { a: 2 }, [{ op: 'remove', path: '/b' }, { op: 'replace', path: '/a', value: 2 }]],
  [{ labels: {} }, { labels: { 'a/b~c': 'd' } }, [{ op: 'add', path: '/labels/a~1b~0c', value: 'd' }]],
  [{ list: [1, 2, 3] }, { list: [1, 4] }, [{ op: 'replace', path: '/list/1', value: 4 }, { op: 'remove', path: '/list/2' }]],
  [{ list: [1] }, { list: [1, { a: 2 }] }, [{ op: 'add', path: '/list/-', value: { a: 2 } }]],
  [{ a: [1] }, { a: {} }, [{ op: 'replace', path: '/a', value: {} }]],
])('from %j to %j', (before, after, operations) => {
  expect(jsonPatchBetween(before, after)).toEqual(operations);
});

test('the operations make the one out of the other, whatever both are', () => {
  const json = dictionary(string(), jsonValue({ maxDepth: 3 }));
  assert(
    property(json, json, (one, other) => {
      const [before, after] = [one, other].map((value) => JSON.parse(JSON.stringify(value)) as JsonObject) as [JsonObject, JsonObject];
      expect(applyJsonPatch(before, jsonPatchBetween(before, after))).toEqual(after);
    }),
  );
});
