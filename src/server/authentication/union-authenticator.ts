import { ANONYMOUS, type AuthenticationRequest, type AuthenticationResult, type Authenticator, type TokenAuthenticator, type UserInfo } from './authenticator.ts';

const NONE: AuthenticationResult = { type: 'none' };
type Pending = AuthenticationResult | Promise<AuthenticationResult>;

/**
 * Asks in turn; the first to know the user decides. A credential that does not hold is told only when no other one on
 * the request does. Answers at once while those asked do.
 */
function askInTurn<T>(askable: readonly T[], ask: (one: T) => Pending): Pending {
  const reasons: string[] = [];
  for (let i = 0; i < askable.length; i++) {
    const result = safely(askable[i] as T, ask);
    if (result instanceof Promise) return askRest(askable.slice(i + 1), ask, { pending: result, reasons });
    if (result.type === 'authenticated') return result;
    if (result.type === 'rejected') reasons.push(result.reason);
  }
  return verdict(reasons);
}

async function askRest<T>(rest: readonly T[], ask: (one: T) => Pending, { pending, reasons }: { pending: Promise<AuthenticationResult>; reasons: string[] }): Promise<AuthenticationResult> {
  let result = await pending;
  for (let i = 0; ; i++) {
    if (result.type === 'authenticated') return result;
    if (result.type === 'rejected') reasons.push(result.reason);
    if (i >= rest.length) return verdict(reasons);
    result = await safely(rest[i] as T, ask);
  }
}

function safely<T>(one: T, ask: (one: T) => Pending): Pending {
  try {
    const result = ask(one);
    return result instanceof Promise ? result.catch(failed) : result;
  } catch (error) {
    return failed(error);
  }
}

function failed(error: unknown): AuthenticationResult {
  return { type: 'rejected', reason: error instanceof Error ? error.message : String(error) };
}

function verdict(reasons: readonly string[]): AuthenticationResult {
  return reasons.length === 0 ? NONE : { type: 'rejected', reason: joinReasons(reasons) };
}

/** Each reason once; several in brackets. */
export function joinReasons(reasons: readonly string[]): string {
  const texts = [...new Set(reasons)];
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
}

export function unionTokenAuthenticator(authenticators: readonly TokenAuthenticator[]): TokenAuthenticator {
  return {
    name: 'tokens',
    authenticateToken: (token, audiences) => askInTurn(authenticators, (one) => one.authenticateToken(token, audiences)),
  };
}

export interface UnionOptions {
  /** Requests without a credential count as `system:anonymous`; those with a wrong one never do. Default true. */
  readonly anonymous?: boolean | { readonly paths: readonly string[] };
}

/**
 * The authenticators of a server as one. Whoever is authenticated belongs to `system:authenticated`. The user of the
 * answer is the same object for the same credential, so that later stages can keep what they derive from it.
 */
export function unionAuthenticator(authenticators: readonly Authenticator[], options: UnionOptions = {}): Authenticator {
  const { anonymous = true } = options;
  const withGroup = new WeakMap<UserInfo, UserInfo>();
  const anonymousResult: AuthenticationResult = { type: 'authenticated', user: ANONYMOUS };

  const finish = (result: AuthenticationResult, request: AuthenticationRequest): AuthenticationResult => {
    if (result.type === 'none') {
      const allowed = typeof anonymous === 'boolean' ? anonymous : anonymous.paths.includes(request.path);
      return allowed ? anonymousResult : result;
    }
    if (result.type === 'rejected') return result;
    let user = withGroup.get(result.user);
    if (user === undefined) withGroup.set(result.user, (user = authenticated(result.user)));
    return user === result.user ? result : { ...result, user };
  };

  return {
    name: 'union',
    authenticate(request) {
      const result = askInTurn(authenticators, (one) => one.authenticate(request));
      return result instanceof Promise ? result.then((known) => finish(known, request)) : finish(result, request);
    },
  };
}

/** The same user with the group of all who are authenticated; unchanged where that does not apply. */
export function authenticated(user: UserInfo): UserInfo {
  if (user.name === ANONYMOUS.name || user.groups.some((group) => group === 'system:authenticated' || group === 'system:unauthenticated')) return user;
  return { ...user, groups: [...user.groups, 'system:authenticated'] };
}
