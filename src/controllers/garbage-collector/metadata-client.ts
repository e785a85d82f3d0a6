import type { Caller } from '../../client/caller.ts';
import { ResourceClient } from '../../client/resource-client.ts';
import type { ApiObject, ResourceDefinition } from '../../client/resource-definition.ts';
import type { DiscoveredResource } from '../../client/discovery/discovered-resources.ts';

const OBJECT = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json';
const LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

/** Access to the metadata of any resource's objects: whatever else they hold stays on the server. */
export function metadataClient(caller: Caller, { group, version, resource, namespaced }: DiscoveredResource): ResourceClient<ApiObject> {
  const definition: ResourceDefinition<ApiObject> = { group, version, resource, namespaced };
  return new ResourceClient(
    {
      json: (request, options) => caller.json(request.method === 'GET' ? { ...request, accept: isCollection(request.path, resource) ? LIST : OBJECT } : request, options),
      open: (request, options) => caller.open({ ...request, accept: OBJECT }, options),
      noteWrite: (notice) => caller.noteWrite(notice),
    },
    definition,
  );
}

function isCollection(path: string, resource: string): boolean {
  const [bare = ''] = path.split('?');
  const segments = bare.split('/');
  // `/api/v1/…` or `/apis/group/version/…`, then perhaps a namespace, then the resource, and nothing more for a collection.
  const at = segments[1] === 'api' ? 3 : 4;
  return segments.length - 1 === (segments[at] === 'namespaces' && segments.length > at + 2 ? at + 2 : at) && segments.at(-1) === resource;
}
