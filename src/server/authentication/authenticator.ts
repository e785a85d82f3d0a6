/** Who a request comes from (authentication/v1 UserInfo). */
export interface UserInfo {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** What an authenticator may look at. */
export interface AuthenticationRequest {
  /** The lower-case name's value; undefined when absent. */
  header(name: string): string | undefined;
  /** Every header whose lower-case name begins with `prefix`, each value on its own. A front proxy's are read with it. */
  headersWithPrefix?(prefix: string): readonly (readonly [name: string, values: readonly string[]])[];
  /** DER of the client's certificate and of the chain it sent, leaf first; empty without one. Not yet verified. */
  readonly peerCertificates: readonly Uint8Array[];
  readonly path: string;
}

export type AuthenticationResult =
  | { readonly type: 'authenticated'; readonly user: UserInfo; readonly audiences?: readonly string[] }
  /** The request carries nothing that this authenticator knows: the next one is asked. */
  | { readonly type: 'none' }
  /** It carries a credential of this authenticator's kind that does not hold. */
  | { readonly type: 'rejected'; readonly reason: string };

/** One way to tell who a request comes from. Answers at once where it can: the hot path does not wait for promises. */
export interface Authenticator {
  /** Shown in traces: `x509`, `token-file`, `service-account`… */
  readonly name: string;
  authenticate(request: AuthenticationRequest): AuthenticationResult | Promise<AuthenticationResult>;
}

/** A way to tell who holds a token, wherever the token stood. */
export interface TokenAuthenticator {
  readonly name: string;
  /** The answer's `audiences` are those of the given ones that the token is for; none in common is no acceptance. */
  authenticateToken(token: string, audiences: readonly string[]): AuthenticationResult | Promise<AuthenticationResult>;
}

export const ANONYMOUS: UserInfo = { name: 'system:anonymous', groups: ['system:unauthenticated'] };
