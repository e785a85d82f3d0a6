import { forbidden, type StatusError } from '../../machinery/status-error.ts';
import type { Attributes } from './authorizer.ts';
import { combinedResource } from './policy-rule.ts';

const quote = (text: string): string => JSON.stringify(text);

/**
 * Why a request is refused, in Kubernetes' words: `User "alice" cannot list resource "pods" in API group "" in the
 * namespace "x"`, followed by the authorizers' reason where there is one.
 */
export function forbiddenMessage(attributes: Attributes, reason = ''): string {
  const text = refusal(attributes);
  return reason === '' ? text : `${text}: ${reason}`;
}

function refusal({ user, verb, resourceRequest, path, group, resource, subresource, namespace }: Attributes): string {
  const who = `User ${quote(user.name)} cannot ${verb}`;
  if (!resourceRequest) return `${who} path ${quote(path)}`;
  const what = `${who} resource ${quote(combinedResource(resource, subresource))} in API group ${quote(group)}`;
  return namespace === '' ? `${what} at the cluster scope` : `${what} in the namespace ${quote(namespace)}`;
}

/** The answer 403 to a request that no authorizer allowed. */
export function forbiddenError(attributes: Attributes, reason?: string): StatusError {
  const gr = attributes.resourceRequest ? { group: attributes.group, resource: attributes.resource } : { group: '', resource: '' };
  return forbidden(gr, attributes.resourceRequest ? attributes.name : '', forbiddenMessage(attributes, reason));
}
