import { badRequest } from '../../machinery/status-error.ts';

/** What a request asks for, read off its method and path alone. */
export type RequestInfo = ResourceRequestInfo | NonResourceRequestInfo;

interface BaseRequestInfo {
  readonly path: string;
  readonly verb: string;
}

export interface NonResourceRequestInfo extends BaseRequestInfo {
  readonly isResource: false;
}

export interface ResourceRequestInfo extends BaseRequestInfo {
  readonly isResource: true;
  readonly group: string;
  readonly version: string;
  /** '' for cluster-scoped requests and for lists over all namespaces. */
  readonly namespace: string;
  readonly resource: string;
  readonly subresource: string;
  /** '' where the path names no object. */
  readonly name: string;
  /** What follows the subresource (`proxy/a/b` gives ['a', 'b']). */
  readonly rest: readonly string[];
}

const VERBS: Readonly<Record<string, string>> = { POST: 'create', GET: 'get', HEAD: 'get', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };
/** Subresources of namespaces themselves; any other segment behind a namespace's name is a resource in it. */
const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize']);
/** Verbs that older clients put into the path: `/api/v1/watch/pods`. */
const PATH_VERBS = new Set(['proxy', 'watch']);

/** Parses a path such as `/apis/apps/v1/namespaces/default/deployments/web/scale`. Throws BadRequest for broken escapes. */
export function parseRequestInfo(method: string, rawPath: string, query: URLSearchParams): RequestInfo {
  const path = decodePath(rawPath);
  const parts = splitPath(rawPath);
  const methodVerb = VERBS[method] ?? '';
  const nonResource: NonResourceRequestInfo = { isResource: false, path, verb: method.toLowerCase() };

  let group = '';
  let rest: string[];
  if (parts[0] === 'api' && parts.length >= 3) {
    rest = parts.slice(1);
  } else if (parts[0] === 'apis' && parts.length >= 4) {
    group = parts[1] ?? '';
    rest = parts.slice(2);
  } else {
    return nonResource;
  }
  const version = rest.shift() ?? '';

  let verb = methodVerb;
  if (PATH_VERBS.has(rest[0] ?? '')) {
    if (rest.length < 2) return nonResource;
    verb = rest.shift() ?? '';
  }

  let namespace = '';
  if (rest[0] === 'namespaces') {
    if (rest.length > 1) {
      namespace = rest[1] ?? '';
      if (rest.length > 2 && !NAMESPACE_SUBRESOURCES.has(rest[2] ?? '')) rest = rest.slice(2);
    }
  }

  const [resource = '', name = '', subresource = '', ...tail] = rest;
  if (resource === '') return nonResource;
  if (name === '' && verb === 'get') verb = listVerb(query);
  else if (name === '' && verb === 'delete') verb = 'deletecollection';
  else if (name !== '' && verb === 'get' && subresource === '' && isWatch(query)) verb = 'watch';
  return { isResource: true, path, verb, group, version, namespace, resource, subresource, name, rest: tail };
}

function listVerb(query: URLSearchParams): string {
  return isWatch(query) ? 'watch' : 'list';
}

/** `watch=true`, `watch=1` and a bare `watch` ask for a stream; `watch=false` and `watch=0` do not. */
function isWatch(query: URLSearchParams): boolean {
  const value = query.get('watch');
  return value !== null && value !== 'false' && value !== '0';
}

function splitPath(path: string): string[] {
  const parts: string[] = [];
  for (const part of path.split('/')) if (part !== '') parts.push(part.includes('%') ? decodeSegment(part) : part);
  return parts;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badRequest(`invalid URL escape in path segment ${JSON.stringify(segment)}`);
  }
}

function decodePath(path: string): string {
  return path.includes('%') ? path.split('/').map(decodeSegment).join('/') : path;
}
