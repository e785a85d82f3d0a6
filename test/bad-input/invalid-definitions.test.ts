import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestCluster, type TestCluster } from '../support/cluster.ts';
import { RawClient } from '../support/raw-client.ts';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

let cluster: TestCluster;
let client: RawClient;

beforeAll(async () => {
  cluster = await startTestCluster();
  client = new RawClient(cluster);
});

afterAll(async () => {
  client.close();
  expect(cluster.log).toEqual([]);
  await cluster.close();
});

interface Definition {
  readonly name?: string;
  readonly schema?: unknown;
  readonly version?: object;
  readonly spec?: object;
}

function definition({ name = 'gizmos.example.com', schema = { type: 'object' }, version = {}, spec = {} }: Definition): string {
  return JSON.stringify({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name },
    spec: {
      group: 'example.com',
      names: { plural: 'gizmos', kind: 'Gizmo' },
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema }, ...version }],
      ...spec,
    },
  });
}

const spec = (properties: object, extra: object = {}): object => ({ type: 'object', properties: { spec: { type: 'object', properties, ...extra } } });

test.each<[string, Definition, RegExp]>([
  ['a name that does not fit', { name: 'gadgets.example.com' }, /metadata\.name: Invalid value: "gadgets\.example\.com": must be spec\.names\.plural\+"\."\+spec\.group/],
  ['no versions', { spec: { versions: [] } }, /spec\.versions: Invalid value/],
  ['no storage version', { version: { storage: false } }, /must have exactly one version marked as storage version/],
  ['no schema', { version: { schema: {} } }, /spec\.versions\[0\]\.schema\.openAPIV3Schema: Required value/],
  ['a scope that there is not', { spec: { scope: 'Universe' } }, /spec\.scope: Unsupported value: "Universe"/],
  ['a group that Kubernetes keeps', { name: 'gizmos.example.k8s.io', spec: { group: 'example.k8s.io' } }, /metadata\.annotations\[api-approved\.kubernetes\.io\]: Required value/],
  ['a schema without a type', { schema: { properties: { spec: {} } } }, /openAPIV3Schema\.type: Required value: must not be empty at the root/],
  ['a field without a type', { schema: spec({ a: {} }) }, /properties\[spec\]\.properties\[a\]\.type: Required value: must not be empty for specified object fields/],
  ['a pattern that is none', { schema: spec({ a: { type: 'string', pattern: '(' } }) }, /pattern: Invalid value: "\(": must be a valid regular expression/],
  ['a default that does not fit', { schema: spec({ a: { type: 'integer', default: 'x' } }) }, /properties\[a\]\.default: Invalid value: "string"/],
  ['a reference', { schema: spec({ a: { $ref: '#/definitions/a' } }) }, /\$ref: Forbidden: \$ref is not supported/],
  ['a rule that does not compile', { schema: spec({ a: { type: 'integer' } }, { 'x-kubernetes-validations': [{ rule: 'self.b > 1' }] }) }, /rule: Invalid value: .*undefined field 'b'/s],
  ['a rule that costs too much', { schema: spec({ a: { type: 'array', items: { type: 'string' } } }, { 'x-kubernetes-validations': [{ rule: 'self.a.all(x, self.a.all(y, self.a.all(z, x == y || y == z)))' }] }) }, /estimated rule cost exceeds budget/],
  ['a list of a map without keys', { schema: spec({ a: { type: 'array', 'x-kubernetes-list-type': 'map', items: { type: 'object' } } }) }, /x-kubernetes-list-map-keys: Required value/],
  ['a printer column without a path', { version: { additionalPrinterColumns: [{ name: 'X', type: 'string', jsonPath: '' }] } }, /additionalPrinterColumns\[0\]\.JSONPath: Required value|jsonPath: Required value/],
  ['a scale without its path', { version: { subresources: { scale: { specReplicasPath: '.spec.replicas' } } } }, /statusReplicasPath: Required value/],
  ['a conversion webhook without a client', { spec: { conversion: { strategy: 'Webhook' } } }, /spec\.conversion\.webhookClientConfig: Required value|spec\.conversion\.webhook/],
])('%s', async (_name, options, expected) => {
  const answer = await client.send({ path: DEFINITIONS, body: definition(options) });
  expect(answer.text.replaceAll('\\"', '"')).toMatch(expected);
  expect([answer.status, answer.json()['reason']]).toEqual([422, 'Invalid']);
  expect((await client.ok({ path: DEFINITIONS }))['items']).toEqual([]);
  expect((await client.send({ path: '/apis/example.com/v1' })).status).toBe(404);
});

test('a schema as deep as the body allows is answered', async () => {
  let schema = '{"type":"string"}';
  for (let i = 0; i < 3000; i++) schema = `{"type":"object","properties":{"a":${schema}}}`;
  const answer = await client.send({ path: DEFINITIONS, body: definition({ schema: 0 }).replace('"openAPIV3Schema":0', `"openAPIV3Schema":${schema}`) });
  expect(answer.json()['kind']).toMatch(/^(Status|CustomResourceDefinition)$/);
  expect((await client.send({ path: '/readyz' })).text).toBe('ok');
});
