import type { GroupVersionResource } from '../machinery/group-version.ts';

/** A call as data: what would be sent, testable without a server. */
export interface RequestSpec {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query. */
  readonly path: string;
  /** Absent: `application/json`. */
  readonly contentType?: string;
  /** Absent: `application/json`. */
  readonly accept?: string;
  /** JSON to be sent; `bigint` goes out with all its digits. */
  readonly body?: unknown;
}

/** Which object or collection a request is about. */
export interface RequestTarget {
  readonly resource: GroupVersionResource;
  /** Absent or '': no namespace, or all of them. */
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

/** `/apis/apps/v1/namespaces/default/deployments/web/scale` */
export function targetPath({ resource, namespace, name, subresource }: RequestTarget): string {
  const { group, version } = resource;
  const root = group === '' ? `/api/${segment('version', version)}` : `/apis/${segment('group', group)}/${segment('version', version)}`;
  const scope = namespace === undefined || namespace === '' ? '' : `/namespaces/${segment('namespace', namespace)}`;
  const object = name === undefined ? '' : `/${segment('name', name)}`;
  // A proxy's subresource carries a path of its own.
  const sub = subresource === undefined ? '' : `/${subresource.split('/').map((part) => (part === '' ? '' : segment('subresource', part))).join('/')}`;
  return `${root}${scope}/${segment('resource', resource.resource)}${object}${sub}`;
}

/** One segment of a path. Throws RangeError for what would name something else than it seems to. */
function segment(what: string, text: string): string {
  if (text === '' || text === '.' || text === '..') throw new RangeError(`${what} may not be ${JSON.stringify(text)}`);
  return encodeURIComponent(text);
}

export type QueryValue = string | number | boolean | readonly string[] | undefined;

/** `path?a=1&b=2`; undefined values are left out, lists repeat their key. */
export function withQuery(path: string, query: Readonly<Record<string, QueryValue>>): string {
  let text = '';
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined) continue;
    const values: readonly (string | number | boolean)[] = Array.isArray(value) ? (value as readonly string[]) : [value as string | number | boolean];
    for (const one of values) text += `${text === '' ? '?' : '&'}${encodeURIComponent(key)}=${encodeURIComponent(String(one))}`;
  }
  return path + text;
}

/** Which objects of a collection. */
export interface SelectorOptions {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface ListRequestOptions extends SelectorOptions {
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan';
  /** Items of a page; absent: all. */
  readonly limit?: number;
  readonly continue?: string;
}

export interface WatchRequestOptions extends SelectorOptions {
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: 'NotOlderThan';
  readonly allowWatchBookmarks?: boolean;
  readonly sendInitialEvents?: boolean;
  /** After which the server ends the watch. */
  readonly timeoutSeconds?: number;
}

export interface WriteRequestOptions {
  readonly fieldManager?: string;
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict';
  /** Everything but the storing. */
  readonly dryRun?: boolean;
}

export interface PatchRequestOptions extends WriteRequestOptions {
  /** Takes fields over from other managers; for apply only. */
  readonly force?: boolean;
}

export interface DeleteRequestOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  /** The object is deleted only if it still is the one meant. */
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly dryRun?: boolean;
}

export const PATCH_CONTENT_TYPES = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

export type PatchType = keyof typeof PATCH_CONTENT_TYPES;

export function getRequest(target: RequestTarget, options: { readonly resourceVersion?: string } = {}): RequestSpec {
  return { method: 'GET', path: withQuery(targetPath(target), { resourceVersion: options.resourceVersion }) };
}

export function listRequest(target: RequestTarget, options: ListRequestOptions = {}): RequestSpec {
  const { labelSelector, fieldSelector, resourceVersion, resourceVersionMatch, limit, continue: token } = options;
  return { method: 'GET', path: withQuery(targetPath(target), { labelSelector, fieldSelector, resourceVersion, resourceVersionMatch, limit, continue: token }) };
}

export function watchRequest(target: RequestTarget, options: WatchRequestOptions = {}): RequestSpec {
  const { labelSelector, fieldSelector, resourceVersion, resourceVersionMatch, allowWatchBookmarks = true, sendInitialEvents, timeoutSeconds } = options;
  const query = { watch: true, allowWatchBookmarks: allowWatchBookmarks || undefined, labelSelector, fieldSelector, resourceVersion, resourceVersionMatch, sendInitialEvents, timeoutSeconds };
  return { method: 'GET', path: withQuery(targetPath(target), query) };
}

export function createRequest(target: RequestTarget, body: unknown, options: WriteRequestOptions = {}): RequestSpec {
  return { method: 'POST', path: withQuery(targetPath(target), writeQuery(options)), body };
}

export function updateRequest(target: RequestTarget, body: unknown, options: WriteRequestOptions = {}): RequestSpec {
  return { method: 'PUT', path: withQuery(targetPath(target), writeQuery(options)), body };
}

export function patchRequest(target: RequestTarget, patch: { readonly type: PatchType; readonly body: unknown }, options: PatchRequestOptions = {}): RequestSpec {
  const path = withQuery(targetPath(target), { ...writeQuery(options), force: options.force });
  return { method: 'PATCH', path, contentType: PATCH_CONTENT_TYPES[patch.type], body: patch.body };
}

export function deleteRequest(target: RequestTarget, options: DeleteRequestOptions = {}): RequestSpec {
  return { method: 'DELETE', path: targetPath(target), body: deleteBody(options) };
}

export function deleteCollectionRequest(target: RequestTarget, options: DeleteRequestOptions & ListRequestOptions = {}): RequestSpec {
  return { ...listRequest(target, options), method: 'DELETE', body: deleteBody(options) };
}

function writeQuery({ fieldManager, fieldValidation, dryRun }: WriteRequestOptions): Record<string, QueryValue> {
  return { fieldManager, fieldValidation, dryRun: dryRun === true ? 'All' : undefined };
}

function deleteBody({ gracePeriodSeconds, propagationPolicy, preconditions, dryRun }: DeleteRequestOptions): unknown {
  return {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
    ...(propagationPolicy !== undefined && { propagationPolicy }),
    ...(preconditions !== undefined && { preconditions }),
    ...(dryRun === true && { dryRun: ['All'] }),
  };
}
