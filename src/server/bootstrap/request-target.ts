import type { GroupVersionResource } from '../../machinery/group-version.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { hasReason, StatusError, type Status } from '../../machinery/status-error.ts';
import type { UserInfo } from '../authentication/authenticator.ts';
import type { ApiRequest, ApiResponse } from '../http/api-request.ts';
import { InProcessRequest, readAnswer } from '../http/in-process.ts';
import type { BootstrapTarget } from './bootstrap-item.ts';

/** The server's own identity. */
const SERVER: UserInfo = { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] };
const HEADERS = { accept: 'application/json', 'content-type': 'application/json', 'user-agent': 'kube-apiserver' };

/** Ensures objects by requests to the server itself, in its own process: they take the way of everybody's. */
export function requestTarget(handle: (request: ApiRequest) => Promise<ApiResponse>): BootstrapTarget {
  const send = async (method: string, path: string, object?: KubeObject): Promise<KubeObject> => {
    const body = object === undefined ? {} : { body: JSON.stringify(object) };
    const response = await handle(new InProcessRequest({ method, path, headers: HEADERS, user: SERVER, ...body }));
    const answer = JSON.parse((await readAnswer(response)).toString('utf8')) as unknown;
    if (response.status >= 300) throw new StatusError(answer as Status);
    return answer as KubeObject;
  };
  return {
    async get(resource, namespace, name) {
      try {
        return await send('GET', `${collection(resource, namespace)}/${encodeURIComponent(name)}`);
      } catch (error) {
        if (hasReason(error, 'NotFound')) return undefined;
        throw error;
      }
    },
    create: (resource, object, manager) => send('POST', `${collection(resource, object.metadata.namespace ?? '')}${asManager(manager)}`, object),
    update: (resource, object, manager) => send('PUT', `${collection(resource, object.metadata.namespace ?? '')}/${encodeURIComponent(object.metadata.name ?? '')}${asManager(manager)}`, object),
    delete: (resource, namespace, name) => send('DELETE', `${collection(resource, namespace)}/${encodeURIComponent(name)}`),
  };
}

function asManager(manager: string | undefined): string {
  return manager === undefined ? '' : `?fieldManager=${encodeURIComponent(manager)}`;
}

function collection({ group, version, resource }: GroupVersionResource, namespace: string): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return namespace === '' ? `${root}/${resource}` : `${root}/namespaces/${namespace}/${resource}`;
}
