import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { cloneJson, type JsonObject, type JsonValue } from '../../machinery/json.ts';
import { loadFacts } from '../facts/facts.ts';
import type { TypeFacts } from '../facts/type-facts.ts';
import { DecodeError } from './decode-error.ts';
import { decodeTyped, emptyObject } from './decode.ts';
import { applyFactDefaults } from './fact-defaults.ts';

const facts = loadFacts();

function typeOf(apiVersion: string, kind: string): TypeFacts {
  const slash = apiVersion.lastIndexOf('/');
  const type = facts.typeOfKind(slash < 0 ? '' : apiVersion.slice(0, slash), apiVersion.slice(slash + 1), kind);
  if (type === undefined) throw new Error(`no type for ${apiVersion} ${kind}`);
  return type;
}

function decode(apiVersion: string, kind: string, body: JsonValue): JsonObject {
  return decodeTyped(body, typeOf(apiVersion, kind)).object;
}

const podWith = (container: JsonObject): JsonObject => ({ spec: { containers: [{ name: 'c', ...container }] } });
const containerOf = (pod: JsonObject): JsonValue | undefined => ((pod['spec'] as JsonObject)['containers'] as JsonValue[])[0];

describe('what kube-apiserver answers decodes to itself', () => {
  const samples = JSON.parse(readFileSync(new URL('../protobuf/samples.json', import.meta.url), 'utf8')) as { json: JsonObject & { apiVersion: string; kind: string } }[];
  test.each(samples.map(({ json }) => [json.kind, json] as const))('%s', (_, json) => {
    expect(decodeTyped(cloneJson(json), typeOf(json.apiVersion, json.kind))).toEqual({ object: json, strictErrors: [] });
  });
});

describe('what is there and what is not', () => {
  test('a pointer keeps its zero, a value with omitempty loses it', () => {
    const deployment = decode('apps/v1', 'Deployment', { spec: { replicas: 0, paused: false, minReadySeconds: 0, selector: {}, template: {} } });
    expect(deployment['spec']).toEqual({ replicas: 0, selector: {}, strategy: {}, template: { metadata: {}, spec: { containers: null } } });
  });

  test('structs that are values appear, pointers to structs do not', () => {
    expect(decode('v1', 'Service', { metadata: { name: 'a' } })).toEqual({ metadata: { name: 'a' }, spec: {}, status: { loadBalancer: {} } });
    expect(containerOf(decode('v1', 'Pod', podWith({})))).toEqual({ name: 'c', resources: {} });
    expect(containerOf(decode('v1', 'Pod', podWith({ securityContext: {} })))).toEqual({ name: 'c', resources: {}, securityContext: {} });
  });

  test('null is as if nothing was given', () => {
    expect(decode('v1', 'ConfigMap', { metadata: null, data: null, immutable: null })).toEqual({ metadata: {} });
    expect(decode('v1', 'Pod', { metadata: { creationTimestamp: null, labels: null } })).toMatchObject({ metadata: {} });
  });

  test('null inside lists and maps is a zero value', () => {
    expect(containerOf(decode('v1', 'Pod', podWith({ args: [null, 'a'], env: [null] })))).toEqual({ name: 'c', args: ['', 'a'], env: [{ name: '' }], resources: {} });
    expect(decode('v1', 'ConfigMap', { data: { a: null } })['data']).toEqual({ a: '' });
  });

  test('empty lists and maps vanish, except where Go always shows them', () => {
    expect(decode('v1', 'ConfigMap', { metadata: { labels: {}, finalizers: [] }, data: {} })).toEqual({ metadata: {} });
    expect(decode('rbac.authorization.k8s.io/v1', 'ClusterRole', { rules: [] })['rules']).toEqual([]);
    expect(decode('rbac.authorization.k8s.io/v1', 'ClusterRole', {})['rules']).toBeNull();
  });

  test('times without omitempty are null until they are given', () => {
    const pod = decode('v1', 'Pod', { status: { conditions: [{ type: 'Ready', status: 'True' }] } });
    expect(pod['status']).toEqual({ conditions: [{ type: 'Ready', status: 'True', lastProbeTime: null, lastTransitionTime: null }] });
  });

  test('an empty struct holds what is always there', () => {
    expect(emptyObject(typeOf('v1', 'Node'))).toMatchObject({ metadata: {}, spec: {}, status: { daemonEndpoints: { kubeletEndpoint: { Port: 0 } } } });
  });

  test('what is canonical already is shared with the body', () => {
    const body: JsonObject = { metadata: { name: 'a', labels: { x: 'y' } }, data: { k: 'v' } };
    const { data } = body;
    const object = decode('v1', 'ConfigMap', body);
    expect(object).toBe(body);
    expect(object['data']).toBe(data);
  });
});

describe('canonical forms', () => {
  test.each([
    ['quantities', { limits: { cpu: '1000m', memory: '1024Mi', 'example.com/n': 3 } }, { limits: { cpu: '1', memory: '1Gi', 'example.com/n': '3' } }],
  ])('%s', (_, resources, expected) => {
    expect(containerOf(decode('v1', 'Pod', podWith({ resources })))).toMatchObject({ resources: expected });
  });

  test.each([
    ['2024-01-01T02:00:00.5+02:00', '2024-01-01T00:00:00Z'],
    ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59Z'],
    ['2024-01-01T00:00:00-00:30', '2024-01-01T00:30:00Z'],
  ])('the time %s becomes %s', (given, expected) => {
    expect(decode('v1', 'Pod', { status: { startTime: given } })['status']).toEqual({ startTime: expected });
  });

  test('microseconds stay microseconds', () => {
    const lease = decode('coordination.k8s.io/v1', 'Lease', { spec: { renewTime: '2024-01-01T02:00:00.123456+02:00' } });
    expect(lease['spec']).toEqual({ renewTime: '2024-01-01T00:00:00.123456Z' });
  });

  test('Go’s zero time is no time', () => {
    expect(decode('v1', 'Pod', { metadata: { creationTimestamp: '0001-01-01T00:00:00Z' } })['metadata']).toEqual({});
  });

  test.each([
    ['aGVsbG8=', 'aGVsbG8='],
    ['aGVs\nbG8=', 'aGVsbG8='],
    ['QR==', 'QQ=='],
  ])('base64 %j becomes %j', (given, expected) => {
    expect(decode('v1', 'Secret', { data: { k: given } })['data']).toEqual({ k: expected });
  });

  test('ports are numbers or names', () => {
    expect(containerOf(decode('v1', 'Pod', podWith({ livenessProbe: { httpGet: { port: 'http' } } })))).toMatchObject({ livenessProbe: { httpGet: { port: 'http' } } });
  });

  test('integers beyond 2^53 keep every digit', () => {
    const pod = decode('v1', 'Pod', { metadata: { generation: 9_007_199_254_740_993n } });
    expect(pod['metadata']).toEqual({ generation: 9_007_199_254_740_993n });
  });
});

describe('findings of strictness', () => {
  test('unknown fields are dropped and named, in the body’s order', () => {
    const { object, strictErrors } = decodeTyped(
      { spec: { template: { spec: { containers: [{ name: 'app', imagePullpolicy: 'x', ports: [{ containerPort: 80, portocol: 'TCP' }] }] } }, replcas: 3 }, extra: 1 },
      typeOf('apps/v1', 'Deployment'),
    );
    expect(strictErrors).toEqual([
      'unknown field "spec.template.spec.containers[0].imagePullpolicy"',
      'unknown field "spec.template.spec.containers[0].ports[0].portocol"',
      'unknown field "spec.replcas"',
      'unknown field "extra"',
    ]);
    expect(JSON.stringify(object)).not.toMatch(/imagePullpolicy|portocol|replcas|extra/);
  });

  test('names are case-sensitive', () => {
    expect(decodeTyped({ Data: { k: 'v' } }, typeOf('v1', 'ConfigMap'))).toEqual({ object: { metadata: {} }, strictErrors: ['unknown field "Data"'] });
  });

  test('a part of a body is named by its place', () => {
    const type = facts.typeByName('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta');
    expect(type && decodeTyped({ foo: 1 }, type, { at: ['metadata'] }).strictErrors).toEqual(['unknown field "metadata.foo"']);
  });

  test('map keys are part of the path', () => {
    const schema = { properties: { spec: { properties: { a: { type: 'string', minLenght: 1 } } } } };
    const { strictErrors } = decodeTyped(
      { spec: { versions: [{ name: 'v1', schema: { openAPIV3Schema: schema } }] } },
      typeOf('apiextensions.k8s.io/v1', 'CustomResourceDefinition'),
    );
    expect(strictErrors).toEqual(['unknown field "spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.a.minLenght"']);
  });

  test('inside additionalProperties and items unknown fields go unnoticed, as in Go', () => {
    const schema = { additionalProperties: { type: 'string', nope: 1 }, items: [{ nope: 2 }] };
    const { object, strictErrors } = decodeTyped(
      { spec: { versions: [{ name: 'v1', schema: { openAPIV3Schema: schema } }] } },
      typeOf('apiextensions.k8s.io/v1', 'CustomResourceDefinition'),
    );
    expect(strictErrors).toEqual([]);
    expect(JSON.stringify(object)).not.toContain('nope');
  });

  test('a hundred findings are enough', () => {
    const body = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`f${i}`, 1]));
    expect(decodeTyped(body, typeOf('v1', 'ConfigMap')).strictErrors).toHaveLength(100);
  });

  test('keys like __proto__ are unknown fields, and data in maps', () => {
    const body = JSON.parse('{"__proto__": {"a": 1}, "data": {"__proto__": "x", "constructor": "y"}}') as JsonObject;
    const { object, strictErrors } = decodeTyped(body, typeOf('v1', 'ConfigMap'));
    expect(strictErrors).toEqual(['unknown field "__proto__"']);
    expect(Object.keys(object['data'] as JsonObject)).toEqual(['__proto__', 'constructor']);
    expect(Object.keys(object)).toEqual(['data', 'metadata']);
  });
});

describe('bodies that do not fit', () => {
  const deployment = (spec: JsonObject): JsonObject => ({ spec });
  test.each<[string, string, JsonValue, string]>([
    ['apps/v1', 'Deployment', deployment({ replicas: '3' }), 'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32'],
    ['apps/v1', 'Deployment', deployment({ replicas: 99_999_999_999 }), 'json: cannot unmarshal number 99999999999 into Go struct field DeploymentSpec.spec.replicas of type int32'],
    ['apps/v1', 'Deployment', deployment({ replicas: 1.5 }), 'json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32'],
    ['apps/v1', 'Deployment', deployment({ template: [] }), 'json: cannot unmarshal array into Go struct field DeploymentSpec.spec.template of type v1.PodTemplateSpec'],
    ['v1', 'ConfigMap', { immutable: 'true' }, 'json: cannot unmarshal string into Go struct field ConfigMap.immutable of type bool'],
    ['v1', 'ConfigMap', { data: 'text' }, 'json: cannot unmarshal string into Go struct field ConfigMap.data of type map[string]string'],
    ['v1', 'ConfigMap', { data: { a: 1 } }, 'json: cannot unmarshal number into Go struct field ConfigMap.data of type string'],
    ['v1', 'Pod', { spec: { containers: {} } }, 'json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container'],
    ['v1', 'Pod', { spec: { containers: ['x'] } }, 'json: cannot unmarshal string into Go struct field PodSpec.spec.containers of type v1.Container'],
    ['v1', 'Pod', { spec: { containers: [{ args: [1] }] } }, 'json: cannot unmarshal number into Go struct field Container.spec.containers.args of type string'],
    ['v1', 'Service', { spec: { ports: [{ targetPort: 1.5 }] } }, 'json: cannot unmarshal number 1.5 into Go struct field ServicePort.spec.ports.targetPort of type int32'],
    ['v1', 'Service', { spec: { ports: [{ targetPort: true }] } }, 'json: cannot unmarshal bool into Go struct field ServicePort.spec.ports.targetPort of type int32'],
    ['coordination.k8s.io/v1', 'Lease', { spec: { renewTime: 5 } }, 'json: cannot unmarshal number into Go struct field LeaseSpec.spec.renewTime of type string'],
    ['coordination.k8s.io/v1', 'Lease', { spec: { renewTime: 'yesterday' } }, 'parsing time "yesterday" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "yesterday" as "2006"'],
    ['coordination.k8s.io/v1', 'Lease', { spec: { renewTime: '2024-01-01T00:00:00Z' } }, 'parsing time "2024-01-01T00:00:00Z" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "Z" as ".000000"'],
    ['coordination.k8s.io/v1', 'Lease', { spec: { renewTime: '2024-01-01T00:00:00.1234567Z' } }, 'parsing time "2024-01-01T00:00:00.1234567Z" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "7Z" as "Z07:00"'],
    ['v1', 'Pod', { status: { startTime: '2024-13-01T00:00:00Z' } }, 'parsing time "2024-13-01T00:00:00Z": month out of range'],
    ['v1', 'Pod', { status: { startTime: '2023-02-29T00:00:00Z' } }, 'parsing time "2023-02-29T00:00:00Z": day out of range'],
    ['v1', 'Pod', { status: { startTime: '2024-01-01T00:00:00Zx' } }, 'parsing time "2024-01-01T00:00:00Zx": extra text: "x"'],
    ['v1', 'Pod', podWith({ resources: { limits: { cpu: 'lots' } } }), "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"],
    ['v1', 'Secret', { data: { k: '!!!!' } }, 'illegal base64 data at input byte 0'],
    ['v1', 'Secret', { data: { k: 'abc' } }, 'illegal base64 data at input byte 0'],
    ['v1', 'Secret', { data: { k: 'aGVsbG8=x' } }, 'illegal base64 data at input byte 8'],
    ['v1', 'Secret', { data: { k: 'aGVsbA=' } }, 'illegal base64 data at input byte 7'],
    ['v1', 'Service', { spec: { type: 1 } }, 'json: cannot unmarshal number into Go struct field ServiceSpec.spec.type of type v1.ServiceType'],
    ['v1', 'Service', { spec: { ipFamilies: 'IPv4' } }, 'json: cannot unmarshal string into Go struct field ServiceSpec.spec.ipFamilies of type []v1.IPFamily'],
    ['v1', 'Pod', { metadata: { uid: 1 } }, 'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.uid of type types.UID'],
    ['v1', 'ConfigMap', [], 'json: cannot unmarshal array into Go value of type v1.ConfigMap'],
  ])('%s %s %j', (apiVersion, kind, body, message) => {
    expect(() => decode(apiVersion, kind, body)).toThrow(new DecodeError(message));
  });

  test('types that refer to themselves nest so deep and no deeper', () => {
    let schema: JsonObject = {};
    for (let i = 0; i < 5000; i++) schema = { not: schema };
    const body = { spec: { versions: [{ name: 'v1', schema: { openAPIV3Schema: schema } }] } };
    expect(() => decode('apiextensions.k8s.io/v1', 'CustomResourceDefinition', body)).toThrow('exceeded max depth');
  });
});

describe('constant defaults', () => {
  test('are given at any depth, and only where nothing was given', () => {
    const type = typeOf('v1', 'Pod');
    const pod = decode('v1', 'Pod', podWith({ ports: [{ containerPort: 80 }, { containerPort: 53, protocol: 'UDP' }] }));
    applyFactDefaults(pod, type);
    expect(containerOf(pod)).toMatchObject({ ports: [{ containerPort: 80, protocol: 'TCP' }, { containerPort: 53, protocol: 'UDP' }] });
  });

  test('a second pass changes nothing', () => {
    const type = typeOf('v1', 'Service');
    const service = decode('v1', 'Service', { spec: { ports: [{ port: 80 }] } });
    applyFactDefaults(service, type);
    const once = cloneJson(service);
    applyFactDefaults(service, type);
    expect(service).toEqual(once);
    expect(service['spec']).toEqual({ ports: [{ port: 80, protocol: 'TCP' }] });
  });
});
