import type { GroupVersionKind } from '../../machinery/group-version.ts';
import type { JsonObject } from '../../machinery/json.ts';
import { tagOf } from './built-in-operations.ts';
import type { OpenApi } from './documents.ts';
import { planOperation, type Operation } from './operation.ts';
import { renderPath } from './render.ts';
import { refTo, type Dialect } from './schema.ts';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const SCALE = 'io.k8s.api.autoscaling.v1.Scale';

/** One served version of a custom resource, as documents show it. */
export interface CustomResourceDescription {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly kind: string;
  readonly listKind: string;
  readonly namespaced: boolean;
  readonly status: boolean;
  readonly scale: boolean;
  /** The schema as published: OpenAPI 3 with Kubernetes' extensions; undefined: any object. Shared, not changed. */
  readonly schema?: JsonObject;
}

/** `com.example.v1.CronTab`: groups are turned round. */
export function customDefinitionName(group: string, version: string, kind: string): string {
  return [...group.split('.').toReversed(), version, kind].join('.');
}

/** The version 3 document of one group version, from all its custom resources. */
export function customResourceDocument(openApi: OpenApi, resources: readonly CustomResourceDescription[]): JsonObject {
  const { paths, definitions } = customResourceParts(openApi, 'v3', resources);
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes CRD Swagger', version: 'v0.1.0' },
    paths,
    components: { schemas: definitions },
  };
}

/** Paths and definitions in either dialect; for version 2 the schemas must be given in its terms. */
export function customResourceParts(
  openApi: OpenApi,
  dialect: Dialect,
  resources: readonly CustomResourceDescription[],
): { readonly paths: JsonObject; readonly definitions: JsonObject } {
  const paths: JsonObject = {};
  const own: JsonObject = {};
  const names = new Set([`${META}.ObjectMeta`, `${META}.ListMeta`]);
  for (const resource of resources) {
    for (const [path, operations] of customResourcePaths(resource)) {
      paths[path] = renderPath(operations, dialect);
      for (const operation of operations) {
        if (operation.body !== undefined) names.add(operation.body.definition);
        for (const { definition } of operation.answers) if (definition !== undefined) names.add(definition);
      }
    }
    own[definitionOf(resource)] = objectSchema(resource, dialect);
    own[customDefinitionName(resource.group, resource.version, resource.listKind)] = listSchema(resource, dialect);
  }
  return { paths, definitions: { ...own, ...openApi.definitions(names, dialect) } };
}

function definitionOf({ group, version, kind }: CustomResourceDescription): string {
  return customDefinitionName(group, version, kind);
}

const DESCRIPTIONS = {
  apiVersion: 'The versioned schema of this representation of an object.',
  kind: 'The REST resource that this object represents.',
  metadata: "Standard object's metadata.",
  listMetadata: 'Standard list metadata.',
  items: 'The objects of the list.',
};

function typeMeta(metadata: string, description: string, dialect: Dialect): JsonObject {
  const ref = refTo(metadata, dialect);
  return {
    apiVersion: { description: DESCRIPTIONS.apiVersion, type: 'string' },
    kind: { description: DESCRIPTIONS.kind, type: 'string' },
    metadata: dialect === 'v3' ? { description, allOf: [ref] } : { description, ...ref },
  };
}

function kindExtension({ group, version }: CustomResourceDescription, kind: string): JsonObject {
  return { 'x-kubernetes-group-version-kind': [{ group, kind, version }] };
}

function objectSchema(resource: CustomResourceDescription, dialect: Dialect): JsonObject {
  const { schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } = resource;
  const properties = { ...(schema['properties'] as JsonObject | undefined), ...typeMeta(`${META}.ObjectMeta`, DESCRIPTIONS.metadata, dialect) };
  return { ...schema, properties, ...kindExtension(resource, resource.kind) };
}

function listSchema(resource: CustomResourceDescription, dialect: Dialect): JsonObject {
  return {
    description: `${resource.listKind} is a list of ${resource.kind}`,
    type: 'object',
    required: ['items'],
    properties: {
      items: { description: DESCRIPTIONS.items, type: 'array', items: refTo(definitionOf(resource), dialect) },
      ...typeMeta(`${META}.ListMeta`, DESCRIPTIONS.listMetadata, dialect),
    },
    ...kindExtension(resource, resource.listKind),
  };
}

/** The operations of one custom resource, by path. */
export function customResourcePaths(resource: CustomResourceDescription): Map<string, Operation[]> {
  const { group, version, kind, namespaced } = resource;
  const root = `/apis/${group}/${version}`;
  const collection = namespaced ? `${root}/namespaces/{namespace}/${resource.resource}` : `${root}/${resource.resource}`;
  const item = `${collection}/{name}`;
  const words = `${capitalized(tagOf(group, ''))}${capitalized(version)}`;
  const scope = namespaced ? 'Namespaced' : '';
  const paths = new Map<string, Operation[]>();
  const add = (path: string, method: string, action: string, id: string, subresource = ''): void => {
    const operations = paths.get(path) ?? [];
    const gvk: GroupVersionKind = { group, version, kind };
    operations.push(
      planOperation({
        method,
        path,
        id,
        action,
        tag: tagOf(group, version),
        kind: gvk,
        definition: subresource === 'scale' ? SCALE : definitionOf(resource),
        listDefinition: customDefinitionName(group, version, resource.listKind),
        subresource,
        custom: true,
      }),
    );
    paths.set(path, operations);
  };
  if (namespaced) add(`${root}/${resource.resource}`, 'GET', 'list', `list${words}${kind}ForAllNamespaces`);
  add(collection, 'GET', 'list', `list${words}${scope}${kind}`);
  add(collection, 'POST', 'post', `create${words}${scope}${kind}`);
  add(collection, 'DELETE', 'deletecollection', `delete${words}Collection${scope}${kind}`);
  add(item, 'GET', 'get', `read${words}${scope}${kind}`);
  add(item, 'PUT', 'put', `replace${words}${scope}${kind}`);
  add(item, 'DELETE', 'delete', `delete${words}${scope}${kind}`);
  add(item, 'PATCH', 'patch', `patch${words}${scope}${kind}`);
  for (const subresource of ['status', 'scale'] as const) {
    if (!resource[subresource]) continue;
    const path = `${item}/${subresource}`;
    const suffix = `${scope}${kind}${capitalized(subresource)}`;
    add(path, 'GET', 'get', `read${words}${suffix}`, subresource);
    add(path, 'PUT', 'put', `replace${words}${suffix}`, subresource);
    add(path, 'PATCH', 'patch', `patch${words}${suffix}`, subresource);
  }
  return paths;
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
