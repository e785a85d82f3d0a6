import { lazily } from '../../machinery/lazily.ts';
import type { Authenticator, TokenAuthenticator } from '../../server/authentication/authenticator.ts';

/**
 * An authenticator of client certificates that is made with the first request that brings one: parsing keys and
 * certificates costs more than starting a cluster in a test may.
 */
export function lazyCertificates(name: string, make: () => Authenticator): Authenticator {
  const made = lazily(make);
  return { name, authenticate: (request) => (request.peerCertificates.length === 0 ? { type: 'none' } : made().authenticate(request)) };
}

/** An authenticator of tokens that is made with the first token. */
export function lazyTokens(name: string, make: () => TokenAuthenticator): TokenAuthenticator {
  const made = lazily(make);
  return { name, authenticateToken: (token, audiences) => made().authenticateToken(token, audiences) };
}
