import type { UserInfo } from '../authentication/authenticator.ts';
import type { ObjectReader } from '../object-reader.ts';
import type { Attributes, AuthorizationResult, Authorizer, RuleResolver } from './authorizer.ts';
import { NodeGraph, type NodeRelation, type PodsOnNode } from './node-graph.ts';
import { ruleAllows, type PolicyRule } from './policy-rule.ts';

const ALLOWED: AuthorizationResult = { decision: 'allow' };
const NO_OPINION: AuthorizationResult = { decision: 'no-opinion' };
const refused = (reason: string): AuthorizationResult => ({ decision: 'no-opinion', reason });

const NODES_GROUP = 'system:nodes';
const NODE_PREFIX = 'system:node:';

export interface NodeAuthorizerOptions {
  readonly reader: ObjectReader;
  /** What nodes may do whatever runs on them: the rules of the default role `system:node`. */
  readonly nodeRules: readonly PolicyRule[];
  /** Without it pods are sorted by node here, anew after every change of a pod. */
  readonly podsOnNode?: PodsOnNode;
}

/** The node a user is: `system:node:<name>` in the group system:nodes; undefined for everybody else. */
export function nodeOf(user: UserInfo): string | undefined {
  return user.name.startsWith(NODE_PREFIX) && user.groups.includes(NODES_GROUP) ? user.name.slice(NODE_PREFIX.length) : undefined;
}

type Rule = (authorizer: NodeAuthorizer, node: string, attributes: Attributes) => AuthorizationResult;

/** Lets a node read what its pods use, and act for itself: `--authorization-mode Node`. */
export class NodeAuthorizer implements Authorizer, RuleResolver {
  readonly name = 'Node';
  readonly #nodeRules: readonly PolicyRule[];
  readonly #graph: NodeGraph;

  constructor({ reader, nodeRules, podsOnNode }: NodeAuthorizerOptions) {
    this.#nodeRules = nodeRules;
    this.#graph = new NodeGraph(reader, podsOnNode);
  }

  authorize(attributes: Attributes): AuthorizationResult {
    const node = nodeOf(attributes.user);
    if (node === undefined) return NO_OPINION;
    if (node === '') return refused(`unknown node for user ${JSON.stringify(attributes.user.name)}`);
    const rule = attributes.resourceRequest ? RULES.get(`${attributes.group}/${attributes.resource}`) : undefined;
    return rule === undefined ? this.static(attributes) : rule(this, node, attributes);
  }

  rulesFor(user: UserInfo): ReturnType<RuleResolver['rulesFor']> {
    const none = { resourceRules: [], nonResourceRules: [] };
    if (nodeOf(user) === undefined) return { ...none, incomplete: false };
    return { ...none, incomplete: true, evaluationError: 'node authorizer does not support user rule resolution' };
  }

  /** What every node may. */
  static(attributes: Attributes): AuthorizationResult {
    return this.#nodeRules.some((rule) => ruleAllows(attributes, rule)) ? ALLOWED : NO_OPINION;
  }

  related(node: string, relation: NodeRelation, { namespace, name }: Attributes): AuthorizationResult {
    if (name === '') return refused('No Object name found');
    return this.#graph.isRelated(node, relation, { namespace, name }) ? ALLOWED : refused(`no relationship found between node '${node}' and this object`);
  }
}

/** Read by name, list or watch of a single name; never written. */
function readNamespaced(relation: NodeRelation): Rule {
  return (authorizer, node, attributes) => {
    if (!['get', 'list', 'watch'].includes(attributes.verb)) return refused('can only read resources of this type');
    if (attributes.subresource !== '') return refused('cannot read subresource');
    if (attributes.namespace === '') return refused('can only read namespaced object of this type');
    return authorizer.related(node, relation, attributes);
  };
}

function get(relation: NodeRelation): Rule {
  return (authorizer, node, attributes) => {
    if (attributes.verb !== 'get') return refused('can only get individual resources of this type');
    if (attributes.subresource !== '') return refused('cannot get subresource');
    return authorizer.related(node, relation, attributes);
  };
}

const claim: Rule = (authorizer, node, attributes) => {
  if (attributes.subresource !== 'status') return get('persistentvolumeclaim')(authorizer, node, attributes);
  if (!['get', 'update', 'patch'].includes(attributes.verb)) return refused('can only get/update/patch this type');
  return authorizer.related(node, 'persistentvolumeclaim', attributes);
};

const serviceAccount: Rule = (authorizer, node, attributes) => {
  if (attributes.verb === 'get' && attributes.subresource === '') return get('serviceaccount')(authorizer, node, attributes);
  if (attributes.verb !== 'create' || attributes.name === '') return refused('can only create tokens for individual service accounts');
  if (attributes.subresource !== 'token') return refused('can only create token subresource of service account');
  return authorizer.related(node, 'serviceaccount', attributes);
};

const OWN_OBJECT_VERBS: readonly string[] = ['get', 'create', 'update', 'patch', 'delete'];

const lease: Rule = (_, node, { verb, namespace, name }) => {
  if (!OWN_OBJECT_VERBS.includes(verb)) return refused('can only get, create, update, patch, or delete a node lease');
  if (namespace !== 'kube-node-lease') return refused('can only access leases in the "kube-node-lease" system namespace');
  // The name of a new object stands in its body: admission looks at that.
  return verb !== 'create' && name !== node ? refused('can only access node lease with the same name as the requesting node') : ALLOWED;
};

const csiNode: Rule = (_, node, { verb, subresource, name }) => {
  if (!OWN_OBJECT_VERBS.includes(verb)) return refused('can only get, create, update, patch, or delete a CSINode');
  if (subresource !== '') return refused('cannot authorize CSINode subresources');
  return verb !== 'create' && name !== node ? refused('can only access CSINode with the same name as the requesting node') : ALLOWED;
};

const resourceSlice: Rule = (authorizer, node, attributes) => {
  const { verb, subresource } = attributes;
  if (subresource !== '') return refused('cannot authorize ResourceSlice subresources');
  if (verb === 'create') return ALLOWED;
  if (['get', 'update', 'patch', 'delete'].includes(verb)) return authorizer.related(node, 'resourceslice', attributes);
  if (!['list', 'watch', 'deletecollection'].includes(verb)) return refused('only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, delete, deletecollection');
  return selects(attributes.fieldSelector, 'spec.nodeName', node) ? ALLOWED : refused('can only list/watch/deletecollection resourceslices with nodeName field selector');
};

const nodes: Rule = (authorizer, node, attributes) => {
  const { verb, subresource, name } = attributes;
  if (subresource !== '' || !['get', 'list', 'watch'].includes(verb)) return authorizer.static(attributes);
  if (name === node) return ALLOWED;
  return refused(name === '' ? `node '${node}' cannot read all nodes, only its own Node object` : `node '${node}' cannot read '${name}', only its own Node object`);
};

const pods: Rule = (authorizer, node, attributes) => {
  const { verb, subresource, name, fieldSelector } = attributes;
  if (subresource !== '') return authorizer.static(attributes);
  if (verb === 'get' || ((verb === 'list' || verb === 'watch') && name !== '')) return authorizer.related(node, 'pod', attributes);
  if (verb !== 'list' && verb !== 'watch') return authorizer.static(attributes);
  return selects(fieldSelector, 'spec.nodeName', node) ? ALLOWED : refused('can only list/watch pods with spec.nodeName field selector');
};

const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['/secrets', readNamespaced('secret')],
  ['/configmaps', readNamespaced('configmap')],
  ['/persistentvolumeclaims', claim],
  ['/persistentvolumes', get('persistentvolume')],
  ['/serviceaccounts', serviceAccount],
  ['/nodes', nodes],
  ['/pods', pods],
  ['resource.k8s.io/resourceclaims', get('resourceclaim')],
  ['resource.k8s.io/resourceslices', resourceSlice],
  ['storage.k8s.io/volumeattachments', get('volumeattachment')],
  ['storage.k8s.io/csinodes', csiNode],
  ['coordination.k8s.io/leases', lease],
]);

/** True when the selector asks for this one value of the field, whatever else it asks. */
function selects(selector: string | undefined, field: string, value: string): boolean {
  return (selector ?? '').split(',').some((part) => part === `${field}=${value}` || part === `${field}==${value}`);
}
