import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../machinery/json.ts';
import { loadFacts } from '../facts/facts.ts';
import { customResourceDocument } from './custom-resource.ts';
import { NO_DESCRIPTIONS } from './descriptions.ts';
import { createOpenApi, type OpenApiSource } from './documents.ts';

const facts = loadFacts();
const openApi = createOpenApi(facts, { version: '1.36', describe: () => NO_DESCRIPTIONS });

interface V3 {
  readonly paths: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;
  readonly components: { readonly schemas?: Readonly<Record<string, JsonObject>> };
}

function v3(place: string): V3 {
  const document = openApi.document(place);
  if (document === undefined) throw new Error(`nothing at ${place}`);
  return JSON.parse(Buffer.from(document.bytes).toString()) as V3;
}

/** Every `$ref` in a document. */
function references(value: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const item of value) references(item, found);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      if (key === '$ref' && typeof item === 'string') found.add(item);
      else references(item, found);
    }
  }
  return found;
}

describe('the index', () => {
  test('names a document for every group, version and root', () => {
    const { paths } = openApi.index();
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['api', 'api/v1', 'apis', 'apis/apps', 'apis/apps/v1', 'version', 'openid/v1/jwks', '.well-known/openid-configuration']));
    expect(paths['apis/apps/v1']?.serverRelativeURL).toMatch(/^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]{128}$/);
  });

  test('every place in it has a document with that hash', () => {
    for (const [place, { serverRelativeURL }] of Object.entries(openApi.index().paths)) {
      expect(serverRelativeURL).toContain(openApi.document(place)?.hash);
    }
  });

  test('nothing else has one', () => {
    expect(openApi.document('apis/apps/v9')).toBeUndefined();
    expect(openApi.document('__proto__')).toBeUndefined();
  });
});

describe('a version 3 document', () => {
  test('refers to nothing that it does not hold', () => {
    for (const place of Object.keys(openApi.index().paths)) {
      const document = v3(place);
      const held = new Set(Object.keys(document.components.schemas ?? {}));
      const missing = [...references(document)].filter((ref) => !held.has(ref.replace('#/components/schemas/', '')));
      expect(missing, place).toEqual([]);
    }
  });

  test('shows zero values of fields that are always there, lists with their keys, and kinds', () => {
    const { schemas = {} } = v3('api/v1').components;
    expect(schemas['io.k8s.api.core.v1.Pod']).toEqual({
      type: 'object',
      properties: {
        apiVersion: { type: 'string' },
        kind: { type: 'string' },
        metadata: { allOf: [{ $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' }], default: {} },
        spec: { allOf: [{ $ref: '#/components/schemas/io.k8s.api.core.v1.PodSpec' }], default: {} },
        status: { allOf: [{ $ref: '#/components/schemas/io.k8s.api.core.v1.PodStatus' }], default: {} },
      },
      'x-kubernetes-group-version-kind': [{ group: '', kind: 'Pod', version: 'v1' }],
    });
    const container = schemas['io.k8s.api.core.v1.Container']?.['properties'] as JsonObject;
    expect(container['name']).toEqual({ type: 'string', default: '' });
    expect(container['ports']).toEqual({
      type: 'array',
      items: { $ref: '#/components/schemas/io.k8s.api.core.v1.ContainerPort' },
      'x-kubernetes-list-map-keys': ['containerPort', 'protocol'],
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-patch-merge-key': 'containerPort',
      'x-kubernetes-patch-strategy': 'merge',
    });
  });

  test('scalars with a meaning are definitions of their own', () => {
    const { schemas = {} } = v3('api/v1').components;
    expect(schemas['io.k8s.apimachinery.pkg.api.resource.Quantity']).toMatchObject({ oneOf: [{ type: 'string' }, { type: 'number' }] });
    expect(schemas['io.k8s.apimachinery.pkg.apis.meta.v1.Time']).toMatchObject({ type: 'string', format: 'date-time' });
  });

  test('required fields come in the order of the Go struct', () => {
    expect(v3('version').components.schemas?.['io.k8s.apimachinery.pkg.version.Info']?.['required']).toEqual([
      'major', 'minor', 'gitVersion', 'gitCommit', 'gitTreeState', 'buildDate', 'goVersion', 'compiler', 'platform',
    ]);
  });
});

describe('operations', () => {
  const named = v3('apis/apps/v1').paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}'];

  test('what all operations of a path take is the path’s own', () => {
    const parameters = (named?.['parameters'] ?? []) as unknown as { in: string; name: string }[];
    expect(parameters.map((p) => `${p.in} ${p.name}`)).toEqual(['path name', 'path namespace', 'query pretty']);
  });

  test('a patch says that it takes a field manager and validation', () => {
    const names = ((named?.['patch']?.['parameters'] ?? []) as JsonObject[]).map((p) => p['name']);
    expect(names).toEqual(['dryRun', 'fieldManager', 'fieldValidation', 'force']);
    expect(named?.['patch']).toMatchObject({
      operationId: 'patchAppsV1NamespacedDeployment',
      tags: ['apps_v1'],
      'x-kubernetes-action': 'patch',
      'x-kubernetes-group-version-kind': { group: 'apps', kind: 'Deployment', version: 'v1' },
    });
  });

  test.each([
    ['api/v1', '/api/v1/namespaces/{namespace}/pods/{name}/eviction', 'post', { group: 'policy', kind: 'Eviction', version: 'v1' }],
    ['apis/apps/v1', '/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale', 'get', { group: 'autoscaling', kind: 'Scale', version: 'v1' }],
    ['api/v1', '/api/v1/namespaces/{namespace}/pods/{name}/exec', 'get', { group: '', kind: 'PodExecOptions', version: 'v1' }],
    ['api/v1', '/api/v1/watch/namespaces/{namespace}/pods', 'get', { group: '', kind: 'Pod', version: 'v1' }],
  ])('%s %s %s is of its kind', (place, path, method, kind) => {
    expect(v3(place).paths[path]?.[method]?.['x-kubernetes-group-version-kind']).toEqual(kind);
  });

  test('operation ids are unique', () => {
    const ids = new Set<string>();
    for (const operation of facts.operations) {
      expect(ids.has(operation.id), operation.id).toBe(false);
      ids.add(operation.id);
    }
  });
});

describe('the version 2 document', () => {
  const document = JSON.parse(Buffer.from(openApi.v2().bytes).toString()) as { swagger: string; definitions: Record<string, JsonObject>; paths: Record<string, JsonObject> };

  test('refers to nothing that it does not hold', () => {
    expect(document.swagger).toBe('2.0');
    const held = new Set(Object.keys(document.definitions));
    expect([...references(document)].filter((ref) => !held.has(ref.replace('#/definitions/', '')))).toEqual([]);
  });

  test('holds every operation', () => {
    for (const { path, method } of facts.operations) expect(document.paths[path]?.[method.toLowerCase()], `${method} ${path}`).toBeDefined();
  });
});

describe('documents of others', () => {
  const crontabs = (version: string) => ({
    group: 'stable.example.com',
    version,
    resource: 'crontabs',
    kind: 'CronTab',
    listKind: 'CronTabList',
    namespaced: true,
    status: true,
    scale: true,
    schema: { type: 'object', properties: { spec: { type: 'object', properties: { replicas: { type: 'integer' } } } } },
  });

  test('join the index, and are built again only when their hash changes', () => {
    let hash = 'A';
    let built = 0;
    const source: OpenApiSource = {
      documents: () => [{ place: 'apis/stable.example.com/v1', hash, document: () => ({ openapi: '3.0.0', built: ++built }) }],
    };
    const extended = createOpenApi(facts, { version: '1.36', sources: [source], describe: () => NO_DESCRIPTIONS });
    expect(extended.index().paths['apis/stable.example.com/v1']?.serverRelativeURL).toBe('/openapi/v3/apis/stable.example.com/v1?hash=A');
    extended.document('apis/stable.example.com/v1');
    extended.document('apis/stable.example.com/v1');
    expect(built).toBe(1);
    hash = 'B';
    extended.document('apis/stable.example.com/v1');
    expect(built).toBe(2);
  });

  test('a custom resource’s document has its paths, its schemas and what they lead to', () => {
    const document = customResourceDocument(openApi, [crontabs('v1')]) as unknown as V3;
    expect(Object.keys(document.paths)).toEqual([
      '/apis/stable.example.com/v1/crontabs',
      '/apis/stable.example.com/v1/namespaces/{namespace}/crontabs',
      '/apis/stable.example.com/v1/namespaces/{namespace}/crontabs/{name}',
      '/apis/stable.example.com/v1/namespaces/{namespace}/crontabs/{name}/status',
      '/apis/stable.example.com/v1/namespaces/{namespace}/crontabs/{name}/scale',
    ]);
    expect(document.paths['/apis/stable.example.com/v1/crontabs']?.['get']).toMatchObject({
      operationId: 'listStableExampleComV1CronTabForAllNamespaces',
      tags: ['stableExampleCom_v1'],
    });
    const { schemas = {} } = document.components;
    expect(schemas['com.example.stable.v1.CronTab']).toMatchObject({
      properties: { spec: { type: 'object' }, metadata: { allOf: [{ $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' }] } },
      'x-kubernetes-group-version-kind': [{ group: 'stable.example.com', kind: 'CronTab', version: 'v1' }],
    });
    const held = new Set(Object.keys(schemas));
    expect([...references(document)].filter((ref) => !held.has(ref.replace('#/components/schemas/', '')))).toEqual([]);
  });
});
