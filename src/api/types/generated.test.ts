import { expect, expectTypeOf, test } from 'vitest';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { loadFacts } from '../facts/facts.ts';
import type { JsonObject } from '../../machinery/json.ts';
import { decodeTyped } from './decode.ts';
import type { CustomResourceDefinition, JSONSchemaProps } from './generated/apiextensions-v1.ts';
import type { Deployment } from './generated/apps-v1.ts';
import type { Container, Pod } from './generated/core-v1.ts';
import type { ClusterRole, PolicyRule } from './generated/rbac-v1.ts';

test('kinds are objects of the API, with their own apiVersion and kind', () => {
  expectTypeOf<Deployment>().toExtend<KubeObject>();
  expectTypeOf<CustomResourceDefinition>().toExtend<KubeObject>();
  expectTypeOf<Deployment['apiVersion']>().toEqualTypeOf<'apps/v1'>();
  expectTypeOf<Pod['kind']>().toEqualTypeOf<'Pod'>();
});

test('required fields are there, others may be absent, lists without omitempty may be null', () => {
  expectTypeOf<Container['name']>().toEqualTypeOf<string>();
  expectTypeOf<Container['image']>().toEqualTypeOf<string | undefined>();
  expectTypeOf<ClusterRole['rules']>().toEqualTypeOf<PolicyRule[] | null | undefined>();
  expectTypeOf<JSONSchemaProps['additionalProperties']>().toEqualTypeOf<JSONSchemaProps | boolean | undefined>();
});

test('an object written with a type decodes without a finding', () => {
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a' },
    spec: { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80, protocol: 'TCP' }], livenessProbe: { httpGet: { port: 'http' } } }] },
  };
  const type = loadFacts().typeOfKind('', 'v1', 'Pod');
  expect(type && decodeTyped(pod as unknown as JsonObject, type).strictErrors).toEqual([]);
});
