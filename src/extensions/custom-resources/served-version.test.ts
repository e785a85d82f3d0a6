import { describe, expect, test } from 'vitest';
import { loadFacts } from '../../api/facts/facts.ts';
import { formatFieldError } from '../../machinery/field-error.ts';
import { cloneJson, isJsonObject, type JsonObject } from '../../machinery/json.ts';
import type { StructSchema } from '../../machinery/merge-schema.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { CustomResourceDefinition } from './custom-resource-definition.ts';
import { CustomResourceKind } from './custom-resource-kind.ts';
import { customResourceTypes } from './custom-resource-types.ts';
import { defaultDefinition } from './definition-defaults.ts';
import { computeStatus } from './definition-status.ts';
import { databaseDefinition, definition, issuerDefinition, obj, routeDefinition, str, version } from './example-definitions.ts';
import { objectMetadata } from './object-metadata.ts';
import { describeForOpenApi } from './openapi-schema.ts';
import type { ServedVersion } from './served-version.ts';

const METADATA = objectMetadata(loadFacts());

function kindOf(made: CustomResourceDefinition, previous?: CustomResourceKind): CustomResourceKind {
  defaultDefinition(made);
  made.status = computeStatus({ ...made, status: { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: ['v1'] } }, [], 0);
  return new CustomResourceKind(made, { metadata: METADATA }, previous);
}
function read(served: ServedVersion, body: object): { object: KubeObject; strictErrors: readonly string[]; findings: string[] } {
  const { object, strictErrors } = served.decode({ apiVersion: served.apiVersion, kind: served.kind, metadata: { name: 'a' }, ...cloneJson(body) } as JsonObject);
  served.default(object);
  return { object, strictErrors, findings: served.validate(object).map(formatFieldError) };
}

describe('a database cluster', () => {
  const kind = kindOf(databaseDefinition());
  const served = kind.storageVersion;

  test('comes in whole: unknown fields named, defaults given, embedded metadata decoded', () => {
    const { object, strictErrors, findings } = read(served, {
      metadata: { name: 'a', labels: { app: 'x' }, colour: 'red' },
      spec: {
        version: 16,
        colour: 'red',
        instances: [{ name: 'one', sidecars: null, containers: [{ name: 'c', ports: [{ containerPort: 1 }], odd: true }], volumeClaim: { apiVersion: 'v1', kind: 'Claim', metadata: { name: 'v', odd: 1 }, spec: { storageClassName: 'fast', odd: 1 } } }],
      },
    });
    expect(strictErrors).toEqual([
      'unknown field "metadata.colour"',
      'unknown field "spec.colour"',
      'unknown field "spec.instances[0].containers[0].odd"',
      'unknown field "spec.instances[0].volumeClaim.spec.odd"',
      'unknown field "spec.instances[0].volumeClaim.metadata.odd"',
    ]);
    expect(object['spec']).toEqual({
      version: 16,
      replicas: 1,
      paused: false,
      backups: {},
      monitoring: { enabled: true, interval: '30s' },
      instances: [
        {
          name: 'one',
          replicas: 1,
          containers: [{ name: 'c', ports: [{ containerPort: 1, protocol: 'TCP' }] }],
          volumeClaim: { apiVersion: 'v1', kind: 'Claim', metadata: { name: 'v' }, spec: { storageClassName: 'fast' } },
        },
      ],
    });
    expect(findings).toEqual([]);
  });

  test.each<[string, object, string[]]>([
    ['a quantity that is none', { version: 16, instances: [{ name: 'a', storage: { size: 'large' } }] }, ["spec.instances[0].storage.size: Invalid value: \"large\": spec.instances[0].storage.size in body should match '^[0-9]+(\\.[0-9]+)?([EPTGMK]i?)?$'"]],
    ['the same port twice, one by default', { version: 16, instances: [{ name: 'a', containers: [{ name: 'c', ports: [{ containerPort: 1 }, { containerPort: 1, protocol: 'TCP' }] }] }] }, ['spec.instances[0].containers[0].ports[1]: Duplicate value: {"containerPort":1,"protocol":"TCP"}']],
    ['replicas below zero, by the schema and by the scale', { version: 16, replicas: -1 }, ['spec.replicas: Invalid value: -1: spec.replicas in body should be greater than or equal to 0', '.spec.replicas: Invalid value: -1: should be a non-negative integer']],
    ['an unknown format of a nested field', { version: 16, backups: { retention: 'soon' } }, ['spec.backups.retention: Invalid value: "soon": spec.backups.retention in body must be of type duration: "soon"']],
    ['nothing required', {}, ['spec.version: Required value']],
  ])('%s', (_, spec, expected) => {
    expect(read(served, { spec }).findings).toEqual(expected);
  });

  test('metadata of the wrong type are refused in the decoder\'s words', () => {
    expect(() => read(served, { metadata: { labels: 'x' } })).toThrow('json: cannot unmarshal string into Go struct field ObjectMeta.labels of type map[string]string');
    expect(() => read(served, { spec: { instances: [{ volumeClaim: { metadata: { labels: 'x' } } }] } })).toThrow(
      'spec.instances[0].volumeClaim.metadata: Invalid value: {"labels":"x"}: json: cannot unmarshal string into Go struct field ObjectMeta.labels of type map[string]string',
    );
  });

  test('is seen as a scale, and changed through it', () => {
    const { object } = read(served, { metadata: { name: 'a', namespace: 'n', uid: 'u' }, spec: { version: 16, replicas: 3 } });
    object['status'] = { replicas: 2, selector: 'app=x' };
    expect(served.scale?.toScale(object)).toEqual({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      metadata: { name: 'a', namespace: 'n', uid: 'u' },
      spec: { replicas: 3 },
      status: { replicas: 2, selector: 'app=x' },
    });
    served.scale?.applyScale(object, { kind: 'Scale', apiVersion: 'autoscaling/v1', metadata: {}, spec: { replicas: 5 } });
    expect((object['spec'] as JsonObject)['replicas']).toBe(5);
  });

  test('without replicas it has no scale to read', () => {
    expect(() => served.scale?.toScale({ apiVersion: served.apiVersion, kind: 'Cluster', metadata: { name: 'a' } })).toThrow('Internal error occurred: the spec replicas field ".spec.replicas" does not exist');
  });

  test('shows in a table', () => {
    const { object } = read(served, { metadata: { name: 'a', creationTimestamp: '2024-01-01T00:00:00Z' }, spec: { version: 16, instances: [{ name: 'one' }, { name: 'two' }], parameters: { b: 1, a: 'x' } } });
    expect(served.columns.definitions.map(({ name, type, format, priority }) => [name, type, format, priority])).toEqual([
      ['Name', 'string', 'name', 0],
      ['Version', 'integer', '', 0],
      ['Instances', 'string', '', 0],
      ['Parameters', 'string', '', 0],
      ['Paused', 'boolean', '', 0],
      ['Age', 'date', '', 0],
    ]);
    expect(served.cells(object, Date.parse('2024-01-03T00:00:00Z'))).toEqual(['a', 16, 'one', expect.stringContaining('"a":"x"'), false, '2d']);
    expect(served.cells({ apiVersion: served.apiVersion, kind: 'Cluster', metadata: { name: 'b' } }, 0)).toEqual(['b', null, null, null, null, null]);
  });

  test('is selected by the fields it declares', () => {
    const { object } = read(served, { spec: { version: 16 } });
    expect(served.selectableField('spec.version')?.(object)).toBe('16');
    expect(served.selectableField('spec.paused')?.(object)).toBe('false');
    expect(served.selectableField('status.phase')?.(object)).toBe('');
    expect(served.selectableField('spec.replicas')).toBeUndefined();
  });

  test('merges by the types of its lists', () => {
    const field = (schema: StructSchema, ...names: string[]): unknown => names.reduce<unknown>((at, name) => (at as StructSchema).field(name)?.schema, schema);
    expect(field(served.mergeSchema, 'spec', 'instances')).toMatchObject({ kind: 'list', listType: 'map', keys: ['name'] });
    expect(field(served.mergeSchema, 'metadata', 'labels')).toMatchObject({ kind: 'map' });
  });
});

describe('an issuer', () => {
  const served = kindOf(issuerDefinition()).storageVersion;
  const acme = (dns01: object): object => ({ spec: { acme: { server: 'https://ca.example.com', privateKeySecretRef: { name: 'k' }, solvers: [{ dns01 }] } } });

  test('takes exactly one of its ways to solve', () => {
    expect(read(served, acme({ cloudflare: { tokenSecretRef: { name: 't' } } })).findings).toEqual([]);
    expect(read(served, acme({ cloudflare: { tokenSecretRef: { name: 't' } }, akamai: { tokenSecretRef: { name: 't' } } })).findings).toEqual([
      '<nil>: Invalid value: "": "spec.acme.solvers[0].dns01" must validate one and only one schema (oneOf). Found 2 valid alternatives',
    ]);
    expect(read(served, acme({})).findings).toEqual([
      '<nil>: Invalid value: "": "spec.acme.solvers[0].dns01" must validate one and only one schema (oneOf). Found none valid',
      'spec.acme.solvers[0].dns01.acmedns: Required value',
    ]);
  });

  test('gives defaults in the way that is chosen, and keeps what it does not know there', () => {
    const { object } = read(served, acme({ route53: { tokenSecretRef: { name: 't' }, route53Options: { any: [1] } } }));
    expect(object['spec']).toMatchObject({ acme: { skipTLSVerify: false, solvers: [{ dns01: { cnameStrategy: 'None', route53: { ttl: 60, route53Options: { any: [1] } } } }] } });
  });

  test('filters conditions into columns', () => {
    const { object } = read(served, acme({}));
    object['status'] = { conditions: [{ type: 'Old', status: 'False' }, { type: 'Ready', status: 'True', message: 'fine' }] };
    expect(served.cells(object, 0).slice(1, 3)).toEqual(['True', 'fine']);
  });
});

describe('a route in two versions', () => {
  const kind = kindOf(routeDefinition());
  const [v1, v1beta1] = kind.servedVersions as [ServedVersion, ServedVersion];

  test('is converted by its apiVersion alone', () => {
    const { object } = read(v1beta1, { spec: { hosts: ['a'], http: [{ redirect: {} }] } });
    const stored = kind.toStorage(object);
    expect(stored.apiVersion).toBe('mesh.example.com/v1');
    expect(kind.fromStorage(stored, v1beta1)).toMatchObject({ apiVersion: 'mesh.example.com/v1beta1', spec: { http: [{ redirect: { redirectCode: 301 } }] } });
  });

  test('has the defaults of the version it is stored in, not of the one it is read in', () => {
    const two = kindOf(definition('stable.example.com', 'CronTab', [version('v1', obj({ a: str() })), version('v2', obj({ a: str(), b: str({ default: 'x' }) }), { storage: false })]));
    const stored = { apiVersion: 'stable.example.com/v1', kind: 'CronTab', metadata: {}, a: '1' };
    expect(two.fromStorage(stored, two.version('v2') as ServedVersion)).toEqual({ ...stored, apiVersion: 'stable.example.com/v2' });
  });

  test('warns of the version that is on its way out', () => {
    expect([v1.deprecationWarning, v1beta1.deprecationWarning]).toEqual([undefined, 'mesh.example.com/v1beta1 Route is deprecated; use v1']);
  });

  test('hosts are a set', () => {
    expect(read(v1, { spec: { hosts: ['a', 'b', 'a'] } }).findings).toEqual(['spec.hosts[2]: Duplicate value: "a"']);
  });
});

describe('a definition that changes', () => {
  const before = definition('stable.example.com', 'CronTab', [version('v1', obj({ spec: obj({ s: str(), t: str() }) }))]);

  test('objects written before are pruned and defaulted by the new schema when read', () => {
    const old = kindOf(cloneJson(before));
    const after = cloneJson(before);
    after.metadata.resourceVersion = '20';
    after.spec.versions = [version('v1', obj({ spec: obj({ t: str(), mark: str({ default: 'm' }) }) }))];
    const kind = kindOf(after, old);
    expect([old.shapedSince, kind.shapedSince]).toEqual([7, 20]);
    const stored = { apiVersion: 'stable.example.com/v1', kind: 'CronTab', metadata: { name: 'a' }, spec: { s: 'z', t: 'y' } };
    expect(kind.fromStorage(stored, kind.storageVersion)).toMatchObject({ spec: { t: 'y', mark: 'm' } });
    expect(stored.spec).toEqual({ t: 'y', mark: 'm' });
  });

  test('what was compiled is kept where the schema is the same', () => {
    const old = kindOf(cloneJson(before));
    const after = cloneJson(before);
    after.metadata.resourceVersion = '20';
    const { schema } = old.storageVersion;
    const kind = kindOf(after, old);
    expect(kind.storageVersion.schema).toBe(schema);
    expect(kind.shapedSince).toBe(7);
  });
});

describe('served types', () => {
  test('say what the registry and discovery need', () => {
    const [type] = customResourceTypes(kindOf(databaseDefinition()));
    expect(type).toMatchObject({ apiVersion: 'databases.example.com/v1', resource: 'clusters', singular: 'cluster', kind: 'Cluster', listKind: 'ClusterList', namespaced: true, custom: true, isStorageVersion: true });
    expect([...(type?.verbs ?? [])]).toEqual(['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch']);
    expect([...(type?.subresources.keys() ?? [])]).toEqual(['status', 'scale']);
  });

  test('are none before the names are accepted', () => {
    const made = databaseDefinition();
    expect(customResourceTypes(new CustomResourceKind(made, { metadata: METADATA }))).toEqual([]);
  });

  test('a finalizer without a domain is warned about when it is added', () => {
    const [type] = customResourceTypes(kindOf(databaseDefinition()));
    const context = { nowMs: 0, userName: '', userGroups: [], userUid: '', userExtra: {}, random: () => 0 };
    const object: KubeObject = { apiVersion: 'databases.example.com/v1', kind: 'Cluster', metadata: { name: 'a', finalizers: ['no-slash', 'example.com/ok'] } };
    const text = 'metadata.finalizers: "no-slash": prefer a domain-qualified finalizer name to avoid accidental conflicts with other finalizer writers';
    expect(type?.storage.rules.warningsOnCreate?.(object, context)).toEqual([text]);
    expect(type?.storage.rules.warningsOnUpdate?.(object, object, context)).toEqual([]);
  });
});

describe('published schemas', () => {
  const made = definition('stable.example.com', 'CronTab', [
    version('v1', obj({ spec: obj({ a: str({ nullable: true, minLength: 1, example: 'x' }), o: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: { k: str() } }, e: { type: 'object', 'x-kubernetes-embedded-resource': true, properties: { spec: obj({}) } } }, { required: ['a'], anyOf: [{ required: ['a'] }] }) })),
  ]);
  const [type] = customResourceTypes(kindOf(made));
  const spec = (dialect: 'v2' | 'v3'): unknown => {
    const properties = type && describeForOpenApi(type, dialect).schema?.['properties'];
    return isJsonObject(properties) ? properties['spec'] : undefined;
  };

  test('in version 3 hold all but examples', () => {
    expect(spec('v3')).toMatchObject({
      type: 'object',
      required: ['a'],
      anyOf: [{ required: ['a'] }],
      properties: { a: { type: 'string', nullable: true, minLength: 1 }, o: { properties: { k: { type: 'string' } } }, e: { required: ['kind', 'apiVersion'] } },
    });
    expect(JSON.stringify(spec('v3'))).not.toContain('example');
  });

  test('in version 2 claim nothing that its clients would enforce wrongly', () => {
    const { properties, ...rest } = spec('v2') as JsonObject;
    expect(rest).toEqual({ type: 'object' });
    expect(properties).toMatchObject({ a: {}, o: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } });
    expect((properties as JsonObject)['a']).toEqual({});
    expect((properties as JsonObject)['o']).not.toHaveProperty('properties');
  });
});
