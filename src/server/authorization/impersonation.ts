import type { StatusError } from '../../machinery/status-error.ts';
import type { UserInfo } from '../authentication/authenticator.ts';
import type { Attributes, AuthorizationResult, Authorizer } from './authorizer.ts';
import { forbiddenError } from './forbidden-message.ts';
import { impersonationHeaders, type ImpersonationRequest, type WantedUser } from './impersonation-headers.ts';
import { IMPERSONATION_MODES, UNCONSTRAINED, type ImpersonationMode } from './impersonation-modes.ts';
import { parseServiceAccountUserName } from './rbac-objects.ts';
import { PRIVILEGED_GROUP } from './union-authorizer.ts';

export type Impersonation =
  /** The request carries no such headers. */
  | { readonly type: 'none' }
  /** `constraint` (`impersonate:user-info`…) is recorded by audit; absent for the unconstrained right. */
  | { readonly type: 'impersonated'; readonly user: UserInfo; readonly constraint?: string }
  | { readonly type: 'refused'; readonly error: StatusError };

const NONE: Impersonation = { type: 'none' };
/** Askers whose last way of being allowed is remembered. */
const MAX_REMEMBERED = 1_024;

/**
 * Decides whether a request may be taken for somebody else's. The ways are tried in their order, but for each asker the
 * one that worked last is tried first; the refusal told is that of the first way tried. Members of system:masters may do
 * anything, so that for them the unconstrained right comes first.
 */
export class Impersonator {
  readonly #authorizer: Authorizer;
  readonly #lastMode = new Map<string, ImpersonationMode>();

  constructor(authorizer: Authorizer) {
    this.#authorizer = authorizer;
  }

  /** `requested` is what the request asks for, with the asker as its user. At once without headers; throws BadRequest for incomplete ones. */
  impersonate(request: ImpersonationRequest, requested: Attributes): Impersonation | Promise<Impersonation> {
    const wanted = impersonationHeaders(request);
    return wanted === undefined ? NONE : this.#try(wanted, requested);
  }

  async #try(wanted: WantedUser, requested: Attributes): Promise<Impersonation> {
    const asker = requested.user.name;
    const last = this.#lastMode.get(asker);
    const first = requested.user.groups.includes(PRIVILEGED_GROUP) ? UNCONSTRAINED : last;
    const order = first === undefined ? IMPERSONATION_MODES : [first, ...IMPERSONATION_MODES.filter((mode) => mode !== first)];
    let refusal: StatusError | undefined;
    for (const mode of order) {
      const checks = mode.checks(wanted, requested);
      if (checks === undefined) continue;
      const denied = await this.#firstDenied(checks);
      if (denied === undefined) {
        this.#remember(asker, mode);
        const user = effectiveUser(wanted, mode);
        return mode === UNCONSTRAINED ? { type: 'impersonated', user } : { type: 'impersonated', user, constraint: `impersonate:${mode.name}` };
      }
      refusal ??= denied;
    }
    return { type: 'refused', error: refusal ?? forbiddenError(requested) };
  }

  async #firstDenied(checks: readonly Attributes[]): Promise<StatusError | undefined> {
    for (const attributes of checks) {
      const answer = this.#authorizer.authorize(attributes);
      const result: AuthorizationResult = answer instanceof Promise ? await answer : answer;
      if (result.decision !== 'allow') return forbiddenError(attributes, result.reason);
    }
    return undefined;
  }

  #remember(asker: string, mode: ImpersonationMode): void {
    this.#lastMode.delete(asker);
    this.#lastMode.set(asker, mode);
    if (this.#lastMode.size > MAX_REMEMBERED) {
      const oldest = this.#lastMode.keys().next();
      if (!oldest.done) this.#lastMode.delete(oldest.value);
    }
  }
}

/**
 * The user the request counts as. Without stated groups a service account gets those it would have, and a node, when it
 * was allowed as a node, that of nodes; everybody gets the group that tells the authenticated from the anonymous, unless
 * the headers name one of the two.
 */
export function effectiveUser(wanted: WantedUser, mode: ImpersonationMode): UserInfo {
  const groups = wanted.groups.length > 0 ? [...wanted.groups] : impliedGroups(wanted.name, mode);
  if (wanted.name === 'system:anonymous') {
    if (!groups.includes('system:unauthenticated')) groups.push('system:unauthenticated');
  } else if (!groups.includes('system:authenticated') && !groups.includes('system:unauthenticated')) {
    groups.push('system:authenticated');
  }
  return {
    name: wanted.name,
    groups,
    ...(wanted.uid === '' ? {} : { uid: wanted.uid }),
    ...(Object.keys(wanted.extra).length === 0 ? {} : { extra: wanted.extra }),
  };
}

function impliedGroups(name: string, mode: ImpersonationMode): string[] {
  const account = parseServiceAccountUserName(name);
  if (account !== undefined) return ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`];
  return mode.name === 'arbitrary-node' || mode.name === 'associated-node' ? ['system:nodes'] : [];
}
