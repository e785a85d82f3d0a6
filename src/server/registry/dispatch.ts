import { failure, methodNotAllowed, noSuchPath, notFound, type StatusError } from '../../machinery/status-error.ts';
import type { ResourceRequestInfo } from '../pipeline/request-info.ts';
import type { ApiCall, RegistryContext } from './api-call.ts';
import { createFromRequest } from './create.ts';
import { deleteCollection, deleteFromRequest } from './delete.ts';
import { listObjects } from './list.ts';
import type { Outcome } from './outcome.ts';
import { patchFromRequest } from './patch.ts';
import { readObject } from './read.ts';
import type { ResourceType } from './resource-type.ts';
import { patchScale, readScale, updateScale } from './scale.ts';
import { updateFromRequest } from './update.ts';
import { watchObjects } from './watch.ts';

/** An endpoint with a handler of its own, by `group/resource` or `group/resource/subresource`. */
export type EndpointHandler = (context: RegistryContext, call: ApiCall) => Promise<Outcome> | Outcome;
export type EndpointHandlers = ReadonlyMap<string, EndpointHandler>;

export function endpointKey(group: string, resource: string, subresource: string): string {
  return subresource === '' ? `${group}/${resource}` : `${group}/${resource}/${subresource}`;
}

const COLLECTION_VERBS = new Set(['create', 'list', 'watch', 'deletecollection']);
const OBJECT_VERBS = new Set(['get', 'update', 'patch', 'delete', 'watch']);

/**
 * Whether the path is one that the resource has and the method one it takes there: undefined, or the refusal. A path
 * that exists for other methods is a 405, any other a 404; below custom resources without the courtesy of a Status.
 */
export function checkEndpoint(type: ResourceType, info: ResourceRequestInfo): StatusError | 'no such path' | undefined {
  if (type.custom && type.namespaced && info.namespace === '' && (info.name !== '' || (info.verb !== 'list' && info.verb !== 'watch'))) return 'no such path';
  if (info.subresource !== '') return checkSubresource(type, info);
  if (!type.namespaced && info.namespace !== '') {
    // `/api/v1/namespaces/x` names the namespace x both as the object and as the scope.
    if (!(type.resource === 'namespaces' && type.group === '')) return noSuchPath();
  }
  const named = info.name !== '';
  const here = named ? OBJECT_VERBS : COLLECTION_VERBS;
  if (named && type.namespaced && info.namespace === '') return noSuchPath();
  const served = [...here].some((verb) => type.verbs.has(verb) && (verb !== 'watch' || here.has(verb)));
  if (!served) return noSuchPath();
  if (info.verb === 'watch' && !type.verbs.has('watch')) return watchNotSupported(type);
  if (!here.has(info.verb) || !type.verbs.has(info.verb)) return methodNotAllowed();
  if (info.verb === 'create' && type.namespaced && info.namespace === '') return methodNotAllowed();
  if (info.verb === 'deletecollection' && type.namespaced && info.namespace === '') return methodNotAllowed();
  return undefined;
}

function watchNotSupported(type: ResourceType): StatusError {
  const details = { ...(type.group !== '' && { group: type.group }), kind: type.resource };
  return failure({ code: 405, reason: 'MethodNotAllowed', message: `watch is not supported on resources of kind "${type.resource}"`, details });
}

function checkSubresource(type: ResourceType, info: ResourceRequestInfo): StatusError | undefined {
  const subresource = type.subresources.get(info.subresource);
  if (!subresource) return type.custom ? notFound(type, info.name) : noSuchPath();
  if (type.namespaced && info.namespace === '') return noSuchPath();
  if (!subresource.verbs.has(info.verb)) return methodNotAllowed();
  return undefined;
}

/** Runs the operation that an authorized request asks for. */
export function dispatch(context: RegistryContext, call: ApiCall, handlers: EndpointHandlers): Outcome | Promise<Outcome> {
  const { info, type } = call;
  const handler = handlers.get(endpointKey(info.group, info.resource, info.subresource));
  if (handler) return handler(context, call);
  const handling = info.subresource === '' ? undefined : type.subresources.get(info.subresource)?.handling;
  if (handling?.type === 'scale') return dispatchScale(context, call, handling.scale);
  if (handling?.type === 'custom') throw noSuchPath();
  switch (info.verb) {
    case 'get':
      return readObject(context, call);
    case 'list':
      return listObjects(context, call);
    case 'watch':
      return watchObjects(context, call);
    case 'create':
      return createFromRequest(context, call);
    case 'update':
      return updateFromRequest(context, call);
    case 'patch':
      return patchFromRequest(context, call);
    case 'delete':
      return deleteFromRequest(context, call);
    case 'deletecollection':
      return deleteCollection(context, call);
    default:
      throw methodNotAllowed();
  }
}

function dispatchScale(context: RegistryContext, call: ApiCall, scale: Parameters<typeof readScale>[2]): Promise<Outcome> {
  switch (call.info.verb) {
    case 'get':
      return readScale(context, call, scale);
    case 'update':
      return updateScale(context, call, scale);
    case 'patch':
      return patchScale(context, call, scale);
    default:
      throw methodNotAllowed();
  }
}

