import { forbidden, notFound, type StatusError } from '../../machinery/status-error.ts';
import { equalJson, type DeepReadonly } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { UserInfo } from '../authentication/authenticator.ts';
import type { Authorizer } from './authorizer.ts';
import { rulesOf, type PolicyRule } from './policy-rule.ts';
import { joinErrors } from './rbac-authorizer.ts';
import { RBAC_GROUP, roleRefOf } from './rbac-objects.ts';
import type { RoleResolver } from './role-resolver.ts';
import { compactRules, formatRule, quoteList, rulesCover } from './rule-coverage.ts';
import { PRIVILEGED_GROUP } from './union-authorizer.ts';

/** One write of a role or a binding. */
export interface RbacWrite {
  readonly user: UserInfo;
  /** roles, clusterroles, rolebindings or clusterrolebindings. */
  readonly resource: string;
  /** '' for cluster-scoped ones. */
  readonly namespace: string;
  readonly object: DeepReadonly<KubeObject>;
  readonly oldObject?: DeepReadonly<KubeObject>;
}

export interface EscalationOptions {
  readonly authorizer: Authorizer;
  readonly roles: RoleResolver;
}

const EVERYTHING: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

/**
 * Nobody grants more than they hold: a role's author must hold its rules (or the verb `escalate` on it), a binding's
 * author the rules of the role (or the verb `bind` on it). Answers with the refusal, or undefined when the write may go
 * on. To be asked after authorization, before the write, with the object as it would be stored.
 */
export async function checkEscalation(write: RbacWrite, options: EscalationOptions): Promise<StatusError | undefined> {
  if (write.user.groups.includes(PRIVILEGED_GROUP)) return undefined;
  if (write.oldObject !== undefined && changesOnlyWhatCollectionNeeds(write.object, write.oldObject)) return undefined;
  return write.resource === 'roles' || write.resource === 'clusterroles' ? checkRole(write, options) : checkBinding(write, options);
}

async function checkRole(write: RbacWrite, options: EscalationOptions): Promise<StatusError | undefined> {
  const name = write.object.metadata.name ?? '';
  if (await mayDo('escalate', { write, resource: write.resource, name }, options.authorizer)) return undefined;
  const refusal = confirmNoEscalation(write, rulesOf(write.object), options.roles);
  if (refusal !== undefined) return refused(write, refusal);
  const gathers = write.object['aggregationRule'] || write.oldObject?.['aggregationRule'];
  if (gathers && !holds(write.user, EVERYTHING, options.roles)) {
    return refused(write, 'must have cluster-admin privileges to use the aggregationRule');
  }
  return undefined;
}

async function checkBinding(write: RbacWrite, options: EscalationOptions): Promise<StatusError | undefined> {
  const ref = roleRefOf(write.object);
  const resource = ref.kind === 'Role' ? 'roles' : 'clusterroles';
  if (await mayDo('bind', { write, resource, name: ref.name }, options.authorizer)) return undefined;
  const rules = options.roles.rulesOfRef(ref, write.namespace);
  if (rules === undefined) return notFound({ group: RBAC_GROUP, resource: write.resource }, ref.name);
  const refusal = confirmNoEscalation(write, rules, options.roles);
  return refusal === undefined ? undefined : refused(write, refusal);
}

async function mayDo(verb: string, { write, resource, name }: { write: RbacWrite; resource: string; name: string }, authorizer: Authorizer): Promise<boolean> {
  const result = await authorizer.authorize({
    user: write.user,
    verb,
    resourceRequest: true,
    path: '',
    group: RBAC_GROUP,
    version: '*',
    resource,
    subresource: '',
    namespace: write.namespace,
    name,
  });
  return result.decision === 'allow';
}

/** The text of the refusal, or undefined when the user holds all of `wanted` in the write's namespace. */
export function confirmNoEscalation({ user, namespace }: Pick<RbacWrite, 'user' | 'namespace'>, wanted: readonly PolicyRule[], roles: RoleResolver): string | undefined {
  const { grants, errors } = roles.grantsFor(user, namespace);
  const { covered, missing } = rulesCover(grants.flatMap((grant) => grant.rules), wanted);
  if (covered) return undefined;
  const lines = [...new Set(compactRules(missing).map(formatRule))].sort().join('\n');
  const text = `user ${JSON.stringify(user.name)} (groups=${quoteList(user.groups)}) is attempting to grant RBAC permissions not currently held:\n${lines}`;
  return errors.length === 0 ? text : `${text}; resolution errors: ${joinErrors(errors)}`;
}

function holds(user: UserInfo, wanted: readonly PolicyRule[], roles: RoleResolver): boolean {
  return rulesCover(roles.grantsFor(user, '').grants.flatMap((grant) => grant.rules), wanted).covered;
}

function refused(write: RbacWrite, detail: string): StatusError {
  return forbidden({ group: RBAC_GROUP, resource: write.resource }, write.object.metadata.name ?? '', detail);
}

/** The garbage collector may take away finalizers and owners of what it could not grant. */
function changesOnlyWhatCollectionNeeds(object: DeepReadonly<KubeObject>, old: DeepReadonly<KubeObject>): boolean {
  return equalJson(withoutCollectionFields(object), withoutCollectionFields(old)) && !equalJson(object.metadata, old.metadata);
}

function withoutCollectionFields(object: DeepReadonly<KubeObject>): unknown {
  const { finalizers: _f, ownerReferences: _o, managedFields: _m, resourceVersion: _r, ...metadata } = object.metadata;
  return { ...object, metadata };
}
