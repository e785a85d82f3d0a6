import { noSuchPath, notAcceptable } from '../../machinery/status-error.ts';
import { textResponse, type ApiResponse } from '../http/api-request.ts';
import { encodeValue } from '../pipeline/encode.ts';
import { ACCEPTED_TYPES, type Format } from '../pipeline/negotiation.ts';
import type { PathCall, PathRouter } from '../pipeline/path-router.ts';
import type { LazyProtobuf } from '../pipeline/protobuf-form.ts';
import type { DiscoveryDocuments } from './discovery-documents.ts';

const DISCOVERY_GROUP = 'apidiscovery.k8s.io';
const DISCOVERY_KIND = 'APIGroupDiscoveryList';

/** Serves `/api` and `/apis` and what stands below them. */
export function addDiscoveryPaths(router: PathRouter, documents: DiscoveryDocuments, protobuf: LazyProtobuf): void {
  router.exact('/api', (call) => rootDocument(call, documents, { core: true, protobuf }));
  router.exact('/apis', (call) => rootDocument(call, documents, { core: false, protobuf }));
  router.prefix('/api/', (call) => below(call, documents, protobuf));
  router.prefix('/apis/', (call) => below(call, documents, protobuf));
}

type Wanted = 'aggregated' | 'plain' | undefined;

interface Form {
  readonly wanted: Wanted;
  readonly format: Format;
}

/** The first clause of the Accept header that is served. */
function formOf(accept: string | undefined, aggregatedAllowed: boolean): Form {
  if (accept === undefined || accept === '') return { wanted: 'plain', format: 'json' };
  for (const clause of accept.split(',')) {
    const [type = '', ...params] = clause.split(';').map((p) => p.trim());
    const format = formatOf(type);
    if (!format) continue;
    const values = new Map(params.map((p) => [p.slice(0, p.indexOf('=')), p.slice(p.indexOf('=') + 1)]));
    if (!values.has('as')) return { wanted: 'plain', format };
    const matches = values.get('as') === DISCOVERY_KIND && values.get('g') === DISCOVERY_GROUP && values.get('v') === 'v2';
    if (matches && aggregatedAllowed && format === 'json') return { wanted: 'aggregated', format };
  }
  throw notAcceptable(`only the following media types are accepted: ${ACCEPTED_TYPES}`);
}

function formatOf(type: string): Format | undefined {
  switch (type) {
    case 'application/json':
    case 'application/*':
    case '*/*':
      return 'json';
    case 'application/yaml':
      return 'yaml';
    case 'application/vnd.kubernetes.protobuf':
      return 'protobuf';
    default:
      return undefined;
  }
}

async function rootDocument(call: PathCall, documents: DiscoveryDocuments, { core, protobuf }: { core: boolean; protobuf: LazyProtobuf }): Promise<ApiResponse> {
  const form = formOf(call.request.header('accept'), true);
  if (form.wanted === 'aggregated') {
    const { document, etag } = documents.aggregated(core);
    const headers = { etag, vary: 'Accept' };
    const contentType = `application/json;g=${DISCOVERY_GROUP};v=v2;as=${DISCOVERY_KIND}`;
    // Caches of clients take the headers of a 304 for those of what they kept, its type among them.
    if (call.request.header('if-none-match') === etag) return { type: 'bytes', status: 304, contentType, headers, body: [] };
    const response = await encodeValue(protobuf, 200, document, 'json');
    return { ...response, contentType, headers };
  }
  const document = core ? documents.coreVersions(call.request.header('host') ?? '') : documents.groupList();
  return encodeValue(protobuf, 200, document, form.format);
}

async function below(call: PathCall, documents: DiscoveryDocuments, protobuf: LazyProtobuf): Promise<ApiResponse> {
  const parts = call.path.split('/').filter((p) => p !== '');
  const document = parts[0] === 'api' ? coreDocument(parts, documents) : groupDocument(parts, documents);
  if (document === undefined) {
    if (documents.isBuiltin(parts[0] === 'api' ? '' : (parts[1] ?? ''))) throw noSuchPath();
    return textResponse(404, '404 page not found\n');
  }
  const form = formOf(call.request.header('accept'), false);
  return encodeValue(protobuf, 200, document, form.format);
}

function coreDocument(parts: readonly string[], documents: DiscoveryDocuments): unknown {
  return parts.length === 2 ? documents.resourceList('', parts[1] ?? '') : undefined;
}

function groupDocument(parts: readonly string[], documents: DiscoveryDocuments): unknown {
  const group = parts[1] ?? '';
  if (parts.length === 2) return documents.group(group);
  return parts.length === 3 ? documents.resourceList(group, parts[2] ?? '') : undefined;
}
