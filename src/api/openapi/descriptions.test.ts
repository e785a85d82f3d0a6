import { expect, test } from 'vitest';
import { loadFacts } from '../facts/facts.ts';
import { describeFromClientPackage, parseDeclaration } from './descriptions.ts';

test('comments before a class and its properties are its descriptions', () => {
  const found = parseDeclaration(`/**
 * Header of the file.
 */
import { V1Other } from '../models/V1Other.js';
/**
* What it\\'s for.
*/
export declare class V1Thing {
    /**
    * Where to go on.
    */
    '_continue'?: string;
    'bare'?: string;
    /**
    * A list\\'s type.
    */
    'x_kubernetes_list_type'?: string;
    static readonly discriminator: string | undefined;
}
`);
  expect(found.type).toBe("What it's for.");
  expect([...found.fields]).toEqual([
    ['continue', 'Where to go on.'],
    ['x-kubernetes-list-type', "A list's type."],
  ]);
});

test('nearly every type is described by the installed client package', () => {
  const facts = loadFacts();
  const describe = describeFromClientPackage();
  const without = facts.typeNames().filter((name) => {
    const type = facts.typeByName(name);
    return type !== undefined && describe(type).fields.size === 0 && describe(type).type === undefined;
  });
  expect(new Set(without.map((name) => name.split('.').at(-1)))).toEqual(
    new Set([
      'CreateOptions',
      'CustomResourceSubresourceStatus',
      'JSONSchemaPropsOrArray',
      'JSONSchemaPropsOrBool',
      'JSONSchemaPropsOrStringArray',
      'PartialObjectMetadata',
      'PartialObjectMetadataList',
      'Patch',
    ]),
  );
});
