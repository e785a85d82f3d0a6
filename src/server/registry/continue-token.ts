import { isJsonObject } from '../../machinery/json.ts';
import { parseJson } from '../../machinery/parse-json.ts';
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
  if (parsed['v'] !== 'meta.k8s.io/v1') throw invalidToken(`server does not recognize this encoded version ${typeof parsed['v'] === 'string' ? parsed['v'] : ''}`);
  const start = parsed['start'];
  if (typeof start !== 'string' || start === '') throw invalidToken('encoded continue start key empty (version meta.k8s.io/v1)');
  const revision = parsed['rv'];
  if (typeof revision !== 'number' || revision === 0) {
    throw invalidToken('incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  }
  const key = start.endsWith('\u0000') ? start.slice(0, -1) : start;
  if (key.startsWith('/') || key.split('/').includes('..')) throw invalidToken(key);
  const remaining = parsed['n'];
  return { revision, start: key, ...(typeof remaining === 'number' && { remaining }) };
}

function parse(text: string): Record<string, unknown> {
  if (!/^[A-Za-z0-9_-]*={0,2}$/.test(text)) throw invalidToken(`illegal base64 data at input byte ${firstBad(text)}`);
  try {
    const { value } = parseJson(Buffer.from(text, 'base64url'));
    if (isJsonObject(value)) return value;
  } catch (error) {
    throw invalidToken(error instanceof Error ? error.message : String(error));
  }
  throw invalidToken('json: cannot unmarshal the token into Go value of type storage.continueToken');
}

function invalidToken(problem: string): Error {
  return badRequest(`invalid continue token: continue key is not valid: ${problem}`);
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
