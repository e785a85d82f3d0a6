import { badRequest, expired } from '../../machinery/status-error.ts';

/** Where a paged list goes on: behind `start` in the state at `revision` (-1: in the newest state, an inconsistent continuation). */
export interface ContinueToken {
  readonly revision: number;
  readonly start: string;
  /** Items behind `start` in that state, so that no page has to count them. */
  readonly remaining?: number;
}

/** The token's text; `start` is the key after which the next page begins. */
export function encodeContinue(token: ContinueToken): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: token.revision, start: `${token.start}\u0000`, n: token.remaining })).toString('base64url');
}

/** Throws BadRequest with Kubernetes' words for tokens that no server made. */
export function decodeContinue(text: string): ContinueToken {
  const parsed = parse(text);
  if (parsed['v'] !== 'meta.k8s.io/v1') {
    throw badRequest(`continue key is not valid: server does not recognize this encoded version ${JSON.stringify(parsed['v'] ?? '')}`);
  }
  const start = parsed['start'];
  if (typeof start !== 'string' || start === '') throw badRequest('continue key is not valid: encoded continue start key empty (version meta.k8s.io/v1)');
  const revision = parsed['rv'];
  if (typeof revision !== 'number' || revision === 0) {
    throw badRequest('continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  }
  const key = start.endsWith('\u0000') ? start.slice(0, -1) : start;
  if (key.startsWith('/') || key.split('/').includes('..')) throw badRequest(`continue key is not valid: ${key}`);
  const remaining = parsed['n'];
  return { revision, start: key, ...(typeof remaining === 'number' && { remaining }) };
}

function parse(text: string): Record<string, unknown> {
  if (!/^[A-Za-z0-9_-]*={0,2}$/.test(text)) throw badRequest(`continue key is not valid: illegal base64 data at input byte ${firstBad(text)}`);
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Falls through to the answer below.
  }
  throw badRequest('continue key is not valid: invalid character');
}

function firstBad(text: string): number {
  const at = text.search(/[^A-Za-z0-9_-]/);
  return at < 0 ? text.length : at;
}

/** The snapshot that the token continues is gone; the answer carries a token that goes on in the newest state. */
export function continueExpired(start: string): Error {
  const error = expired(
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
  );
  error.status.metadata.continue = encodeContinue({ revision: -1, start });
  return error;
}
