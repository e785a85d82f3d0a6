import { cloneJson, equalJson, type DeepReadonly } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { ApiServer } from '../../server/api-server.ts';
import type { UserInfo } from '../../server/authentication/authenticator.ts';
import { InProcessRequest, readAnswer } from '../../server/http/in-process.ts';
import type { CacheEvent } from '../../server/watch-cache/event-window.ts';
import { rangeOf } from '../../server/watch-cache/watch-cache.ts';
import type { CustomResourceDefinition } from './custom-resource-definition.ts';
import type { CustomResourceKind, CustomResourceKindOptions } from './custom-resource-kind.ts';
import type { CustomResourceType } from './custom-resource-types.ts';
import { CustomResources } from './custom-resources.ts';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
/** The server's own identity, under whose manager the status of definitions is written. */
const SERVER: UserInfo = { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] };
const HEADERS = { accept: 'application/json', 'content-type': 'application/json', 'user-agent': 'kube-apiserver' };
const RETRY_MS = 1000;

/**
 * Serves custom resources: follows the definitions and keeps the server's catalog in step with them, in the same
 * instant in which a change of a definition becomes visible. Returns a function that stops it.
 */
export async function installCustomResources(server: ApiServer, options: CustomResourceKindOptions): Promise<() => void> {
  const definitions = server.catalog.findStored('apiextensions.k8s.io', 'customresourcedefinitions');
  if (!definitions) throw new Error('the API has no CustomResourceDefinitions');
  const cache = await server.context.caches.get(definitions.storage);
  const resources = new CustomResources(options, {
    nowMs: () => server.context.clock.now(),
    serve: (change) => serve(server, change),
    writeDefinition: (definition) => writeDefinition(server, definition),
    deleteObjects: (kind) => deleteObjects(server, kind),
    retry: (callback) => {
      server.context.clock.setTimer(RETRY_MS, callback);
    },
  });
  const { snapshot, cancel } = cache.watchFromNow('', {
    onEvent: (event) => onDefinition(resources, event),
    onEnd: () => undefined,
  });
  for (const item of rangeOf(snapshot.tree, '')) resources.changed(asDefinition(item.object()));
  return cancel;
}

function asDefinition(object: DeepReadonly<KubeObject>): DeepReadonly<CustomResourceDefinition> {
  return object as unknown as DeepReadonly<CustomResourceDefinition>;
}

function onDefinition(resources: CustomResources, event: CacheEvent): void {
  if (event.object) resources.changed(asDefinition(event.object.object()));
  else if (event.previous) resources.deleted(asDefinition(event.previous.object()));
}

function serve(server: ApiServer, change: { readonly removed: readonly CustomResourceType[]; readonly added: readonly CustomResourceType[] }): void {
  server.catalog.replace(change.removed, change.added);
  const kept = new Set(change.added.map((t) => t.storage.prefix));
  for (const type of change.removed) if (!kept.has(type.storage.prefix)) server.context.caches.drop(type.storage.prefix);
}

async function send(server: ApiServer, method: string, path: string, body?: unknown): Promise<{ status: number; body: KubeObject }> {
  const response = await server.handle(new InProcessRequest({ method, path, headers: HEADERS, user: SERVER, ...(body !== undefined && { body: JSON.stringify(body) }) }));
  return { status: response.status, body: JSON.parse((await readAnswer(response)).toString('utf8')) as KubeObject };
}

async function writeDefinition(server: ApiServer, definition: CustomResourceDefinition): Promise<void> {
  const path = `${DEFINITIONS}/${definition.metadata.name ?? ''}`;
  const written = await send(server, 'PUT', `${path}/status`, definition);
  if (written.status === 404 || written.status === 409) return;
  if (written.status >= 300) throw new Error(`cannot write the status of ${definition.metadata.name ?? ''}: ${JSON.stringify(written.body)}`);
  if (equalJson(written.body.metadata.finalizers ?? [], definition.metadata.finalizers ?? [])) return;
  const next = cloneJson(written.body);
  if (definition.metadata.finalizers) next.metadata.finalizers = definition.metadata.finalizers;
  else delete next.metadata.finalizers;
  const freed = await send(server, 'PUT', path, next);
  if (freed.status >= 300 && freed.status !== 404 && freed.status !== 409) {
    throw new Error(`cannot write the finalizers of ${definition.metadata.name ?? ''}: ${JSON.stringify(freed.body)}`);
  }
}

/** Deletes every object of the kind, straight in its storage's own version, and counts those that are held. */
async function deleteObjects(server: ApiServer, kind: CustomResourceKind): Promise<number> {
  const type = server.catalog.findStored(kind.group, kind.resource) ?? server.catalog.all().find((t) => t.group === kind.group && t.resource === kind.resource);
  if (!type) return 0;
  const cache = await server.context.caches.get(type.storage);
  const root = `/apis/${type.group}/${type.version}`;
  for (const item of [...rangeOf(cache.snapshot().tree, '')]) {
    const scope = type.namespaced ? `/namespaces/${item.namespace}` : '';
    const deleted = await send(server, 'DELETE', `${root}${scope}/${type.resource}/${encodeURIComponent(item.name)}`);
    if (deleted.status >= 300 && deleted.status !== 404) throw new Error(typeof deleted.body['message'] === 'string' ? deleted.body['message'] : 'deletion failed');
  }
  return cache.count('');
}
