import { chooseContainer, requireNode } from '../../api/core/pods/container-choice.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { badRequest, failure, forbidden } from '../../machinery/status-error.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import type { ApiCall, RegistryContext } from '../registry/api-call.ts';
import type { Outcome } from '../registry/outcome.ts';
import { nodeOfPod } from './pod-node.ts';
import { readStored } from './stored-objects.ts';

export type PodStream = 'exec' | 'attach' | 'portforward';

/**
 * `pods/exec`, `pods/attach` and `pods/portforward`, as far as a request can come that does not change the protocol:
 * judged as Kubernetes judges it, and then told that it must. Requests that do change it are answered by whoever takes
 * upgrades.
 */
export async function connectPodStream(context: RegistryContext, call: ApiCall, options: { readonly stream: PodStream; readonly authorizer: Authorizer }): Promise<Outcome> {
  const { name, namespace } = call.info;
  await checkCreateRight(call, options.authorizer);
  const pod = (await readStored(context, call.type.storage, { namespace, name })) as KubeObject;
  if (options.stream !== 'portforward') chooseContainer(pod, call.query.get('container') ?? '');
  await nodeOfPod(context, requireNode(pod));
  if (call.request.header('upgrade') !== undefined) {
    throw failure({ code: 501, message: `pods/${options.stream}: this server takes no requests to change the protocol to ${JSON.stringify(call.request.header('upgrade'))}` });
  }
  throw badRequest('Upgrade request required');
}

/** A WebSocket begins with a GET, and still does what only `create` allows. */
async function checkCreateRight(call: ApiCall, authorizer: Authorizer): Promise<void> {
  const { info, user, type } = call;
  if (info.verb === 'create') return;
  const { path, group, version, resource, subresource, namespace, name } = info;
  const { decision, reason } = await authorizer.authorize({ user, verb: 'create', resourceRequest: true, path, group, version, resource, subresource, namespace, name });
  if (decision !== 'allow') throw forbidden({ group: type.group, resource: type.resource }, name, reason ?? '');
}
