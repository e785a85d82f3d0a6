import { isJsonObject } from '../machinery/json.ts';
import { parseJson } from '../machinery/parse-json.ts';
import { findStatusError, StatusError, type Status, type StatusReason } from '../machinery/status-error.ts';
import { CallTimeoutError, TransportError } from './transport.ts';

/** What an answer without a Status of its own comes to, by its code; client-go's words. */
const GENERIC: Readonly<Record<number, readonly [StatusReason, string]>> = {
  400: ['BadRequest', 'the server rejected our request for an unknown reason'],
  401: ['Unauthorized', 'the server has asked for the client to provide credentials'],
  403: ['Forbidden', 'the server does not allow access to the requested resource'],
  404: ['NotFound', 'the server could not find the requested resource'],
  405: ['MethodNotAllowed', 'the server does not allow this method on the requested resource'],
  406: ['NotAcceptable', 'the server was unable to respond with a content type that the client supports'],
  409: ['Conflict', 'the server reported a conflict'],
  410: ['Expired', 'the requested resource version is no longer available'],
  413: ['RequestEntityTooLarge', 'the request is too large'],
  415: ['UnsupportedMediaType', 'the body of the request was in an unknown format'],
  422: ['Invalid', 'the server rejected our request due to an error in our request'],
  429: ['TooManyRequests', 'the server has received too many requests and has asked us to try again later'],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
  504: ['Timeout', 'the server was unable to return a response in the time allotted, but may still be processing the request'],
};

/** The Status that a body holds; undefined when it holds something else. */
export function statusOfBody(body: Uint8Array): Status | undefined {
  if (body[0] !== 0x7b) return undefined;
  try {
    const { value } = parseJson(body);
    if (isJsonObject(value) && value['kind'] === 'Status' && value['apiVersion'] === 'v1') return value as unknown as Status;
  } catch {
    // Whatever stands between us and the server may answer with anything.
  }
  return undefined;
}

/** The error that an answer of 400 and above stands for. */
export function answerError(code: number, body: Uint8Array, retryAfterSeconds?: number): StatusError {
  const status = statusOfBody(body);
  if (status) return new StatusError({ ...status, code: status.code ?? code });
  const text = Buffer.from(body.subarray(0, 2048)).toString().trim();
  const [reason, message] = GENERIC[code] ?? (code >= 500 ? (['InternalError', `an error on the server (${JSON.stringify(text || 'unknown')}) has prevented the request from succeeding`] as const) : (['Unknown', `the server responded with the status code ${code} but did not return more information`] as const));
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    details: {
      causes: [{ reason: 'UnexpectedServerResponse', message: text || 'unknown' }],
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    },
    code,
  });
}

/** True for failures of the way to the server, or of its time: the call may work when it is made again. */
export function isTransient(error: unknown): boolean {
  if (error instanceof TransportError || error instanceof CallTimeoutError) return true;
  const status = findStatusError(error);
  return status !== undefined && (status.code === 429 || status.code >= 500);
}

/** The seconds that the server asks to be left alone for, by its Status. */
export function retryAfterOf(error: unknown): number | undefined {
  return findStatusError(error)?.status.details?.retryAfterSeconds;
}

/** The server does not know the revision yet: it was restored from a backup, or is behind. */
export function isTooLargeResourceVersion(error: unknown): boolean {
  const status = findStatusError(error)?.status;
  if (status === undefined) return false;
  return (status.details?.causes ?? []).some((cause) => cause.reason === 'ResourceVersionTooLarge') || (status.message ?? '').includes('Too large resource version');
}

/** The revision is gone from the server's history: only a new list goes on from here. */
export function isExpired(error: unknown): boolean {
  const status = findStatusError(error);
  return status !== undefined && (status.reason === 'Expired' || status.reason === 'Gone' || status.code === 410);
}
