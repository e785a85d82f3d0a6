import { createHash } from 'node:crypto';
import type { JsonObject } from '../../machinery/json.ts';
import type { Facts } from '../facts/facts.ts';
import { builtInPaths, documentOf } from './built-in-operations.ts';
import { describeFromClientPackage, rememberDescriptions, type DescribeType } from './descriptions.ts';
import type { Operation } from './operation.ts';
import { openApiProtobuf } from './protobuf-form.ts';
import { renderPath } from './render.ts';
import { namedScalarSchema, schemaOfType, type Dialect, type SchemaContext } from './schema.ts';

/** What someone else (custom resources, aggregated APIs) adds to the documents. */
export interface OpenApiSource {
  /**
   * Its version 3 documents by place (`apis/example.com/v1`). The hash changes whenever the document does; `document` is
   * called when it is asked for.
   */
  documents(): Iterable<OpenApiSourceDocument>;
  /** Its definitions and paths of the version 2 document. */
  v2?(): { readonly definitions: JsonObject; readonly paths: JsonObject };
}

export interface OpenApiSourceDocument {
  readonly place: string;
  readonly hash: string;
  document(): JsonObject;
}

export interface OpenApiOptions {
  /** `1.36`, or whatever `/version` says. */
  readonly version: string;
  readonly describe?: DescribeType;
  readonly sources?: readonly OpenApiSource[];
}

export interface OpenApiDocument {
  readonly hash: string;
  /** UTF-8 JSON. */
  readonly bytes: Uint8Array;
  /** The document in the media type of its dialect in OPENAPI_PROTOBUF_MEDIA_TYPES; made when first asked for. */
  protobuf(): Uint8Array;
}

/** Documents are built when they are first asked for, and kept for as long as their hash stays. */
export interface OpenApi {
  /** The body of `/openapi/v3`: each place with the address and hash of its document. */
  index(): { paths: Record<string, { serverRelativeURL: string }> };
  /** `apis/apps/v1`; undefined for places that nothing serves. */
  document(place: string): OpenApiDocument | undefined;
  /** The one document of `/openapi/v2`. */
  v2(): OpenApiDocument;
  /**
   * The definitions that the given ones lead to, themselves included: for documents of custom resources. As in Kubernetes,
   * options name the kinds of client-go's scheme there, which lacks the groups that extend the API server.
   */
  definitions(names: Iterable<string>, dialect: Dialect): JsonObject;
}

const BEARER = { in: 'header', name: 'authorization', type: 'apiKey' };

export function createOpenApi(facts: Facts, options: OpenApiOptions): OpenApi {
  const { version, sources = [] } = options;
  let describe: DescribeType | undefined = options.describe;
  const describeType: DescribeType = (type) => (describe ??= describeFromClientPackage())(type);
  let grouped: ReadonlyMap<string, ReadonlyMap<string, readonly Operation[]>> | undefined;
  const places = (): ReadonlyMap<string, ReadonlyMap<string, readonly Operation[]>> => (grouped ??= groupByPlace(builtInPaths(facts)));
  const kept = new Map<string, OpenApiDocument>();

  const collect = (names: Iterable<string>, dialect: Dialect, namesGroup: (group: string) => boolean = () => true): JsonObject =>
    collectDefinitions(names, facts, { dialect, describe: rememberDescriptions(describeType), namesGroup });

  const builtInHash = (place: string): string => hashOf(`${facts.digest}\n${version}\n${place}`);

  const buildV3 = (paths: ReadonlyMap<string, readonly Operation[]>): JsonObject => {
    const schemas = collect(definitionsOf(paths.values()), 'v3');
    return {
      openapi: '3.0.0',
      info: { title: 'Kubernetes', version },
      paths: Object.fromEntries([...paths].map(([path, operations]) => [path, renderPath(operations, 'v3')])),
      components: {
        ...(Object.keys(schemas).length > 0 && { schemas }),
        securitySchemes: { BearerToken: { description: 'Bearer Token authentication', ...BEARER } },
      },
    };
  };

  const keep = (key: string, hash: string, build: () => JsonObject): OpenApiDocument => {
    const known = kept.get(key);
    if (known !== undefined && known.hash === hash) return known;
    const made = makeDocument(hash, Buffer.from(JSON.stringify(build())), key === V2 ? 'v2' : 'v3');
    kept.set(key, made);
    return made;
  };

  function* sourceDocuments(): Iterable<OpenApiSourceDocument> {
    for (const source of sources) yield* source.documents();
  }

  return {
    definitions: (names, dialect) => collect(names, dialect, (group) => !UNKNOWN_TO_CLIENTS.has(group)),
    index() {
      const entries = new Map<string, string>();
      for (const place of places().keys()) entries.set(place, builtInHash(place));
      for (const { place, hash } of sourceDocuments()) entries.set(place, hash);
      const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
      return { paths: Object.fromEntries(sorted.map(([place, hash]) => [place, { serverRelativeURL: `/openapi/v3/${place}?hash=${hash}` }])) };
    },
    document(place) {
      for (const source of sourceDocuments()) {
        if (source.place === place) return keep(place, source.hash, () => source.document());
      }
      const paths = places().get(place);
      if (paths !== undefined) return keep(place, builtInHash(place), () => buildV3(paths));
      kept.delete(place);
      return undefined;
    },
    v2() {
      const hash = hashOf([builtInHash(''), ...[...sourceDocuments()].map((d) => `${d.place} ${d.hash}`)].join('\n'));
      return keep(V2, hash, () => {
        const paths = builtInPaths(facts);
        const additions = sources.map((source) => source.v2?.());
        return {
          swagger: '2.0',
          info: { title: 'Kubernetes', version },
          paths: Object.assign(Object.fromEntries([...paths].map(([path, operations]) => [path, renderPath(operations, 'v2')])), ...additions.map((a) => a?.paths)) as JsonObject,
          definitions: Object.assign(collect(definitionsOf(paths.values()), 'v2'), ...additions.map((a) => a?.definitions)) as JsonObject,
          securityDefinitions: { BearerToken: { description: 'Bearer Token authentication', ...BEARER } },
          security: [{ BearerToken: [] }],
        };
      });
    },
  };
}

/** Groups of the API server's own schemes that client-go's does not hold. */
const UNKNOWN_TO_CLIENTS: ReadonlySet<string> = new Set(['admission.k8s.io', 'apiextensions.k8s.io', 'apiregistration.k8s.io', 'imagepolicy.k8s.io']);

/** The key of the version 2 document among places. */
const V2 = '(v2)';

function makeDocument(hash: string, bytes: Uint8Array, dialect: Dialect): OpenApiDocument {
  let protobuf: Uint8Array | undefined;
  return {
    hash,
    bytes,
    protobuf() {
      protobuf ??= openApiProtobuf(JSON.parse(Buffer.from(bytes).toString()) as JsonObject, dialect);
      return protobuf;
    },
  };
}

function hashOf(text: string): string {
  return createHash('sha512').update(text).digest('hex').toUpperCase();
}

function groupByPlace(paths: ReadonlyMap<string, readonly Operation[]>): Map<string, Map<string, readonly Operation[]>> {
  const places = new Map<string, Map<string, readonly Operation[]>>();
  for (const [path, operations] of paths) {
    const place = documentOf(path);
    const at = places.get(place) ?? new Map<string, readonly Operation[]>();
    at.set(path, operations);
    places.set(place, at);
  }
  return places;
}

function definitionsOf(paths: Iterable<readonly Operation[]>): Set<string> {
  const names = new Set<string>();
  for (const operations of paths) {
    for (const operation of operations) {
      if (operation.body !== undefined) names.add(operation.body.definition);
      for (const { definition } of operation.answers) if (definition !== undefined) names.add(definition);
    }
  }
  return names;
}

/** Follows references to the end; sorted by name. Names that the facts do not know are left out. */
function collectDefinitions(names: Iterable<string>, facts: Facts, context: Omit<SchemaContext, 'refer'>): JsonObject {
  const found = new Map<string, JsonObject>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    const scalar = namedScalarSchema(name, context.dialect);
    if (scalar !== undefined) {
      found.set(name, scalar);
      continue;
    }
    const type = facts.typeByName(name);
    if (type === undefined) continue;
    found.set(name, schemaOfType(type, { ...context, refer: (next) => open.push(next) }));
  }
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}
