import type { UserInfo } from '../authentication/authenticator.ts';
import type { Attributes } from './authorizer.ts';
import type { WantedUser } from './impersonation-headers.ts';
import { parseServiceAccountUserName } from './rbac-objects.ts';

/**
 * Ways to be allowed to act as somebody else, as Kubernetes 1.36 tries them: the constrained ones (KEP-5284), which need
 * a right to the identity and a right to the action, and the old one, which needs the right to the identity alone.
 */
export interface ImpersonationMode {
  readonly name: 'associated-node' | 'arbitrary-node' | 'serviceaccount' | 'user-info' | 'legacy';
  /** What must be allowed, in the order of asking; undefined when the mode is not for this wish. */
  checks(wanted: WantedUser, requested: Attributes): readonly Attributes[] | undefined;
}

const AUTHENTICATION_GROUP = 'authentication.k8s.io';
const NODE_PREFIX = 'system:node:';
const NODE_NAME_KEY = 'authentication.kubernetes.io/node-name';

interface Target {
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name: string;
}

/** Verbs are `impersonate:<mode>` on the identity and `impersonate-on:<mode>:<verb>` on what is asked. */
function constrained(name: Exclude<ImpersonationMode['name'], 'legacy'>, targets: (wanted: WantedUser, asker: UserInfo) => Target[] | undefined): ImpersonationMode {
  return {
    name,
    checks(wanted, requested) {
      const found = targets(wanted, requested.user);
      if (found === undefined) return undefined;
      const action: Attributes = { ...requested, verb: `impersonate-on:${name}:${requested.verb}` };
      return [action, ...found.map((target) => onIdentity(requested.user, `impersonate:${name}`, target))];
    },
  };
}

function onIdentity(user: UserInfo, verb: string, target: Target): Attributes {
  const { group, resource, subresource = '', namespace = '', name } = target;
  return { user, verb, resourceRequest: true, path: '', group, version: 'v1', resource, subresource, namespace, name };
}

function nameAlone(wanted: WantedUser): boolean {
  return wanted.uid === '' && wanted.groups.length === 0 && Object.keys(wanted.extra).length === 0;
}

function nodeName(wanted: WantedUser): string | undefined {
  return wanted.name.startsWith(NODE_PREFIX) && wanted.name.length > NODE_PREFIX.length ? wanted.name.slice(NODE_PREFIX.length) : undefined;
}

/** A service account whose token is bound to a node acts as that node; the identity's name is not asked for. */
const associatedNode = constrained('associated-node', (wanted, asker) => {
  const name = nodeName(wanted);
  if (name === undefined || !nameAlone(wanted) || parseServiceAccountUserName(asker.name) === undefined) return undefined;
  const own = asker.extra?.[NODE_NAME_KEY];
  return own?.length === 1 && own[0] === name ? [{ group: AUTHENTICATION_GROUP, resource: 'nodes', name: '*' }] : undefined;
});

const arbitraryNode = constrained('arbitrary-node', (wanted) => {
  const name = nodeName(wanted);
  return name === undefined || !nameAlone(wanted) ? undefined : [{ group: AUTHENTICATION_GROUP, resource: 'nodes', name }];
});

const serviceAccount = constrained('serviceaccount', (wanted) => {
  const account = parseServiceAccountUserName(wanted.name);
  return account === undefined || !nameAlone(wanted) ? undefined : [{ group: AUTHENTICATION_GROUP, resource: 'serviceaccounts', ...account }];
});

const userInfo = constrained('user-info', (wanted) => {
  if (wanted.name.startsWith(NODE_PREFIX) || parseServiceAccountUserName(wanted.name) !== undefined) return undefined;
  return [{ group: AUTHENTICATION_GROUP, resource: 'users', name: wanted.name }, ...attributesOf(wanted, AUTHENTICATION_GROUP)];
});

/** The right that leads to everything the other may do. */
export const UNCONSTRAINED: ImpersonationMode = {
  name: 'legacy',
  checks(wanted, { user }) {
    const account = parseServiceAccountUserName(wanted.name);
    const identity: Target = account === undefined ? { group: '', resource: 'users', name: wanted.name } : { group: '', resource: 'serviceaccounts', ...account };
    return [identity, ...attributesOf(wanted, '')].map((target) => onIdentity(user, 'impersonate', target));
  },
};

function attributesOf(wanted: WantedUser, groupOfGroups: string): Target[] {
  return [
    ...wanted.groups.map((name): Target => ({ group: groupOfGroups, resource: 'groups', name })),
    ...Object.keys(wanted.extra).flatMap((key) =>
      (wanted.extra[key] ?? []).map((name): Target => ({ group: AUTHENTICATION_GROUP, resource: 'userextras', subresource: key, name })),
    ),
    ...(wanted.uid === '' ? [] : [{ group: AUTHENTICATION_GROUP, resource: 'uids', name: wanted.uid }]),
  ];
}

/** In the order they are tried. */
export const IMPERSONATION_MODES: readonly ImpersonationMode[] = [associatedNode, arbitraryNode, serviceAccount, userInfo, UNCONSTRAINED];
