import type { GroupVersionKind } from '../../machinery/group-version.ts';
import { CONNECT_PARAMETERS, DELETE_PARAMETERS, LIST_PARAMETERS, LOG_PARAMETERS, pathParameters, queryParameters, sortParameters, WRITE_PARAMETERS, type Parameter, type QueryName } from './parameters.ts';

/** One operation of a document, before it is written in a dialect. */
export interface Operation {
  readonly method: string;
  readonly id: string;
  readonly tag: string;
  /** x-kubernetes-action; '' for paths that are no resource. */
  readonly action: string;
  readonly kind?: GroupVersionKind;
  readonly summary: string;
  /** Sorted; the path's own included. */
  readonly parameters: readonly Parameter[];
  readonly body?: { readonly definition: string; readonly types: readonly string[]; readonly required: boolean };
  readonly answers: readonly Answer[];
  /** Media types of answers. */
  readonly types: readonly string[];
}

export interface Answer {
  readonly code: number;
  /** A definition's name; undefined for plain text. */
  readonly definition: string | undefined;
}

export interface OperationPlan {
  readonly method: string;
  readonly path: string;
  readonly id: string;
  readonly action: string;
  readonly tag: string;
  readonly kind: GroupVersionKind;
  /** Definition of the object, and of its list for `list`. */
  readonly definition: string;
  readonly listDefinition?: string | undefined;
  readonly subresource?: string;
  /** A DELETE answers with the object, not with a Status. */
  readonly returnsDeleted?: boolean;
  /** Custom resources know neither protobuf nor strategic merge. */
  readonly custom: boolean;
}

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const PATCH_TYPES = ['application/apply-patch+yaml', 'application/json-patch+json', 'application/merge-patch+json'];

const SUMMARIES: Readonly<Record<string, (kind: string) => string>> = {
  get: (kind) => `read the specified ${kind}`,
  list: (kind) => `list or watch objects of kind ${kind}`,
  post: (kind) => `create a ${kind}`,
  put: (kind) => `replace the specified ${kind}`,
  patch: (kind) => `partially update the specified ${kind}`,
  delete: (kind) => `delete a ${kind}`,
  deletecollection: (kind) => `delete collection of ${kind}`,
  watch: (kind) => `watch changes to an object of kind ${kind}. deprecated: use the 'watch' parameter with a list operation instead, filtered to a single item with the 'fieldSelector' parameter.`,
  watchlist: (kind) => `watch individual changes to a list of ${kind}. deprecated: use the 'watch' parameter with a list operation instead.`,
  connect: (kind) => `connect requests to ${kind}`,
};

/** An operation on a resource. */
export function planOperation(plan: OperationPlan): Operation {
  const { method, path, id, action, tag, kind, custom } = plan;
  const text = SUMMARIES[action];
  const body = bodyOf(plan);
  return {
    method,
    id,
    tag,
    action,
    kind,
    summary: text === undefined ? action : text(kind.kind),
    parameters: sortParameters([...pathParameters(path), ...queryParameters(queryOf(plan))]),
    ...(body === undefined ? {} : { body }),
    answers: answersOf(plan),
    types: answerTypes(plan, custom),
  };
}

/** A read of discovery, the version or keys: no resource. */
export function planPlainRead(options: { path: string; id: string; tag: string; definition: string | undefined; types: readonly string[]; summary: string }): Operation {
  const { path, id, tag, definition, types, summary } = options;
  return { method: 'GET', id, tag, action: '', summary, parameters: pathParameters(path), answers: [{ code: 200, definition }], types };
}

function queryOf({ action, subresource, kind, custom }: OperationPlan): QueryName[] {
  switch (action) {
    case 'get':
      if (subresource === 'log') return ['pretty', ...LOG_PARAMETERS];
      return custom ? ['pretty', 'resourceVersion'] : ['pretty'];
    case 'list':
    case 'watch':
    case 'watchlist':
      return ['pretty', ...LIST_PARAMETERS];
    case 'post':
    case 'put':
      return ['pretty', ...WRITE_PARAMETERS];
    case 'patch':
      return ['pretty', ...WRITE_PARAMETERS, 'force'];
    case 'delete':
      return ['pretty', ...DELETE_PARAMETERS];
    case 'deletecollection':
      if (custom) return ['pretty', ...LIST_PARAMETERS];
      return ['pretty', ...LIST_PARAMETERS.filter((name) => name !== 'watch' && name !== 'allowWatchBookmarks'), ...DELETE_PARAMETERS];
    case 'connect':
      return [...(CONNECT_PARAMETERS[kind.kind] ?? [])];
    default:
      return [];
  }
}

function bodyOf({ action, definition, custom }: OperationPlan): Operation['body'] {
  const own = custom ? ['application/json', 'application/yaml'] : ['*/*'];
  switch (action) {
    case 'post':
    case 'put':
      return { definition, types: own, required: true };
    case 'patch':
      return { definition: `${META}.Patch`, types: custom ? PATCH_TYPES : [...PATCH_TYPES, 'application/strategic-merge-patch+json'], required: true };
    case 'delete':
      return { definition: `${META}.DeleteOptions`, types: own, required: false };
    case 'deletecollection':
      return custom ? undefined : { definition: `${META}.DeleteOptions`, types: own, required: false };
    default:
      return undefined;
  }
}

function answersOf({ action, definition, listDefinition, subresource, returnsDeleted, custom }: OperationPlan): Answer[] {
  const of = (...codes: number[]): Answer[] => codes.map((code) => ({ code, definition }));
  switch (action) {
    case 'get':
      return subresource === 'log' ? [{ code: 200, definition: undefined }] : of(200);
    case 'list':
      return [{ code: 200, definition: listDefinition ?? definition }];
    case 'post':
      return of(200, 201, 202);
    case 'put':
      return of(200, 201);
    case 'patch':
      return custom ? of(200) : of(200, 201);
    case 'delete':
      return returnsDeleted === true ? of(200, 202) : [200, 202].map((code) => ({ code, definition: `${META}.Status` }));
    case 'deletecollection':
      return [{ code: 200, definition: `${META}.Status` }];
    case 'watch':
    case 'watchlist':
      return [{ code: 200, definition: `${META}.WatchEvent` }];
    default:
      return [{ code: 200, definition: undefined }];
  }
}

function answerTypes({ action, subresource }: OperationPlan, custom: boolean): string[] {
  if (custom) return ['application/json', 'application/yaml'];
  if (action === 'connect') return ['*/*'];
  const types = ['application/json', 'application/vnd.kubernetes.protobuf', 'application/yaml'];
  if (subresource === 'log') return ['text/plain', ...types];
  if (action === 'list' || action.startsWith('watch')) types.push('application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch');
  return types;
}
