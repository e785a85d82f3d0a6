import type { OpenApi, OpenApiDocument } from '../../api/openapi/documents.ts';
import { OPENAPI_PROTOBUF_MEDIA_TYPES } from '../../api/openapi/protobuf-form.ts';
import { textResponse, type ApiResponse } from '../http/api-request.ts';
import type { PathCall, PathRouter } from '../pipeline/path-router.ts';

const V3_ROOT = '/openapi/v3/';
const ONE_YEAR_SECONDS = 31_536_000;

/** Serves `/openapi/v2`, the index `/openapi/v3`, and one document per group version below it. */
export function addOpenApiPaths(router: PathRouter, openApi: () => OpenApi): void {
  router.exact('/openapi/v2', (call) => answer(call, openApi().v2(), 'v2'));
  router.exact('/openapi/v3', () => textResponse(200, JSON.stringify(openApi().index()), 'text/plain; charset=utf-8'));
  router.prefix(V3_ROOT, (call) => {
    const document = openApi().document(call.path.slice(V3_ROOT.length));
    return document ? answer(call, document, 'v3') : { type: 'bytes', status: 404, contentType: '', body: [] };
  });
}

function answer(call: PathCall, document: OpenApiDocument, dialect: 'v2' | 'v3'): ApiResponse {
  const binary = wantsProtobuf(call, dialect);
  if (binary === undefined) return { type: 'bytes', status: 406, contentType: '', body: [] };
  const etag = `"${document.hash}"`;
  const hash = call.query.get('hash');
  // Clients come with the hash from the index: such an answer never changes.
  const caching = hash === document.hash ? { 'cache-control': `public, immutable, max-age=${ONE_YEAR_SECONDS}` } : {};
  const contentType = binary ? OPENAPI_PROTOBUF_MEDIA_TYPES[dialect] : 'application/json';
  if (call.request.header('if-none-match') === etag) return { type: 'bytes', status: 304, contentType, headers: { etag, ...caching }, body: [] };
  return { type: 'bytes', status: 200, contentType, headers: { etag, vary: 'Accept', ...caching }, body: [binary ? document.protobuf() : document.bytes] };
}

/** Undefined when the client takes neither form. */
function wantsProtobuf(call: PathCall, dialect: 'v2' | 'v3'): boolean | undefined {
  const accept = call.request.header('accept');
  if (accept === undefined || accept === '') return false;
  for (const clause of accept.split(',')) {
    const type = (clause.split(';')[0] ?? '').trim();
    if (type === 'application/json' || type === '*/*' || type === 'application/*') return false;
    // Older clients write `spec.v2@v1.0` where the type is `spec.v2.v1.0`.
    if (type.replace('@', '.') === OPENAPI_PROTOBUF_MEDIA_TYPES[dialect]) return true;
  }
  return undefined;
}
