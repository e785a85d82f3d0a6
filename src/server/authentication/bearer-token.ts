import type { AuthenticationRequest, AuthenticationResult, Authenticator, TokenAuthenticator } from './authenticator.ts';

export const INVALID_BEARER_TOKEN = 'invalid bearer token';
const WEBSOCKET_PREFIX = 'base64url.bearer.authorization.k8s.io.';

const NONE: AuthenticationResult = { type: 'none' };

/** The token of an `Authorization: Bearer …` header; undefined for other schemes and for an empty token. */
export function bearerToken(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const parts = header.trim().split(' ', 2);
  if (parts[0]?.toLowerCase() !== 'bearer') return undefined;
  return parts[1] || undefined;
}

export type WebSocketToken = { readonly token: string; readonly protocols: readonly string[] } | { readonly error: string };

/**
 * The token that browsers, which cannot set headers on a WebSocket, put among the subprotocols; undefined without one.
 * `protocols` are the others: the one with the token must never be chosen in the answer.
 */
export function webSocketToken(request: AuthenticationRequest): WebSocketToken | undefined {
  if (request.header('upgrade')?.toLowerCase() !== 'websocket') return undefined;
  const offered = (request.header('sec-websocket-protocol') ?? '').split(',').map((protocol) => protocol.trim());
  const tokens = offered.filter((protocol) => protocol.startsWith(WEBSOCKET_PREFIX));
  const encoded = tokens[0]?.slice(WEBSOCKET_PREFIX.length);
  if (encoded === undefined) return undefined;
  if (tokens.length > 1) return { error: 'multiple base64.bearer.authorization tokens specified' };
  const protocols = offered.filter((protocol) => protocol !== '' && !protocol.startsWith(WEBSOCKET_PREFIX));
  if (protocols.length === 0) return { error: 'missing additional subprotocol' };
  const token = decodeToken(encoded);
  return token === undefined ? { error: 'invalid base64.bearer.authorization token encoding' } : { token, protocols };
}

function decodeToken(encoded: string): string | undefined {
  if (!/^[A-Za-z0-9_-]+$/.test(encoded)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(encoded, 'base64url'));
  } catch {
    return undefined;
  }
}

/** Asks the token authenticators about a request's bearer token, from the header or from a WebSocket's subprotocols. */
export function bearerAuthenticator(tokens: TokenAuthenticator, apiAudiences: readonly string[]): Authenticator {
  return {
    name: 'bearer-token',
    authenticate(request) {
      const token = bearerToken(request.header('authorization'));
      if (token !== undefined) return withDefaultReason(tokens.authenticateToken(token, apiAudiences));
      const fromWebSocket = webSocketToken(request);
      if (fromWebSocket === undefined) return NONE;
      if ('error' in fromWebSocket) return { type: 'rejected', reason: fromWebSocket.error };
      return withDefaultReason(tokens.authenticateToken(fromWebSocket.token, apiAudiences));
    },
  };
}

/** A token that nobody knows is a wrong one, and not the absence of one. */
export function withDefaultReason(result: AuthenticationResult | Promise<AuthenticationResult>): AuthenticationResult | Promise<AuthenticationResult> {
  const judge = (known: AuthenticationResult): AuthenticationResult => (known.type === 'none' ? { type: 'rejected', reason: INVALID_BEARER_TOKEN } : known);
  return result instanceof Promise ? result.then(judge) : judge(result);
}
