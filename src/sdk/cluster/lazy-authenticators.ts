import type { Authenticator, TokenAuthenticator } from '../../server/authentication/authenticator.ts';

/** Parsing keys and certificates costs more than starting a cluster in a test may: it waits for the first who needs it. */
export function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** An authenticator of client certificates that is made with the first request that brings one. */
export function lazyCertificates(name: string, make: () => Authenticator): Authenticator {
  const made = lazily(make);
  return { name, authenticate: (request) => (request.peerCertificates.length === 0 ? { type: 'none' } : made().authenticate(request)) };
}

/** An authenticator of tokens that is made with the first token. */
export function lazyTokens(name: string, make: () => TokenAuthenticator): TokenAuthenticator {
  const made = lazily(make);
  return { name, authenticateToken: (token, audiences) => made().authenticateToken(token, audiences) };
}
