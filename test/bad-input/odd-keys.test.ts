import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestCluster, type TestCluster } from '../support/cluster.ts';
import { RawClient } from '../support/raw-client.ts';

/** Names that mean something to JavaScript's objects, and nothing to Kubernetes. */
const ODD_KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'];
const CONFIG_MAPS = '/api/v1/namespaces/odd/configmaps';

let cluster: TestCluster;
let client: RawClient;

beforeAll(async () => {
  cluster = await startTestCluster();
  client = new RawClient(cluster);
  await client.ok({ path: '/api/v1/namespaces', body: '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"odd"}}' });
});

afterAll(async () => {
  client.close();
  expect(cluster.log).toEqual([]);
  await cluster.close();
});

/** Text, since an object literal would take `__proto__` for its prototype. */
function pairs(value: string): string {
  return `{${ODD_KEYS.map((k) => `${JSON.stringify(k)}:${value}`).join(',')}}`;
}

function own(object: unknown): Map<string, unknown> {
  return new Map(Object.entries(object as object));
}

function expectUntouched(): void {
  const plain: Record<string, unknown> = {};
  expect(plain['polluted']).toBeUndefined();
  expect(Object.getPrototypeOf(plain)).toBe(Object.prototype);
}

const EXPECTED = new Map(ODD_KEYS.map((k) => [k, 'v'] as const));

describe('names that JavaScript knows are names like others', () => {
  test('as keys of data, created, read, listed and watched', async () => {
    // Annotation names end with a letter or digit, so that `__proto__` is none; data keys may be all of them.
    const annotations = '{"constructor":"v","toString":"v","example.com/hasOwnProperty":"v"}';
    await client.ok({ path: CONFIG_MAPS, body: `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"data","annotations":${annotations}},"data":${pairs('"v"')}}` });
    const read = await client.ok({ path: `${CONFIG_MAPS}/data` });
    expect(own(read['data'])).toEqual(EXPECTED);
    const list = await client.ok({ path: CONFIG_MAPS });
    expect(own((list['items'] as Record<string, unknown>[])[0]?.['data'])).toEqual(EXPECTED);
    const watched = await client.send({ path: `${CONFIG_MAPS}?watch=true&timeoutSeconds=1&resourceVersion=0` });
    const event = JSON.parse(watched.text.split('\n')[0] ?? '') as { object: Record<string, unknown> };
    expect(own(event.object['data'])).toEqual(EXPECTED);
    const table = await client.send({ path: CONFIG_MAPS, headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' } });
    expect((table.json()['rows'] as { cells: unknown[] }[])[0]?.cells.slice(0, 2)).toEqual(['data', ODD_KEYS.length]);
    expectUntouched();
  });

  test.each([
    ['application/merge-patch+json', () => `{"data":${pairs('"v"')}}`],
    ['application/strategic-merge-patch+json', () => `{"data":${pairs('"v"')}}`],
    ['application/json-patch+json', () => `[${ODD_KEYS.map((k) => `{"op":"add","path":"/data/${k}","value":"v"}`).join(',')}]`],
    ['application/apply-patch+yaml', () => `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"NAME"},"data":${pairs('"v"')}}`],
  ])('in a patch of type %s', async (contentType, body) => {
    const name = `patched-${contentType.replace(/[^a-z]+/g, '-')}`;
    await client.ok({ path: CONFIG_MAPS, body: `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"${name}"},"data":{"a":"1"}}` });
    const patched = await client.ok({ method: 'PATCH', path: `${CONFIG_MAPS}/${name}?fieldManager=odd`, contentType, body: body().replace('NAME', name) });
    expect(own(patched['data'])).toEqual(new Map([['a', '1'], ...EXPECTED]));
    const { managedFields } = patched['metadata'] as { managedFields: { manager: string; fieldsV1: { 'f:data': object } }[] };
    const fields = managedFields.find((m) => m.manager === 'odd')?.fieldsV1['f:data'];
    expect(Object.keys(fields ?? {}).sort()).toEqual(ODD_KEYS.map((k) => `f:${k}`).sort());
    const removed = await client.ok({ method: 'PATCH', path: `${CONFIG_MAPS}/${name}`, contentType: 'application/merge-patch+json', body: `{"data":${pairs('null')}}` });
    expect(own(removed['data'])).toEqual(new Map([['a', '1']]));
    expectUntouched();
  });

  test('an applier that leaves them out takes them away', async () => {
    const apply = (data: string): Promise<Record<string, unknown>> =>
      client.ok({ method: 'PATCH', path: `${CONFIG_MAPS}/applied?fieldManager=odd`, contentType: 'application/apply-patch+yaml', body: `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"applied"},"data":${data}}` });
    await apply(pairs('"v"'));
    expect(own((await apply('{"constructor":"w"}'))['data'])).toEqual(new Map([['constructor', 'w']]));
  });

  test('in free-form custom resources, and as names of fields in a schema', async () => {
    const properties = `{"free":{"type":"object","x-kubernetes-preserve-unknown-fields":true},"named":{"type":"object","properties":${pairs('{"type":"string","default":"v"}')}},"map":{"type":"object","additionalProperties":{"type":"string"}}}`;
    await client.ok({
      path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
      body: `{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"odds.example.com"},"spec":{"group":"example.com","scope":"Namespaced","names":{"plural":"odds","kind":"Odd"},"versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":${properties}}}}]}}`,
    });
    const made = await client.ok({ path: '/apis/example.com/v1/namespaces/odd/odds', body: `{"apiVersion":"example.com/v1","kind":"Odd","metadata":{"name":"x"},"free":${pairs('{"polluted":true}')},"named":{},"map":${pairs('"v"')}}` });
    expect(own(made['named'])).toEqual(EXPECTED);
    expect(own(made['map'])).toEqual(EXPECTED);
    expect([...own(made['free']).keys()].sort()).toEqual([...ODD_KEYS].sort());
    const read = await client.ok({ path: '/apis/example.com/v1/namespaces/odd/odds/x' });
    expect(own(read['free'])).toEqual(own(made['free']));
    expectUntouched();
  });

  test('unknown fields of such names are unknown fields', async () => {
    for (const key of ODD_KEYS) {
      const answer = await client.send({ path: `${CONFIG_MAPS}?fieldValidation=Strict`, body: `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"y"},${JSON.stringify(key)}:{"polluted":true}}` });
      expect([answer.status, answer.json()['message']]).toEqual([400, `ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "${key}"`]);
    }
    expectUntouched();
  });

  test('such kinds, groups, resources and fields do not exist', async () => {
    for (const key of ODD_KEYS) {
      for (const path of [`/apis/${key}`, `/apis/${key}/v1/x`, `/api/${key}/x`, `/apis/apps/${key}/deployments`, `/api/v1/${key}`, `/api/v1/namespaces/odd/${key}`, `/api/v1/namespaces/odd/configmaps/data/${key}`, `/${key}`, `/openapi/v3/${key}`]) {
        expect([path, (await client.send({ path })).status]).toEqual([path, 404]);
      }
      expect((await client.send({ path: CONFIG_MAPS, body: `{"apiVersion":"v1","kind":"${key}","metadata":{"name":"y"}}` })).status).toBe(400);
      expect((await client.send({ path: CONFIG_MAPS, body: `{"apiVersion":"${key}","kind":"ConfigMap","metadata":{"name":"y"}}` })).status).toBe(400);
      expect((await client.send({ path: `${CONFIG_MAPS}?fieldSelector=${key}%3Dx` })).json()['message']).toContain(`"${key}" is not a known field selector`);
      expect((await client.send({ path: `${CONFIG_MAPS}/data`, headers: { accept: `application/json;as=${key};v=v1;g=meta.k8s.io` } })).status).toBe(406);
      expect((await client.send({ path: `${CONFIG_MAPS}/data?${key}=1&dryRun=${key}` })).status).toBe(200);
    }
  });

  test('as labels where they are such, in selectors and as names', async () => {
    await client.ok({ path: CONFIG_MAPS, body: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"constructor","labels":{"constructor":"prototype","toString":""}}}' });
    const selected = await client.ok({ path: `${CONFIG_MAPS}?labelSelector=constructor%3Dprototype,toString,!valueOf` });
    expect((selected['items'] as { metadata: { name: string } }[]).map((i) => i.metadata.name)).toEqual(['constructor']);
    expect((await client.ok({ path: `${CONFIG_MAPS}?labelSelector=valueOf` }))['items']).toEqual([]);
    const refused = await client.send({ path: CONFIG_MAPS, body: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"z","labels":{"__proto__":"x"}}}' });
    expect([refused.status, refused.json()['message']]).toEqual([422, expect.stringMatching(/metadata\.labels: Invalid value: "__proto__": name part must consist of/)]);
    await client.ok({ path: '/api/v1/namespaces', body: '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"constructor"}}' });
    expect((await client.ok({ path: '/api/v1/namespaces/constructor/configmaps' }))['items']).toEqual([]);
  });
});
